"""Isotonic regression."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
# Integers of 8 and 16 bits are computed in float32, the others in float64, as in TensorFlow.
_FLOAT_OF = {2: 12, 3: 12, 10: 10, 11: 11, 12: 12}


def _to_last(x: Any, axis: int) -> tuple[Any, list[int] | None]:
    """x with the axis moved to the end, and the permutation that moves it back."""
    rank = x._rank
    axis = axis + rank if axis < 0 else axis
    if axis == rank - 1:
        return x, None
    order = [i for i in range(rank) if i != axis] + [axis]
    return _execute("transpose", (x,), (order,)), [order.index(i) for i in range(rank)]


def _move_back(x: Any, order: list[int] | None) -> Any:
    return x if order is None else _execute("transpose", (x,), (order,))


@public("nn.isotonic_regression")
def isotonic_regression(inputs: TensorLike, decreasing: bool = True, axis: int = -1) -> tuple[Tensor, Tensor]:
    """The sequence nearest to the inputs, in the sum of squares, that never rises (or never falls).

    Args:
        inputs: A real tensor of rank 1 or more.
        decreasing: Whether the result must not rise; else it must not fall.
        axis: The axis along which sequences lie.

    Returns:
        The result, in the dtype of the inputs, float32 for integers of 8 and 16 bits, float64 for others; and which
        elements were averaged: the number of its segment for each, int32.

    Raises:
        tg.errors.InvalidArgumentError: For an axis outside of the inputs (TG-0104).

    >>> import tensegra as tg
    >>> solution, segments = tg.nn.isotonic_regression([3.0, 1.0, 2.0])
    >>> solution.numpy(), segments.numpy()
    (array([3. , 1.5, 1.5], dtype=float32), array([0, 1, 1], dtype=int32))
    """
    x: Any = _native.tensor(inputs)
    wanted = _FLOAT_OF.get(x._dtype_number, 13)
    if x._dtype_number != wanted:
        x = _execute("cast", (x,), {"dtype": wanted})
    # A 0-d tensor and an axis outside are refused by the op that looks at the axis.
    _execute("expand_dims", (_execute("reduce_sum", (x,), ([axis],)),), (0,))
    rows, order = _to_last(x, axis)
    solution, segments = _execute(
        "isotonic_regression", (rows if decreasing else _execute("negative", (rows,)),)
    )
    solution = solution if decreasing else _execute("negative", (solution,))
    return _move_back(solution, order), _move_back(segments, order)
