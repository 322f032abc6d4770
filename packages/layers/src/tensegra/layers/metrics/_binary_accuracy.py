"""How often a probability is on the right side."""

from __future__ import annotations

from typing import Any

from ._matches import binary_accuracy
from ._mean import MeanMetricWrapper


class BinaryAccuracy(MeanMetricWrapper):
    """The share of probabilities on the label's side of a threshold.

    Args:
        threshold: Above it a prediction counts as 1.
        name: A name.
        dtype: The dtype of the state, float32 if not given.

    Example:
        >>> import tensegra as tg
        >>> metric = tg.layers.metrics.BinaryAccuracy()
        >>> metric.update_state([[1.0], [0.0]], [[0.9], [0.7]])
        >>> float(metric.result())
        0.5
    """

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
