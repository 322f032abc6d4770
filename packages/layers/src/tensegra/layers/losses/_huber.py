"""Squares for small differences, absolute values for large ones."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from ._arithmetic import prepared
from ._loss import LossFunctionWrapper


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> tg.Tensor:
    """`0.5 d²` where `|d| <= delta`, else `delta |d| - 0.5 delta²`; the mean along the last axis.

    Source: Huber, "Robust Estimation of a Location Parameter", Annals of Statistics 53 (1964).

    Args:
        y_true: The true values, `[batch, ...]`.
        y_pred: Predictions of the same shape.
        delta: Where squares end.

    Returns:
        One loss per row.

    Raises:
        tg.errors.InvalidArgumentError: Shapes that differ (TG-1053).

    Example:
        >>> from tensegra.layers import losses
        >>> losses.huber([[0.0]], [[2.0]]).numpy().tolist()
        [1.5]
    """
    y_true, y_pred = prepared("huber", y_true, y_pred)
    half, bound = tg.constant(0.5, dtype=y_pred.dtype), tg.constant(delta, dtype=y_pred.dtype)
    size = tg.abs(y_pred - y_true)
    values = tg.where(
        tg.less_equal(size, bound), half * tg.square(size), bound * size - half * tg.square(bound)
    )
    return tg.reduce_mean(values, axis=-1)


class Huber(LossFunctionWrapper):
    """Squares for small differences, absolute values for large ones.

    Args:
        delta: Where squares end.
        reduction: How the losses of a batch become one; see `Loss`.
        name: A name.
        dtype: See `Loss`.

    Example:
        >>> import tensegra as tg
        >>> float(tg.layers.losses.Huber()([[0.0]], [[2.0]]))
        1.5
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)
