"""What AutoGraph tells about its work."""

from __future__ import annotations

import os
import sys

_level: int | None = None
_to_stdout = False


def set_level(level: int, to_stdout: bool = False) -> None:
    """How much is told: 0 nothing, 1 which functions are converted, 3 their code too."""
    global _level, _to_stdout
    _level, _to_stdout = level, to_stdout


def level() -> int:
    """How much is told: as set, else as the environment variable AUTOGRAPH_VERBOSITY says."""
    if _level is not None:
        return _level
    text = os.environ.get("AUTOGRAPH_VERBOSITY", "0")
    return int(text) if text.isdigit() else 0


def say(at: int, text: str) -> None:
    """Tells something where at least so much is to be told."""
    if level() >= at:
        print(f"AutoGraph: {text}", file=sys.stdout if _to_stdout else sys.stderr)
