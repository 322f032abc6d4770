"""What one small call costs from Python: the engine, NumPy and PyTorch in turns, each in a process of its own."""

from __future__ import annotations

import os
import statistics
from contextlib import ExitStack
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from ..environments import Unavailable
from ..options import Options
from .peers import Peer

# What is called, and how long it may take (us); None: no bar is set.
CALLS: dict[str, float | None] = {
    "x + y, 8 floats": 0.6,
    "add(x, y), 8 floats": 0.6,
    "add, recorded for gradients": 0.8,
    "matmul 8 x 8": 0.9,
    "add, forward and backward": 2.5,
    "x[i]": None,
    "reshape": None,
}
SYSTEMS = ("tensegra", "numpy", "torch")
ROUNDS = 25


def run(console: Console, options: Options) -> dict[str, Any]:
    """Measures, prints the table and returns what was found.

    Args:
        console: Where the table goes.
        options: How long each system runs per call, and which calls.
    """
    seconds, only = options.seconds, options.only
    names = [name for name in CALLS if only in name]
    skipped: dict[str, str] = {}
    times: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    loads = [os.getloadavg()[0]]
    with ExitStack() as stack:
        peers: dict[str, Peer] = {}
        for system in SYSTEMS:
            try:
                peers[system] = stack.enter_context(Peer(system))
            except Unavailable as reason:
                skipped[system] = str(reason)
        for name in track(names, "calls", console=console, transient=True):
            for _ in range(ROUNDS):
                for system, peer in peers.items():
                    if name in peer.calls:
                        times[name].setdefault(system, []).append(peer.measure(name, seconds / ROUNDS))
            loads.append(os.getloadavg()[0])
        versions = {system: peer.version for system, peer in peers.items()}
    console.print(_table(times))
    for system, why in skipped.items():
        console.print(f"SKIPPED {system}: {why}")
    load = f"load average {min(loads):.1f} to {max(loads):.1f} on {len(os.sched_getaffinity(0))} cores"
    console.print(
        f"Microseconds per call, the median of {ROUNDS} turns (least). {load}; a ratio above 1: ours is faster."
    )
    return {
        "versions": versions,
        "skipped": skipped,
        "load_average": [min(loads), max(loads)],
        "microseconds": {
            name: {s: {"median": statistics.median(t), "least": min(t)} for s, t in found.items()}
            for name, found in times.items()
        },
    }


def _table(times: dict[str, dict[str, list[float]]]) -> Table:
    table = Table("call", title="the cost of one call")
    for system in SYSTEMS:
        table.add_column(system, justify="right")
    for head in ("numpy / ours", "torch / ours", "bar (us)"):
        table.add_column(head, justify="right")
    for name, found in times.items():
        cells = [_figure(found.get(system)) for system in SYSTEMS]
        bar = CALLS[name]
        table.add_row(
            escape(name),
            *cells,
            _ratio(found, "numpy"),
            _ratio(found, "torch"),
            "" if bar is None else f"{bar:.1f}",
        )
    return table


def _figure(times: list[float] | None) -> str:
    return "" if not times else f"{statistics.median(times):.2f} ({min(times):.2f})"


def _ratio(found: dict[str, list[float]], system: str) -> str:
    """The median of the ratios of each turn: what disturbs a turn disturbs both alike."""
    if system not in found or "tensegra" not in found:
        return ""
    return f"{statistics.median(b / a for a, b in zip(found['tensegra'], found[system], strict=True)):.2f}"
