"""What the references of several families share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Reference = Callable[..., Any]


def axes(axis: list[int] | None) -> tuple[int, ...] | None:
    return None if axis is None else tuple(axis)
