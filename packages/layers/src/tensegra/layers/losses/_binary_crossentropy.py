"""Cross-entropy with labels 0 and 1."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._errors import check_range
from ._arithmetic import EPSILON, clipped, prepared
from ._loss import LossFunctionWrapper


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> tg.Tensor:
    """`-(y log p + (1 - y) log(1 - p))`, the mean along an axis.

    Args:
        y_true: Labels 0 and 1, `[batch, ...]`.
        y_pred: Probabilities of the same shape, kept off 0 and 1 by 1e-7.
        from_logits: Whether `y_pred` are logits; more exact than a sigmoid in the model.
        label_smoothing: The share of each label that is moved to 0.5.
        axis: The axis of the mean.

    Returns:
        One loss per row.

    Raises:
        tg.errors.InvalidArgumentError: Shapes that differ (TG-1053).

    Example:
        >>> from tensegra.layers import losses
        >>> round(float(losses.binary_crossentropy([[1.0]], [[0.5]])[0]), 4)
        0.6931
    """
    y_true, y_pred = prepared("binary_crossentropy", y_true, y_pred)
    if label_smoothing:
        y_true = y_true * tg.constant(1.0 - label_smoothing, dtype=y_true.dtype) + tg.constant(
            0.5 * label_smoothing, dtype=y_true.dtype
        )
    if from_logits:
        values = tg.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=y_pred)
    else:
        y_pred = clipped(y_pred, EPSILON, 1.0 - EPSILON)
        one = tg.ones_like(y_true)
        values = tg.negative(y_true * tg.math.log(y_pred) + (one - y_true) * tg.math.log(one - y_pred))
    return tg.reduce_mean(values, axis=axis)


class BinaryCrossentropy(LossFunctionWrapper):
    """Cross-entropy with labels 0 and 1.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: The share of each label that is moved to 0.5, in [0, 1].
        axis: The axis of the mean.
        reduction: How the losses of a batch become one; see `Loss`.
        name: A name.
        dtype: See `Loss`.

    Raises:
        tg.errors.InvalidArgumentError: `label_smoothing` outside of [0, 1] (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> round(float(tg.layers.losses.BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]])), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        check_range("BinaryCrossentropy", "label_smoothing", label_smoothing, 0.0, 1.0)
        super().__init__(
            binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
