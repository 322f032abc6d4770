"""How often the right class is among the first."""

from __future__ import annotations

from typing import Any

from ._matches import top_k_categorical_accuracy
from ._mean import MeanMetricWrapper


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of examples whose one-hot label is among the `k` greatest predictions.

    Args:
        k: How many predictions count.
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.TopKCategoricalAccuracy()
        >>> metric.update_state([[0.0, 0.0, 1.0]], [[0.5, 0.3, 0.2]])
        >>> float(metric.result())
        1.0
    """

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
