"""What the command line asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _keep_nothing(record: dict[str, Any]) -> None:
    """What is found is written at the end alone."""


@dataclass(frozen=True)
class Options:
    """Options of a run.

    Args:
        seconds: How long each system is measured per figure and round.
        only: Run what has this text in its name.
        rounds: How often each system takes its turn.
        threads: Numbers of threads to measure with.
        systems: The systems to measure; empty: all.
        cap: Seconds after which a process of a peer is given up.
        steps: The fewest steps that a turn counts.
        minutes: How long one table of workloads may take; rounds that do not fit are left out.
        keep: Called with what a table has found so far.
    """

    seconds: float = 0.5
    only: str = ""
    rounds: int = 3
    threads: tuple[int, ...] = (2, 1)
    systems: tuple[str, ...] = ()
    cap: float = 180.0
    steps: int = 5
    minutes: float = 18.0
    keep: Callable[[dict[str, Any]], None] = _keep_nothing
