"""What callbacks share that watch one figure."""

from __future__ import annotations

import math
import warnings
from typing import Any

from .._errors import check_choice


class Monitor:
    """Which values of a figure are better."""

    def __init__(self, where: str, name: str, mode: str, min_delta: float = 0.0) -> None:
        check_choice(where, "mode", mode, ("auto", "min", "max"))
        self.where = where
        self.name = name
        if mode == "auto":
            mode = "max" if any(part in name for part in ("acc", "auc", "precision", "recall")) else "min"
        self.rising = mode == "max"
        self.min_delta = abs(min_delta)

    @property
    def worst(self) -> float:
        """What every value is better than."""
        return -math.inf if self.rising else math.inf

    def better(self, value: float, than: float) -> bool:
        """Whether `value` is better by more than `min_delta`."""
        return value - self.min_delta > than if self.rising else value + self.min_delta < than

    def read(self, logs: dict[str, Any] | None) -> float | None:
        """The figure, or None with a warning if the logs lack it."""
        value = (logs or {}).get(self.name)
        if value is None:
            warnings.warn(
                f"{self.where} watches {self.name!r}, which is not among {sorted(logs or {})}.", stacklevel=3
            )
        return value
