"""Saving and loading beside other systems; `TABLES` is what `./dev bench -- saved_model` runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from . import files

TABLES: dict[str, Callable[[Console, float, str], dict[str, Any]]] = {"files": files.run}
"""Each takes a console to print to, the seconds per figure, and a text that names must hold; and returns its record."""
