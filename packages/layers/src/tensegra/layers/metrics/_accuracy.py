"""How often predictions equal labels."""

from __future__ import annotations

from typing import Any

from ._matches import accuracy
from ._mean import MeanMetricWrapper


class Accuracy(MeanMetricWrapper):
    """The share of predictions that equal the label.

    Args:
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.Accuracy()
        >>> metric.update_state([1, 2], [1, 0])
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)
