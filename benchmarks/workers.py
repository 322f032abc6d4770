"""What runners of workers share."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from .environments import Unavailable


def counted(threads: int) -> str:
    """A number of threads in words."""
    return f"{threads} thread" if threads == 1 else f"{threads} threads"


def said_json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The last line of JSON that a worker printed.

    Raises:
        Unavailable: It failed; the text is the last line of its errors.
    """
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode == 0 and lines:
        return dict(json.loads(lines[-1]))
    said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    raise Unavailable((said or [f"its process ended with {done.returncode}"])[-1][:300])
