"""Keeping values within bounds."""

from __future__ import annotations

from typing import Any

from tensegra import _native
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
def l2_normalize(x: TensorLike, axis: Any = None, epsilon: float = 1e-12, name: str | None = None) -> Tensor:
    """Scales x so that the sum of its squares along the axis is 1.

    Args:
        x: A floating-point tensor.
        axis: An axis or several; all by default.
        epsilon: The least sum of squares that is divided by.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.math.l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    values: Any = _native.tensor(x)
    total = _execute("reduce_sum", (_execute("square", (values,)),), (axis, True))
    return _execute("multiply", (values, _execute("rsqrt", (_execute(_maximum, (total, epsilon)),))))
