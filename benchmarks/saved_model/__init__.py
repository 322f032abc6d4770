"""Saving and loading beside other systems; `TABLES` is what `./dev bench -- saved_model` runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from ..options import Options
from . import files

TABLES: dict[str, Callable[[Console, Options], dict[str, Any]]] = {"files": files.run}
"""Each takes a console to print to and the options of the command, and returns its record."""
