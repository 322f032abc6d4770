"""`python -m benchmarks [GROUP] [TABLE...]`: runs tables of benchmarks, prints them and writes JSON.

`python -m benchmarks report` makes a page with plots of what was written."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import tensegra as tg

from . import engine, graphs, report, saved_model
from .options import Options

GROUPS: dict[str, dict[str, Callable[[Console, Options], dict[str, Any]]]] = {
    "engine": engine.TABLES,
    "graphs": graphs.TABLES,
    "saved_model": saved_model.TABLES,
}


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmarks that the command line asks for and returns the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("group", nargs="?", choices=[*sorted(GROUPS), "report"], default="engine")
    parser.add_argument("tables", nargs="*", help="tables of the group; all of them by default")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="where GROUP.json goes")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long each system runs per figure")
    parser.add_argument("--only", default="", help="run what has this text in its name")
    parser.add_argument("--rounds", type=int, default=3, help="graphs: how often each system takes its turn")
    parser.add_argument("--quick", action="store_true", help="graphs: one round")
    parser.add_argument("--threads", default="2,1", help="graphs: numbers of threads, as in 2,1")
    parser.add_argument("--systems", default="", help="graphs: systems to measure, as in tensegra,torch")
    parser.add_argument(
        "--cap", type=float, default=300.0, help="graphs: seconds after which a process is given up"
    )
    given = parser.parse_args(arguments)
    console = Console()
    if given.group == "report":
        console.print(f"written: {report.write(given.out)}")
        return 0
    tables = GROUPS[given.group]
    if unknown := set(given.tables) - set(tables):
        parser.error(f"no tables {sorted(unknown)} in {given.group}; there are {sorted(tables)}")
    options = Options(
        seconds=given.seconds,
        only=given.only,
        rounds=1 if given.quick else given.rounds,
        threads=tuple(int(count) for count in given.threads.split(",")),
        systems=tuple(filter(None, given.systems.split(","))),
        cap=given.cap,
    )
    path = given.out / f"{given.group}.json"
    record: dict[str, Any] = json.loads(path.read_text()) if given.tables and path.is_file() else {}
    record |= {"machine": _machine(), "versions": _versions(), "load": os.getloadavg()}
    for name in given.tables or tables:
        record[name] = tables[name](console, options)
    given.out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1) + "\n")
    console.print(f"written: {path}")
    return 0


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
    }


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "numpy": np.__version__, "tensegra": tg.__version__}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    sys.exit(main())
