"""The mean of squared differences."""

from __future__ import annotations

from typing import Any

from ..losses import mean_squared_error
from ._mean import MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper):
    """The mean of squared differences.

    Args:
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.MeanSquaredError()
        >>> metric.update_state([[0.0]], [[2.0]])
        >>> float(metric.result())
        4.0
    """

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)
