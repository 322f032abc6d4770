"""How often the right class is among the first."""

from __future__ import annotations

from typing import Any

from ._matches import sparse_top_k_categorical_accuracy
from ._mean import MeanMetricWrapper


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of examples whose integer label is among the `k` greatest predictions.

    Args:
        k: How many predictions count.
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.SparseTopKCategoricalAccuracy()
        >>> metric.update_state([2], [[0.5, 0.3, 0.2]])
        >>> float(metric.result())
        1.0
    """

    def __init__(
        self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k)
