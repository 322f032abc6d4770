"""How a figure is measured: alternating systems, many short runs, the least and the median kept."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Seconds per call of one system on one workload."""

    least: float
    median: float
    runs: int
    calls_per_run: int


def measure(systems: dict[str, Callable[[], object]], seconds: float) -> dict[str, Figure]:
    """Times each system for about `seconds`, turn by turn, so that noise of the machine meets all alike.

    Args:
        systems: What to call, by name.
        seconds: How long each system is measured.
    """
    calls = {name: _calls_for(call, seconds / 25) for name, call in systems.items()}
    times: dict[str, list[float]] = {name: [] for name in systems}
    end = time.perf_counter() + seconds * len(systems)
    while time.perf_counter() < end or len(next(iter(times.values()))) < 5:
        for name, call in systems.items():
            times[name].append(_time(call, calls[name]))
    return {
        name: Figure(min(found), statistics.median(found), len(found), calls[name])
        for name, found in times.items()
    }


def _calls_for(call: Callable[[], object], seconds: float) -> int:
    """Returns how many calls take about `seconds`; warms up on the way."""
    calls = 1
    while (took := _time(call, calls)) * calls < seconds / 4:
        calls *= 2
    return max(1, int(seconds / took))


def _time(call: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls
