"""Tensegra and PyTorch in one process, alternating: neither may cost the other more than 5 %."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import tensegra as tg

from ..environments import Unavailable, python_of
from ..options import Options
from ..workers import counted, said_json

WORKER = Path(__file__).parent / "systems" / "beside_worker.py"
WORKLOAD = "resnet20"  # long enough that what the other leaves in the caches does not count
BAR = 1.05


def run(console: Console, options: Options, workload: str = WORKLOAD) -> dict[str, Any]:
    """Measures and prints: milliseconds of a step alone and alternating, by system and number of threads.

    Args:
        console: Where the table goes.
        options: The options of the command.
        workload: What both systems train.
    """
    table = Table("threads", "system", title=f"{workload}: in one process, alternating (bar {BAR})")
    for head in ("alone ms", "alternating ms", "cost"):
        table.add_column(head, justify="right")
    record: dict[str, Any] = {}
    for threads in options.threads:
        try:
            with console.status(f"beside torch, {counted(threads)}"):
                found = _measured(workload, threads, 2 * options.steps, options.cap)
        except Unavailable as reason:
            record[counted(threads)] = {"error": str(reason)}
            table.add_row(str(threads), "torch", "SKIPPED")
            console.print(f"SKIPPED torch: {reason}", markup=False)
            continue
        for system, figures in found.items():
            figures["cost"] = figures["alternating_ms"] / figures["alone_ms"]
            color = "green" if figures["cost"] <= BAR else "red"
            cells = (f"{figures['alone_ms']:.2f}", f"{figures['alternating_ms']:.2f}")
            table.add_row(str(threads), system, *cells, f"[{color}]{figures['cost']:.2f}[/{color}]")
        record[counted(threads)] = found
    console.print(table)
    return record


def _measured(workload: str, threads: int, steps: int, cap: float) -> dict[str, dict[str, float]]:
    """What the worker finds in the environment of PyTorch, which sees the packages of this one after its own."""
    places = dict.fromkeys(str(Path(str(module.__file__)).absolute().parents[1]) for module in (tg, np))
    command = [python_of("torch"), str(WORKER), workload, str(threads), str(steps)]
    command.append(os.pathsep.join(places))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=cap)
    except (OSError, subprocess.TimeoutExpired) as reason:
        raise Unavailable(str(reason)) from reason
    return said_json(done)
