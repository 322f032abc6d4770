"""The user's functions: inside of a `tg.function` their Python control flow may depend on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg


def as_called(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function to call: converted by AutoGraph while a graph is traced; built-in ones stay as they are."""
    return tg.autograph.experimental.as_traced(function) if tg.inside_function() else function  # type: ignore[no-any-return]
