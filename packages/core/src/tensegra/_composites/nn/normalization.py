"""Moments, and normalizing by them."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("nn.moments")
def moments(
    x: TensorLike, axes: Any, shift: None = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The mean and the variance of x along axes.

    Args:
        x: A floating-point tensor.
        axes: An axis or several.
        shift: Ignored; for compatibility.
        keepdims: Whether the axes stay, with size 1.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> mean, variance = tg.nn.moments([1.0, 2.0, 3.0, 4.0], axes=[0])
    >>> float(mean), float(variance)
    (2.5, 1.25)
    """
    values: Any = _native.tensor(x)
    mean = _execute("reduce_mean", (values,), (axes, True))
    distance = _execute("squared_difference", (values, _execute("stop_gradient", (mean,))))
    variance = _execute("reduce_mean", (distance,), (axes, keepdims))
    if not keepdims:
        mean = _execute("reduce_mean", (values,), (axes, False))
    return mean, variance


@public("nn.batch_normalization")
def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    offset: TensorLike | None,
    scale: TensorLike | None,
    variance_epsilon: float,
    name: str | None = None,
) -> Tensor:
    """scale * (x - mean) / sqrt(variance + variance_epsilon) + offset (S. Ioffe, C. Szegedy, ICML 2015).

    Args:
        x: A floating-point tensor.
        mean: Broadcast against x, as variance, offset and scale are.
        variance: Not negative.
        offset: None for 0.
        scale: None for 1.
        variance_epsilon: Keeps the division finite.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.nn.batch_normalization([1.0, 3.0], 2.0, 1.0, offset=10.0, scale=2.0, variance_epsilon=0.0).numpy()
    array([ 8., 12.], dtype=float32)
    """
    values: Any = _native.tensor(x)
    spread = _native.tensor(variance, values._dtype_number)
    factor = _execute("rsqrt", (_execute("add", (spread, variance_epsilon)),))
    if scale is not None:
        factor = _execute("multiply", (factor, scale))
    shift = _execute("negative", (_execute("multiply", (factor, mean)),))
    if offset is not None:
        shift = _execute("add", (shift, offset))
    return _execute("add", (_execute("multiply", (values, factor)), shift))
