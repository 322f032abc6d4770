"""The engine beside its peers, one module per table; `TABLES` is what `./dev bench -- engine` runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from ..options import Options
from . import kernels, overhead, throughput

TABLES: dict[str, Callable[[Console, Options], dict[str, Any]]] = {
    "overhead": overhead.run,
    "throughput": throughput.run,
    "matmul": kernels.matmul,
    "conv": kernels.conv,
    "memory": kernels.memory,
}
"""Each takes a console to print to and the options of the command, and returns its record."""
