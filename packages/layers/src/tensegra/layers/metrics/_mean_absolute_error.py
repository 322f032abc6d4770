"""The mean of absolute differences."""

from __future__ import annotations

from typing import Any

from ..losses import mean_absolute_error
from ._mean import MeanMetricWrapper


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of absolute differences.

    Args:
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.MeanAbsoluteError()
        >>> metric.update_state([[0.0]], [[2.0]])
        >>> float(metric.result())
        2.0
    """

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)
