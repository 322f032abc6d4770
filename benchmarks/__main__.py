"""`python -m benchmarks [GROUP] [TABLE...]`: runs tables of benchmarks, prints them and writes JSON.

`python -m benchmarks report` makes a page with plots of what was written."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import tensegra as tg

from . import engine, graphs, report, saved_model
from .options import Options

WIDTH = 140  # of what goes to a file
QUICK = Options(seconds=0.2, rounds=1, threads=(2,), cap=90.0, steps=3, minutes=4.5)
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
    parser.add_argument(
        "--seconds", type=float, help="how long each system runs per figure (0.5; quick: 0.2)"
    )
    parser.add_argument("--only", default="", help="run what has this text in its name")
    parser.add_argument("--rounds", type=int, help="how often each system takes its turn (3; quick: 1)")
    parser.add_argument("--quick", action="store_true", help="one short round on 2 threads")
    parser.add_argument("--threads", help="numbers of threads, as in 2,1 (the default)")
    parser.add_argument("--systems", default="", help="systems to measure, as in tensegra,torch")
    parser.add_argument(
        "--cap", type=float, help="seconds after which a process is given up (180; quick: 90)"
    )
    parser.add_argument(
        "--minutes", type=float, help="graphs: bound of training and of inference each (18; quick: 4.5)"
    )
    given = parser.parse_args(arguments)
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    if given.group == "report":
        console.print(f"written: {report.write(given.out)}")
        return 0
    tables = GROUPS[given.group]
    if unknown := set(given.tables) - set(tables):
        parser.error(f"no tables {sorted(unknown)} in {given.group}; there are {sorted(tables)}")
    options = _options(parser, given)
    path = given.out / f"{given.group}.json"
    record: dict[str, Any] = json.loads(path.read_text()) if given.tables and path.is_file() else {}
    record |= {"machine": _machine(), "versions": _versions(), "load": os.getloadavg()}
    record["date"] = time.strftime("%Y-%m-%d %H:%M")
    given.out.mkdir(parents=True, exist_ok=True)

    def keep(name: str, found: dict[str, Any]) -> None:
        record[name] = found
        path.write_text(json.dumps(record, indent=1) + "\n")

    for name in given.tables or tables:
        found = tables[name](console, replace(options, keep=partial(keep, name)))
        keep(name, found)
    console.print(f"written: {path}")
    return 0


def _options(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Options:
    """The options: what is given, else that of --quick, else the default."""
    start = QUICK if given.quick else Options()
    named = {key: value for key in ("seconds", "rounds", "cap", "minutes") if (value := getattr(given, key))}
    if given.threads:
        try:
            named["threads"] = tuple(int(count) for count in given.threads.split(","))
        except ValueError:
            named["threads"] = ()
        if not named["threads"] or min(named["threads"]) < 1:
            parser.error(f"--threads takes numbers, as in 2,1; it got {given.threads!r}")
    systems = tuple(filter(None, given.systems.split(",")))
    return replace(start, only=given.only, systems=systems, **named)


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
