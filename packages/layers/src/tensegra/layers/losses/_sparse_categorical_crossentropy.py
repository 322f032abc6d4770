"""Cross-entropy with integer labels."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .._errors import invalid, unimplemented
from .._shapes import shape_of
from ._arithmetic import EPSILON, as_float, clipped, numbers
from ._loss import LossFunctionWrapper


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> tg.Tensor:
    """`-log` of the probability of the true class.

    Args:
        y_true: Integer labels `[...]`, or `[..., 1]`.
        y_pred: Probabilities `[..., classes]`, kept off 0 and 1 by 1e-7.
        from_logits: Whether `y_pred` are logits; more exact than a softmax in the model.
        ignore_class: A label whose positions have loss 0.
        axis: The axis of the classes; only the last one now.

    Returns:
        One loss per label.

    Raises:
        tg.errors.InvalidArgumentError: Shapes that do not fit (TG-1053), or a label outside of `[0,
            classes)`.

    Example:
        >>> from tensegra.layers import losses
        >>> round(float(losses.sparse_categorical_crossentropy([1], [[0.5, 0.5]])[0]), 4)
        0.6931
    """
    y_pred = as_float(y_pred)
    shape = shape_of(y_pred)
    if axis not in (-1, len(shape) - 1):
        raise unimplemented(
            "sparse_categorical_crossentropy",
            "classes are on the last axis.",
            f"axis={axis}",
            "Transpose y_pred.",
        )
    y_true = numbers(y_true)
    if len(shape_of(y_true)) == len(shape) and shape_of(y_true)[-1] == 1:
        y_true = tg.squeeze(y_true, axis=[-1])
    labels = shape_of(y_true)
    pairs = zip(labels, shape[:-1])
    if len(labels) != len(shape) - 1 or any(a != b for a, b in pairs if a is not None and b is not None):
        raise invalid(
            "sparse_categorical_crossentropy",
            "y_true has the shape of y_pred without its last axis.",
            f"y_true shape={labels}, y_pred shape={shape}",
            "Integer labels are [batch]; for one-hot labels use categorical_crossentropy.",
            "TG-1053",
        )
    if y_true.dtype not in (tg.int32, tg.int64):
        y_true = tg.cast(y_true, tg.int64)
    if not from_logits:
        # The log-probabilities are logits; as Keras does, the softmax of the op scales them to add up to 1.
        y_pred = tg.math.log(clipped(y_pred, EPSILON, 1.0 - EPSILON))
    if ignore_class is None:
        return tg.nn.sparse_softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)
    valid = tg.not_equal(y_true, tg.constant(ignore_class, dtype=y_true.dtype))
    y_true = tg.where(valid, y_true, tg.zeros_like(y_true))
    values = tg.nn.sparse_softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)
    return tg.where(valid, values, tg.zeros_like(values))


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy with integer labels.

    Args:
        from_logits: Whether predictions are logits.
        ignore_class: A label whose positions have loss 0.
        reduction: How the losses of a batch become one; see `Loss`.
        axis: The axis of the classes; only the last one now.
        name: A name.
        dtype: See `Loss`.

    Example:
        >>> import tensegra as tg
        >>> loss = tg.layers.losses.SparseCategoricalCrossentropy(from_logits=True)
        >>> round(float(loss([1, 0], [[1.0, 1.0], [2.0, 2.0]])), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
