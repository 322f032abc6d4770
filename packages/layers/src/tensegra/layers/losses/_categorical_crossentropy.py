"""Cross-entropy with one-hot labels."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._errors import check_range
from .._shapes import shape_of
from ._arithmetic import EPSILON, clipped, prepared
from ._loss import LossFunctionWrapper


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> tg.Tensor:
    """`-sum(y_true * log(y_pred))` along an axis.

    Args:
        y_true: One-hot labels or probabilities, `[..., classes]`.
        y_pred: Probabilities of the same shape; they are scaled to add up to 1 and kept off 0 by 1e-7.
        from_logits: Whether `y_pred` are logits; more exact than a softmax in the model.
        label_smoothing: The share of each label that is spread over all classes.
        axis: The axis of the classes.

    Returns:
        One loss per row.

    Raises:
        tg.errors.InvalidArgumentError: Shapes that differ (TG-1053).

    Example:
        >>> from tensegra.layers import losses
        >>> round(float(losses.categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])[0]), 4)
        0.6931
    """
    y_true, y_pred = prepared("categorical_crossentropy", y_true, y_pred)
    if label_smoothing:
        classes = shape_of(y_pred)[axis]
        y_true = y_true * tg.constant(1.0 - label_smoothing, dtype=y_true.dtype) + tg.constant(
            label_smoothing / float(classes or 1), dtype=y_true.dtype
        )
    if from_logits:
        return tg.negative(tg.reduce_sum(y_true * tg.nn.log_softmax(y_pred, axis=axis), axis=axis))
    y_pred = tg.divide(y_pred, tg.reduce_sum(y_pred, axis=axis, keepdims=True))
    return tg.negative(
        tg.reduce_sum(y_true * tg.math.log(clipped(y_pred, EPSILON, 1.0 - EPSILON)), axis=axis)
    )


class CategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy with one-hot labels.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: The share of each label that is spread over all classes, in [0, 1].
        axis: The axis of the classes.
        reduction: How the losses of a batch become one; see `Loss`.
        name: A name.
        dtype: See `Loss`.

    Raises:
        tg.errors.InvalidArgumentError: `label_smoothing` outside of [0, 1] (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> loss = tg.layers.losses.CategoricalCrossentropy()
        >>> round(float(loss([[0.0, 1.0]], [[0.5, 0.5]])), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        check_range("CategoricalCrossentropy", "label_smoothing", label_smoothing, 0.0, 1.0)
        super().__init__(
            categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
