"""What is printed of workloads: a table for each, and one that holds the ratios and what was asked of them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

OURS = "tensegra compiled"
# Of each workload, beside the fastest peer; below `FLOOR` a figure is red, between them yellow.
BAR, FLOOR = 0.95, 0.7
# Of the geometric mean of all.
MEAN_BARS = {"training steps": 1.3, "inference, float32": 1.1}
START_BAR = 5.0
MEMORY_BAR = 1.15
# Losses of the first step and figures of inferred results agree to this, relative to their size.
TOLERANCE = 2e-3


def milliseconds(value: float) -> str:
    """A time with as many digits as it deserves."""
    return f"{value:.{3 if value < 10 else 2 if value < 100 else 1}f}"


COLUMNS: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("median ms", lambda f: milliseconds(f["median_ms"])),
    ("spread", lambda f: f"{f['spread']:.0%}"),
    ("least ms", lambda f: milliseconds(f["least_ms"])),
    ("CPU ms", lambda f: milliseconds(f["cpu_ms"])),
    ("first step s", lambda f: f"{f['first_step_s']:.3f}"),
    ("from import s", lambda f: f"{f['import_to_first_step_s']:.2f}"),
    ("MB above import", lambda f: f"{f['peak_above_import_mb']:.0f}"),
    ("memory / needed", lambda f: f"{f['memory_ratio']:.2f}" if f.get("memory_ratio") else "-"),
)


def ratio(found: dict[str, Any], key: str = "median_ms", eager: bool = True) -> tuple[float, str]:
    """How many times better than the best peer we are, and which peer that is; 0.0 where there is none.

    Args:
        found: The figures of the systems on one workload.
        key: What is compared; less is better.
        eager: Eager modes of peers count too.
    """
    peers = {
        name: f[key]
        for name, f in found.items()
        if name != OURS and "error" not in f and (eager or not name.endswith(" eager"))
    }
    ours = found.get(OURS, {"error": ""})
    if not peers or "error" in ours:
        return 0.0, ""
    best = min(peers, key=lambda name: peers[name])
    return peers[best] / ours[key], best


def ratios(found: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """The ratios that count: wall time, CPU time, the time from import to the end of the first step."""
    return {
        "wall time": ratio(found),
        "CPU time": ratio(found, "cpu_ms"),
        "start": ratio(found, "import_to_first_step_s", eager=False),
    }


def geometric_mean(values: list[float]) -> float:
    """That of positive numbers; 0.0 of none."""
    return math.exp(statistics.fmean(map(math.log, values))) if values else 0.0


def differing(found: dict[str, Any]) -> list[str]:
    """The systems whose results are not those of the first that has some."""
    good = {name: f["first"] for name, f in found.items() if "error" not in f}
    if not good:
        return []
    wanted = next(iter(good.values()))
    return [
        name
        for name, values in good.items()
        if not all(
            abs(a - b) <= TOLERANCE * max(abs(b), wanted[len(wanted) // 2]) for a, b in zip(values, wanted)
        )
    ]


def mark(value: float, bar: float, floor: float | None = None) -> str:
    """A ratio with its color: green at or above the bar, red below the floor."""
    if not value:
        return "-"
    color = "green" if value >= bar else "yellow" if floor and value >= floor else "red"
    return f"[{color}]{value:.2f}[/{color}]"


def show(console: Console, title: str, record: dict[str, Any]) -> None:
    """Prints a table for each workload, then that of the ratios."""
    for name, found in record.items():
        console.print(_workload(f"{title}: {name}", found))
        for system, f in found.items():
            if "error" in f:
                console.print(f"SKIPPED {system}: {f['error']}", markup=False)
        for system in differing(found):
            console.print(f"DIFFERS: {system} computes something else")
    console.print(summary(title, record))


def summary(title: str, record: dict[str, Any]) -> Table:
    """The ratios of all workloads beside the fastest peer of each."""
    table = Table(title=f"{title}: beside the fastest peer")
    table.add_column("workload", no_wrap=True)
    for head in ("ours ms", "fastest peer", "its ms", "ratio", "CPU ratio", "start ratio", "memory / needed"):
        table.add_column(head, justify="left" if head == "fastest peer" else "right")
    walls, cpus, trains = [], [], title.startswith("training")
    for name, found in record.items():
        of = ratios(found)
        value, peer = of["wall time"]
        if not peer:
            table.add_row(name, "-", "no peer was measured")
            continue
        walls.append(value)
        cpus.append(of["CPU time"][0])
        memory = found[OURS].get("memory_ratio") or 0.0
        table.add_row(
            name,
            milliseconds(found[OURS]["median_ms"]),
            peer,
            milliseconds(found[peer]["median_ms"]),
            mark(value, BAR, FLOOR),
            f"{of['CPU time'][0]:.2f}",
            mark(of["start"][0], START_BAR) if trains else f"{of['start'][0]:.2f}",
            f"[{'green' if memory <= MEMORY_BAR else 'red'}]{memory:.2f}[/]" if memory else "-",
        )
    if walls:
        bar = MEAN_BARS.get(title, 1.0)
        table.add_section()
        mean, cpu = geometric_mean(walls), geometric_mean(cpus)
        table.add_row("geometric mean", "", "", "", mark(mean, bar, 1.0), f"{cpu:.2f}")
        table.add_row("least", "", "", "", mark(min(walls), BAR, FLOOR), f"{min(cpus):.2f}")
        start = f"{START_BAR:g} of the start beside compiled peers, " if trains else ""
        table.caption = (
            f"asked: {BAR} of each, {bar} of the mean, {start}memory at most {MEMORY_BAR} of what is needed"
        )
    return table


def _workload(title: str, found: dict[str, Any]) -> Table:
    table = Table(title=title)
    table.add_column("system", no_wrap=True)
    for head, _ in COLUMNS:
        table.add_column(head, justify="right")
    for name, f in found.items():
        if "error" in f:
            table.add_row(name, "SKIPPED")
            continue
        table.add_row(name, *(text(f) for _, text in COLUMNS))
    table.add_section()
    for what, (value, peer) in ratios(found).items():
        if peer:
            table.add_row(f"ratio, {what}", f"{value:.2f}", "", peer)
    return table
