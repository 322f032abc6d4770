"""Tables of kernels: matrix products, convolutions, memory-bound operations, beside NumPy and PyTorch."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..environments import Unavailable
from ..options import Options
from ..workers import counted
from .peers import Peer
from .systems.kernel_cases import TABLES, Case

SYSTEMS = ("tensegra", "numpy", "torch")
ROUNDS = 3


def _run(which: str, console: Console, options: Options) -> dict[str, Any]:
    """Measures one table, prints it and returns what was found: the least time of all turns, by case and system."""
    cases = [case for case in TABLES[which] if options.only in case.name]
    record: dict[str, Any] = {}
    for threads in options.threads:
        found: dict[str, dict[str, float]] = {case.name: {} for case in cases}
        with ExitStack() as stack:
            peers = {}
            for system in SYSTEMS:
                if options.systems and system not in options.systems:
                    continue
                try:
                    peers[system] = stack.enter_context(Peer(system, "kernel_worker.py", str(threads)))
                except Unavailable as reason:
                    console.print(f"SKIPPED {system}: {reason}")
            for case in track(cases, which, console=console, transient=True):
                _measure(case, which, peers, options, found[case.name])
        console.print(_table(f"{which}, {counted(threads)}", cases, found))
        record[counted(threads)] = found
    return record


def _measure(
    case: Case, which: str, peers: dict[str, Peer], options: Options, found: dict[str, float]
) -> None:
    results: dict[str, list[float]] = {}
    for _ in range(min(ROUNDS, options.rounds)):
        for system, peer in peers.items():
            if case.kind in peer.calls:
                answer = peer.ask({"table": which, "call": case.name, "seconds": options.seconds / ROUNDS})
                found[system] = min(found.get(system, 1e99), answer["microseconds"])
                results[system] = answer["result"]
    for system, values in results.items():
        for a, b in zip(values, results["tensegra"]):
            if abs(a - b) > 1e-3 * abs(b):
                raise AssertionError(f"{case.name}: {system} gives {values}, tensegra {results['tensegra']}")


def _table(title: str, cases: list[Case], found: dict[str, dict[str, float]]) -> Table:
    table = Table("case", title=title)
    for head in (*SYSTEMS, "unit", "ratio"):
        table.add_column(head, justify="right")
    for case in cases:
        times = found[case.name]
        rates = [f"{case.work / times[s] * 1e6:.1f}" if s in times else "-" for s in SYSTEMS]
        others = [time for system, time in times.items() if system != "tensegra"]
        beside = f"{min(others) / times['tensegra']:.2f}" if others and "tensegra" in times else "-"
        table.add_row(case.name, *rates, case.unit, beside)
    return table


matmul = partial(_run, "matmul")
conv = partial(_run, "conv")
memory = partial(_run, "memory")
