"""`python -m benchmarks`: runs the workloads, prints a table and writes JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import tensegra as tg

from .engine import Workload, workloads
from .timing import Figure, measure


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmarks that the command line asks for and returns the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="where engine.json goes")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long each system runs per workload")
    parser.add_argument("--only", default="", help="run workloads whose name holds this text")
    options = parser.parse_args(arguments)
    console = Console()
    chosen = [workload for workload in workloads() if options.only in workload.name]
    results: dict[str, dict[str, Figure]] = {}
    for workload in track(chosen, "measuring", console=console, transient=True):
        _check(workload)
        systems = {"numpy": workload.numpy, "tensegra": workload.tensegra}
        results[workload.name] = measure(systems, options.seconds)
    console.print(_table(chosen, results))
    console.print(
        "The least time of many runs; systems alternate. A ratio above 1 means that Tensegra is faster."
    )
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "engine.json"
    path.write_text(json.dumps(_record(results), indent=1) + "\n")
    console.print(f"written: {path}")
    return 0


def _check(workload: Workload) -> None:
    """Both systems have to compute the same."""
    expected = np.asarray(workload.numpy())
    np.testing.assert_allclose(
        np.asarray(workload.tensegra()),
        expected,
        rtol=1e-4,
        atol=1e-4 * np.abs(expected).max(),
        err_msg=workload.name,
    )


def _table(chosen: list[Workload], results: dict[str, dict[str, Figure]]) -> Table:
    table = Table("workload", title="the engine beside NumPy")
    for head in ("numpy", "tensegra", "ratio", "tensegra's rate"):
        table.add_column(head, justify="right")
    for workload in chosen:
        numpy, ours = results[workload.name]["numpy"].least, results[workload.name]["tensegra"].least
        rate = f"{workload.work / ours:.1f} {workload.unit}" if workload.unit else ""
        table.add_row(workload.name, _time(numpy), _time(ours), f"{numpy / ours:.2f}", rate)
    return table


def _time(seconds: float) -> str:
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "us")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.2f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def _record(results: dict[str, dict[str, Figure]]) -> dict[str, Any]:
    return {
        "machine": {
            "processor": _processor(),
            "cores": len(os.sched_getaffinity(0)),
            "system": platform.platform(),
        },
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "tensegra": tg.__version__,
        },
        "seconds_per_call": {
            name: {system: asdict(figure) for system, figure in figures.items()}
            for name, figures in results.items()
        },
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    sys.exit(main())
