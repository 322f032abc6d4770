"""Means and variances: from sums, with weights, and normalizing by them as TensorFlow 1 did."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

from .normalization import batch_normalization

_execute = _native.execute


@public("nn.sufficient_statistics")
def sufficient_statistics(
    x: TensorLike, axes: Any, shift: TensorLike | None = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """What the mean and the variance along axes follow from: a count and two sums.

    Args:
        x: A floating-point tensor.
        axes: An axis or several.
        shift: Subtracted first, so that sums of squares stay small; None for nothing.
        keepdims: Whether the axes stay, with size 1.
        name: Ignored; for compatibility.

    Returns:
        The number of elements of each sum (0-d), the sum, the sum of squares, and the shift.

    >>> import tensegra as tg
    >>> count, total, squares, shift = tg.nn.sufficient_statistics([1.0, 2.0, 3.0], [0])
    >>> float(count), float(total), float(squares), shift
    (3.0, 6.0, 14.0, None)
    """
    values: Any = _native.tensor(x)
    shape: Any = _execute("shape", (values,), {"out_type": 5})
    sizes = _execute("gather", (shape, _native.tensor(_axes(axes, values), 5)))
    count = _execute("cast", (_execute("reduce_prod", (sizes,)),), {"dtype": values._dtype_number})
    moved: Any = values
    if shift is not None:
        shift = _native.tensor(shift, values._dtype_number)
        moved = _execute("subtract", (values, shift))
    total = _execute("reduce_sum", (moved,), (axes, keepdims))
    squares = _execute("reduce_sum", (_execute("square", (moved,)),), (axes, keepdims))
    return count, total, squares, shift  # type: ignore[return-value]


def _axes(axes: Any, x: Any) -> list[int]:
    """The axes as positive numbers."""
    rank = x._rank
    given = [axes] if isinstance(axes, int) else [int(axis) for axis in axes]
    return [axis + rank if axis < 0 else axis for axis in given]


@public("nn.normalize_moments")
def normalize_moments(
    counts: TensorLike,
    mean_ss: TensorLike,
    variance_ss: TensorLike,
    shift: TensorLike | None,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and the variance from the results of `tg.nn.sufficient_statistics`.

    Args:
        counts: The number of elements.
        mean_ss: Their sum.
        variance_ss: The sum of their squares.
        shift: What was subtracted from each; None for nothing.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> mean, variance = tg.nn.normalize_moments(*tg.nn.sufficient_statistics([1.0, 2.0, 3.0, 4.0], [0]))
    >>> float(mean), float(variance)
    (2.5, 1.25)
    """
    divisor = _execute("reciprocal", (counts,))
    moved = _execute("multiply", (mean_ss, divisor))
    mean = moved if shift is None else _execute("add", (moved, shift))
    squares = _execute("multiply", (variance_ss, divisor))
    return mean, _execute("subtract", (squares, _execute("square", (moved,))))


@public("nn.weighted_moments")
def weighted_moments(
    x: TensorLike,
    axes: Any,
    frequency_weights: TensorLike,
    keepdims: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and the variance of x along axes, where elements count by their weights.

    Args:
        x: A floating-point tensor.
        axes: An axis or several.
        frequency_weights: Broadcast with x; not negative.
        keepdims: Whether the axes stay, with size 1.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> mean, variance = tg.nn.weighted_moments([1.0, 2.0, 9.0], [0], [1.0, 1.0, 0.0])
    >>> float(mean), float(variance)
    (1.5, 0.25)
    """
    values: Any = _native.tensor(x)
    weights: Any = _native.tensor(frequency_weights)
    if weights._dtype_number != values._dtype_number:
        weights = _execute("cast", (weights,), {"dtype": values._dtype_number})
    # Adding zeros gives the weights the shape of the products, and so the right sum.
    spread = _execute("add", (weights, _execute("zeros_like", (values,))))
    total = _execute("reduce_sum", (spread,), (axes, True))
    mean = _execute(
        "divide", (_execute("reduce_sum", (_execute("multiply", (spread, values)),), (axes, True)), total)
    )
    distance = _execute("squared_difference", (values, mean))
    variance = _execute(
        "divide", (_execute("reduce_sum", (_execute("multiply", (spread, distance)),), (axes, True)), total)
    )
    if keepdims:
        return mean, variance
    return _execute("squeeze", (mean,), (_axes(axes, mean),)), _execute(
        "squeeze", (variance,), (_axes(axes, variance),)
    )


@public("nn.batch_norm_with_global_normalization")
def batch_norm_with_global_normalization(
    input: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    beta: TensorLike,
    gamma: TensorLike,
    variance_epsilon: float,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Tensor:
    """Batch normalization of images by given moments; see `tg.nn.batch_normalization`.

    Args:
        input: Images, shape [batch, height, width, channels].
        mean: A number for each channel, as variance, beta and gamma.
        variance: Not negative.
        beta: Added at the end.
        gamma: Multiplies the normalized images where scale_after_normalization is true.
        variance_epsilon: Keeps the division finite.
        scale_after_normalization: Whether gamma counts.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> x = tg.reshape(tg.constant([1.0, 3.0]), [1, 1, 2, 1])
    >>> tg.nn.batch_norm_with_global_normalization(x, [2.0], [1.0], [10.0], [2.0], 0.0, True).numpy().ravel()
    array([ 8., 12.], dtype=float32)
    """
    scale = gamma if scale_after_normalization else None
    return batch_normalization(input, mean, variance, beta, scale, variance_epsilon)


@public("nn.local_response_normalization nn.lrn")
def local_response_normalization(
    input: TensorLike,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """Divides each element by a power of the squares of its neighbours among the channels.

    input / (bias + alpha * sum of squares of channels within depth_radius) ** beta (A. Krizhevsky, I. Sutskever,
    G. Hinton, NeurIPS 2012).

    Args:
        input: Images, shape [batch, height, width, channels] with a known number of channels; a floating dtype.
        depth_radius: How far neighbours may be apart.
        bias: Keeps the division finite; positive.
        alpha: Multiplies the sum.
        beta: The power.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> x = tg.reshape(tg.constant([3.0, 4.0]), [1, 1, 1, 2])
    >>> tg.nn.local_response_normalization(x, depth_radius=1, bias=0).numpy().ravel()
    array([0.6, 0.8], dtype=float32)
    """
    values: Any = _native.tensor(input)
    if values._shape is None or len(values._shape) != 4 or (values._shape[3] or 0) < 0:
        raise InvalidArgumentError(
            "[local_response_normalization] input must have 4 dimensions and a known number of channels. "
            f"Received: input.shape={values._shape}",
            code="TG-0103",
        )
    channels = values._shape[3]
    number = np.arange(channels)
    near = (abs(number[:, None] - number) <= depth_radius).astype(np.float64)
    squares = _execute("reshape", (_execute("square", (values,)), [-1, channels]))
    sums = _execute("matmul", (squares, _native.tensor(near, values._dtype_number)))
    divisor = _execute("add", (_execute("multiply", (sums, alpha)), bias))
    power = _execute("pow", (divisor, _native.tensor(-beta, values._dtype_number)))
    return _execute("multiply", (values, _execute("reshape_like", (power, values))))
