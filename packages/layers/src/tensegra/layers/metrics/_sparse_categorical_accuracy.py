"""How often the right class is first."""

from __future__ import annotations

from typing import Any

from ._matches import sparse_categorical_accuracy
from ._mean import MeanMetricWrapper


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of examples whose integer label has the greatest prediction.

    Args:
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.SparseCategoricalAccuracy()
        >>> metric.update_state([1, 0], [[0.1, 0.9], [0.3, 0.7]])
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)
