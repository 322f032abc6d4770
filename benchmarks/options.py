"""What the command line asks for."""

from __future__ import annotations

from dataclasses import dataclass


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
    """

    seconds: float = 0.5
    only: str = ""
    rounds: int = 3
    threads: tuple[int, ...] = (2, 1)
    systems: tuple[str, ...] = ()
    cap: float = 300.0
