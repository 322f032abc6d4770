"""How fast a model of 1 GB is saved, and loaded with one row gathered from it, beside other systems and `cp`.

Each action is a process of its own. Saving ends when the bytes are on the disk; loading finds the files in the
cache of the system, and its time is that from the call to the value, without the start of the process. At most two
copies of the model and what is being written lie on the disk, and nothing stays there.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ..environments import Unavailable, prepare, python_of
from ..options import Options
from ..workers import said_json

WORKER = Path(__file__).parent / "worker.py"
SYSTEMS = ("tensegra", "safetensors", "torch", "tensorflow")
COPY = "cp and sync"
MEGABYTES, QUICK_MEGABYTES = 1000, 100
# Seconds beside `cp`, and seconds from the call to a value of the loaded model.
SAVE_BAR, LOAD_BAR = 1.2, 0.2


def run(console: Console, options: Options, megabytes: int | None = None) -> dict[str, Any]:
    """Prints the table and returns its figures: medians of rounds in which all take turns.

    Args:
        console: Where the table goes.
        options: The options of the command.
        megabytes: The size of the model; `TENSEGRA_BENCH_MEGABYTES`, or 1000 (100 for one round) by default.
    """
    size = megabytes or int(os.environ.get("TENSEGRA_BENCH_MEGABYTES", "0"))
    size = size or (QUICK_MEGABYTES if options.rounds == 1 else MEGABYTES)
    place = Path(os.environ.get("TENSEGRA_BENCH_DIR", "build/bench"))  # /tmp may be no disk
    place.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(place).free / 1e6
    if free < 5 * size:
        raise SystemExit(f"{place} has {free:.0f} MB free, {5 * size} are needed: name a TENSEGRA_BENCH_DIR")
    chosen = [s for s in SYSTEMS if options.only in s and (not options.systems or s in options.systems)]
    prepare(console, chosen)
    turns: dict[str, dict[str, list[dict[str, float]]]] = {
        s: {"save": [], "load": []} for s in (COPY, *chosen)
    }
    skipped: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=place, prefix="saved_model_") as folder:
        source = Path(folder) / "source"
        with source.open("wb") as file:
            for _ in range(size):
                file.write(os.urandom(1_000_000))
        os.sync()
        for number in range(options.rounds):
            with console.status(f"round {number + 1} of {options.rounds}: {COPY}"):
                turns[COPY]["save"].append({"seconds": _copied(source, Path(folder) / "copy")})
            for system in (system for system in chosen if system not in skipped):
                with console.status(f"round {number + 1} of {options.rounds}: {system}"):
                    try:
                        _turn(system, Path(folder) / "model", size, options.cap, turns[system])
                    except Unavailable as reason:
                        skipped[system] = str(reason)
            options.keep(_record(size, turns, skipped))
    record = _record(size, turns, skipped)
    _print(console, record)
    return record


def _turn(system: str, target: Path, size: int, cap: float, found: dict[str, list[dict[str, float]]]) -> None:
    """Saves and loads once; what was written is deleted."""
    try:
        for action in ("save", "load"):
            command = [python_of(system), str(WORKER), system, action, str(target), str(size)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=cap)
            found[action].append(said_json(done))
    except subprocess.TimeoutExpired:
        raise Unavailable(f"more than {cap:.0f} s") from None
    except OSError as reason:
        raise Unavailable(str(reason)) from reason
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _copied(source: Path, target: Path) -> float:
    os.sync()
    began = time.perf_counter()
    subprocess.run(["cp", str(source), str(target)], check=True)
    os.sync()
    took = time.perf_counter() - began
    target.unlink()
    return took


def _record(
    size: int, turns: dict[str, dict[str, list[dict[str, float]]]], skipped: dict[str, str]
) -> dict[str, Any]:
    measured = {s: actions for s, actions in turns.items() if s not in skipped and actions["save"]}
    return {
        "megabytes": size,
        "seconds": {
            system: {
                action: statistics.median(turn["seconds"] for turn in found)
                for action, found in actions.items()
                if found
            }
            for system, actions in measured.items()
        },
        "least": {
            system: {
                action: min(turn["seconds"] for turn in found) for action, found in actions.items() if found
            }
            for system, actions in measured.items()
        },
        "peak_mb": {
            system: {
                action: max(turn["peak_mb"] for turn in found) for action, found in actions.items() if found
            }
            for system, actions in measured.items()
            if system != COPY
        },
        "turns": turns,
        "skipped": skipped,
    }


def rows(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of the table: by system seconds, the ratio beside `cp`, megabytes of the processes."""
    copied = record["seconds"][COPY]["save"]
    return [
        {
            "system": system,
            "save": found["save"],
            "least": record["least"][system]["save"],
            "beside_cp": found["save"] / copied,
            "load": found.get("load"),
            "peak_mb": record["peak_mb"].get(system, {}),
        }
        for system, found in record["seconds"].items()
    ]


def _print(console: Console, record: dict[str, Any]) -> None:
    table = Table("system", title=f"A model of {record['megabytes']} MB, files in the cache of the system")
    for head in ("save and sync s", "least s", "beside cp", "load and one row ms", "MB saving", "MB loading"):
        table.add_column(head, justify="right")
    for row in rows(record):
        beside, load = f"{row['beside_cp']:.2f}", ""
        if row["load"] is not None:
            load = f"{row['load'] * 1e3:.1f}"
        if row["system"] == "tensegra":
            beside = _colored(beside, row["beside_cp"] <= SAVE_BAR)
            load = _colored(load, row["load"] <= LOAD_BAR)
        peaks = [f"{row['peak_mb'][action]:.0f}" if row["peak_mb"] else "" for action in ("save", "load")]
        table.add_row(row["system"], f"{row['save']:.2f}", f"{row['least']:.2f}", beside, load, *peaks)
    table.caption = (
        f"asked: saving at most {SAVE_BAR} times cp and sync, loading at most {LOAD_BAR * 1e3:.0f} ms"
    )
    console.print(table)
    for system, reason in record["skipped"].items():
        console.print(f"SKIPPED {system}: {reason}", markup=False)


def _colored(text: str, good: bool) -> str:
    color = "green" if good else "red"
    return f"[{color}]{text}[/{color}]"
