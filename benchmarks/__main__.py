"""`python -m benchmarks [GROUP] [TABLE...]`: runs tables of benchmarks, prints them and writes JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import tensegra as tg

from . import engine, saved_model

GROUPS = {"engine": engine.TABLES, "saved_model": saved_model.TABLES}


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmarks that the command line asks for and returns the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("group", nargs="?", choices=sorted(GROUPS), default="engine")
    parser.add_argument("tables", nargs="*", help="tables of the group; all of them by default")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="where GROUP.json goes")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long each system runs per figure")
    parser.add_argument("--only", default="", help="run what has this text in its name")
    options = parser.parse_args(arguments)
    tables = GROUPS[options.group]
    if unknown := set(options.tables) - set(tables):
        parser.error(f"no tables {sorted(unknown)} in {options.group}; there are {sorted(tables)}")
    console = Console()
    record: dict[str, Any] = {"machine": _machine(), "versions": _versions()}
    for name in options.tables or tables:
        record[name] = tables[name](console, options.seconds, options.only)
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{options.group}.json"
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
