"""Keeping values within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._composites.linalg.norms import global_norm
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_minimum = _native.find_op("minimum")
_maximum = _native.find_op("maximum")


@public("clip_by_value")
def clip_by_value(
    t: TensorLike, clip_value_min: TensorLike, clip_value_max: TensorLike, name: str | None = None
) -> Tensor:
    """Elements below the minimum become the minimum, those above the maximum the maximum.

    Args:
        t: A tensor.
        clip_value_min: The minimum; broadcast against t.
        clip_value_max: The maximum.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.clip_by_value([-1.0, 0.5, 9.0], 0.0, 1.0).numpy()
    array([0. , 0.5, 1. ], dtype=float32)
    """
    values: Any = _native.tensor(t)
    return _execute(_maximum, (_execute(_minimum, (values, clip_value_max)), clip_value_min))


@public("math.l2_normalize nn.l2_normalize linalg.l2_normalize")
def l2_normalize(
    x: TensorLike, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """Scales x so that the sum of its squares along the axis is 1.

    Args:
        x: A floating-point tensor.
        axis: An axis or several; all by default.
        epsilon: The least sum of squares that is divided by.
        name: Ignored; for compatibility.
        dim: The older name of `axis`.

    >>> import tensegra as tg
    >>> tg.math.l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    values: Any = _native.tensor(x)
    along = dim if axis is None else axis
    total = _execute("reduce_sum", (_execute("square", (values,)),), (along, True))
    return _execute("multiply", (values, _execute("rsqrt", (_execute(_maximum, (total, epsilon)),))))


@public("clip_by_norm")
def clip_by_norm(t: TensorLike, clip_norm: TensorLike, axes: Any = None, name: str | None = None) -> Tensor:
    """Scales a tensor down where its norm, the root of the sum of squares, is above a limit.

    Args:
        t: A floating-point tensor.
        clip_norm: The limit, a positive number.
        axes: The axes along which norms are taken; all by default.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.clip_by_norm([3.0, 4.0], 2.5).numpy()
    array([1.5, 2. ], dtype=float32)
    """
    values: Any = _native.tensor(t)
    total = _execute("reduce_sum", (_execute("square", (values,)),), (axes, True))
    # The root has no derivative at 0, which must not turn the gradient into NaN.
    positive = _execute("greater", (total, 0.0))
    ones = _execute("ones_like", (total,))
    norm = _execute(
        "select", (positive, _execute("sqrt", (_execute("select", (positive, total, ones)),)), total)
    )
    return _execute(
        "divide", (_execute("multiply", (values, clip_norm)), _execute(_maximum, (norm, clip_norm)))
    )


@public("clip_by_global_norm")
def clip_by_global_norm(
    t_list: Sequence[TensorLike | None],
    clip_norm: TensorLike,
    use_norm: TensorLike | None = None,
    name: str | None = None,
) -> tuple[list[Tensor | None], Tensor]:
    """Scales several tensors down by one factor where their norm together is above a limit.

    Args:
        t_list: Floating-point tensors; None among them stays None.
        clip_norm: The limit, a positive number.
        use_norm: The norm, where it is known already; see `tg.linalg.global_norm`.
        name: Ignored; for compatibility.

    Returns:
        The scaled tensors and the norm before. Where that is infinite or NaN the tensors are NaN.

    Raises:
        tg.errors.InvalidArgumentError: Where there is no tensor (TG-0110).

    >>> import tensegra as tg
    >>> (x, y), norm = tg.clip_by_global_norm([[3.0, 0.0], [4.0]], 2.5)
    >>> x.numpy(), y.numpy(), norm.numpy()
    (array([1.5, 0. ], dtype=float32), array([2.], dtype=float32), np.float32(5.0))
    """
    norm: Any = global_norm(t_list) if use_norm is None else _native.tensor(use_norm)
    one = _execute("ones_like", (norm,))
    limit: Any = (
        clip_norm if isinstance(clip_norm, _native.Tensor) else _native.tensor(clip_norm, norm._dtype_number)
    )
    scale = limit * _execute(_minimum, (one / norm, one / limit))
    scale = _execute("select", (_execute("is_finite", (norm,)), scale, norm - norm))
    clipped: list[Any] = [None if t is None else _execute("multiply", (t, scale)) for t in t_list]
    return clipped, norm
