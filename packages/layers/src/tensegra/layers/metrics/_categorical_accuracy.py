"""How often the right class is first."""

from __future__ import annotations

from typing import Any

from ._matches import categorical_accuracy
from ._mean import MeanMetricWrapper


class CategoricalAccuracy(MeanMetricWrapper):
    """The share of examples whose one-hot label has the greatest prediction.

    Args:
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.CategoricalAccuracy()
        >>> metric.update_state([[0.0, 1.0]], [[0.1, 0.9]])
        >>> float(metric.result())
        1.0
    """

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)
