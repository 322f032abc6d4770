"""Whole workloads on graphs: training steps and inference beside peers, and what a compiled function costs.

`TABLES` is what `./dev bench -- graphs` runs; each takes a console and the options of the command and returns its
record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from ..options import Options
from . import beside, chain, overhead, steps

TABLES: dict[str, Callable[[Console, Options], dict[str, Any]]] = {
    "overhead": overhead.run,
    "chain": chain.run,
    "beside": beside.run,
    "training": steps.training,
    "inference": steps.inference,
}
