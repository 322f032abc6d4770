"""Cross entropies of softmax distributions."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("nn.softmax_cross_entropy_with_logits")
def softmax_cross_entropy_with_logits(
    labels: TensorLike, logits: TensorLike, axis: int = -1, name: str | None = None
) -> Tensor:
    """The cross entropy between distributions and the softmax of logits.

    Computed from the logits directly, which is exact where a softmax would underflow. Gradients flow into both.

    Args:
        labels: Distributions over the classes; of the shape of logits.
        logits: Unscaled log probabilities.
        axis: The axis of the classes.
        name: Ignored; for compatibility.

    Returns:
        The shape of logits without the axis of the classes.

    Raises:
        tg.errors.InvalidArgumentError: Where shapes (TG-0105) or dtypes (TG-0102) differ.

    >>> import tensegra as tg
    >>> loss = tg.nn.softmax_cross_entropy_with_logits([[0.0, 1.0]], [[0.0, 0.0]])
    >>> round(float(loss[0]), 5)
    0.69315
    """
    values: Any = _native.tensor(logits)
    rank = values._rank
    if rank == 2 and axis in (-1, 1):
        return _execute("softmax_cross_entropy", (labels, values))[0]
    targets = _native.tensor(labels, values._dtype_number)
    product = _execute("multiply", (targets, _execute("log_softmax", (values,), (axis,))))
    return _execute("negative", (_execute("reduce_sum", (product,), (axis,)),))


@public("nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy_with_logits(
    labels: TensorLike, logits: TensorLike, name: str | None = None
) -> Tensor:
    """The cross entropy between class numbers and the softmax of logits.

    Args:
        labels: The number of the right class for each row, int32 or int64, in [0, classes).
        logits: Unscaled log probabilities, one axis more than labels: the last one counts the classes.
        name: Ignored; for compatibility.

    Returns:
        The shape of labels, the dtype of logits.

    Raises:
        tg.errors.InvalidArgumentError: Where the ranks do not fit (TG-0103) or the shapes differ (TG-0105).
        tg.errors.OutOfRangeError: Where a label is outside (TG-0107).

    >>> import tensegra as tg
    >>> loss = tg.nn.sparse_softmax_cross_entropy_with_logits([1, 0], [[0.0, 0.0], [9.0, 0.0]])
    >>> [round(float(value), 5) for value in loss]
    [0.69315, 0.00012]
    """
    values: Any = _native.tensor(logits)
    classes: Any = _native.tensor(labels)
    rank, label_rank = values._rank, classes._rank
    if rank >= 0 and label_rank >= 0 and rank != label_rank + 1:
        raise InvalidArgumentError(
            "[sparse_softmax_cross_entropy_with_logits] logits must have one axis more than labels. "
            f"Received: labels.shape={classes.shape}, logits.shape={values.shape}. "
            "Use softmax_cross_entropy_with_logits for labels that are distributions.",
            code="TG-0103",
        )
    if rank == 2:
        return _execute("sparse_softmax_cross_entropy", (classes, values))[0]
    shape = values._shape
    count = shape[-1] if shape is not None and shape[-1] >= 0 else _class_count(values)
    flat = _execute("reshape", (values, [-1, count]))
    loss = _execute("sparse_softmax_cross_entropy", (_execute("reshape", (classes, [-1])), flat))[0]
    return _execute("reshape_like", (loss, classes))


def _class_count(logits: Any) -> Any:
    """The number of classes, as a value of the graph."""
    return _execute("shape", (logits,))[-1]
