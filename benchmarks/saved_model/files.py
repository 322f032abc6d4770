"""How fast a model of 1 GB is saved, and loaded with one row gathered from it, beside other systems and `cp`.

Each action is a process of its own. Saving ends when the bytes are on the disk; loading finds the files in the
cache of the system, and its time is that from the call to the value, without the start of the process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ..environments import Unavailable, python_of
from ..options import Options

WORKER = Path(__file__).parent / "worker.py"
SYSTEMS = ("tensegra", "safetensors", "torch", "tensorflow")
MEGABYTES = int(os.environ.get("TENSEGRA_BENCH_MEGABYTES", "1000"))
ROUNDS = 3


def run(console: Console, options: Options) -> dict[str, Any]:
    """Prints the table and returns its figures, in seconds: the best of a few rounds in which all take turns."""
    times: dict[str, dict[str, list[float]]] = {"cp and sync": {"save": []}}
    skipped: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("TENSEGRA_BENCH_DIR")) as folder:
        place = Path(folder)
        source = place / "source"
        with source.open("wb") as file:
            for _ in range(MEGABYTES):
                file.write(os.urandom(1_000_000))
        os.sync()
        pythons = {}
        for system in SYSTEMS:
            if options.only in system:
                try:
                    pythons[system] = python_of(system)
                    times[system] = {"save": [], "load": []}
                except Unavailable as error:
                    skipped[system] = str(error)
        for _ in range(ROUNDS):
            times["cp and sync"]["save"].append(_copied(source, place / "copy"))
            for system, python in pythons.items():
                if system in skipped:
                    continue
                target = place / f"{system}.model"
                shutil.rmtree(target, ignore_errors=True)
                for action in ("save", "load"):
                    command = [python, str(WORKER), system, action, str(target), str(MEGABYTES)]
                    done = subprocess.run(command, capture_output=True, text=True, check=False)
                    if done.returncode != 0:
                        said = done.stderr.strip().splitlines()
                        skipped[system] = said[-1] if said else f"it ended with {done.returncode}"
                        break
                    times[system][action].append(json.loads(done.stdout.splitlines()[-1]))
                shutil.rmtree(target, ignore_errors=True)
    best = {
        system: {action: min(found) for action, found in actions.items() if found}
        for system, actions in times.items()
        if system not in skipped
    }
    _print(console, best, skipped)
    return {"megabytes": MEGABYTES, "seconds": best, "skipped": skipped}


def _copied(source: Path, target: Path) -> float:
    target.unlink(missing_ok=True)
    os.sync()
    began = time.perf_counter()
    subprocess.run(["cp", str(source), str(target)], check=True)
    os.sync()
    return time.perf_counter() - began


def _print(console: Console, best: dict[str, dict[str, float]], skipped: dict[str, str]) -> None:
    table = Table(title=f"A model of {MEGABYTES} MB, files in the cache of the system")
    for heading in ("system", "save and sync, s", "beside cp", "load and one row, ms"):
        table.add_column(heading, justify="left" if heading == "system" else "right")
    copied = best["cp and sync"]["save"]
    for system, found in best.items():
        load = f"{found['load'] * 1000:.1f}" if "load" in found else ""
        save = found.get("save", 0.0)
        table.add_row(system, f"{save:.2f}", f"{save / copied:.2f}", load)
    console.print(table)
    for system, reason in skipped.items():
        console.print(f"SKIPPED {system}: {reason}")
