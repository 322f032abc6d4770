"""The mean of squared differences."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from ._arithmetic import prepared
from ._loss import LossFunctionWrapper


def mean_squared_error(y_true: Any, y_pred: Any) -> tg.Tensor:
    """`mean((y_true - y_pred)²)` along the last axis.

    Args:
        y_true: The true values, `[batch, ...]`.
        y_pred: Predictions of the same shape.

    Returns:
        One loss per row.

    Raises:
        tg.errors.InvalidArgumentError: Shapes that differ (TG-1053).

    Example:
        >>> from tensegra.layers import losses
        >>> losses.mean_squared_error([[0.0]], [[2.0]]).numpy().tolist()
        [4.0]
    """
    y_true, y_pred = prepared("mean_squared_error", y_true, y_pred)
    return tg.reduce_mean(tg.square(y_true - y_pred), axis=-1)


class MeanSquaredError(LossFunctionWrapper):
    """The mean of squared differences.

    Args:
        reduction: How the losses of a batch become one; see `Loss`.
        name: A name.
        dtype: See `Loss`.

    Example:
        >>> import tensegra as tg
        >>> float(tg.layers.losses.MeanSquaredError()([[0.0]], [[2.0]]))
        4.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)
