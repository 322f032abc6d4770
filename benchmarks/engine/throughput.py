"""Matrix products, memory-bound operations and a gradient step: the engine beside NumPy, in this process."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ..options import Options
from ..timing import Figure, measure
from .workloads import Workload, workloads


def run(console: Console, options: Options) -> dict[str, Any]:
    """Measures, prints the table and returns what was found.

    Args:
        console: Where the table goes.
        options: How long each system runs per workload, and which workloads.
    """
    seconds, only = options.seconds, options.only
    chosen = [workload for workload in workloads() if only in workload.name]
    results: dict[str, dict[str, Figure]] = {}
    for workload in track(chosen, "throughput", console=console, transient=True):
        _check(workload)
        systems = {"numpy": workload.numpy, "tensegra": workload.tensegra}
        results[workload.name] = measure(systems, seconds)
    console.print(_table(chosen, results))
    console.print(
        "The least time of many runs; systems alternate. A ratio above 1 means that Tensegra is faster."
    )
    return {
        "seconds_per_call": {
            name: {system: asdict(figure) for system, figure in figures.items()}
            for name, figures in results.items()
        }
    }


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
