"""The engine beside its peers, one module per table; `TABLES` is what `./dev bench -- engine` runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from . import overhead, throughput

TABLES: dict[str, Callable[[Console, float, str], dict[str, Any]]] = {
    "overhead": overhead.run,
    "throughput": throughput.run,
}
"""Each takes a console to print to, the seconds per figure, and a text that names must hold; and returns its record."""
