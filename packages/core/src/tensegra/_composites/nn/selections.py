"""Isotonic regression and the greatest or least elements."""

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


def _top(operand: Any, k: int, dimension: int, least: bool) -> tuple[Any, Any]:
    x: Any = _native.tensor(operand)
    rows, order = _to_last(x, dimension)
    values, places = _execute("top_k", (_execute("negative", (rows,)) if least else rows,), {"k": k})
    values = _execute("negative", (values,)) if least else values
    return _move_back(values, order), _move_back(places, order)


@public("nn.approx_max_k")
def approx_max_k(
    operand: TensorLike,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The k greatest elements along an axis, greatest first. All of them are found: the recall is 1.

    Args:
        operand: A floating-point tensor.
        k: How many.
        reduction_dimension: The axis.
        recall_target: Ignored, as are the next two; for compatibility.
        reduction_input_size_override: See recall_target.
        aggregate_to_topk: See recall_target.
        name: Ignored; for compatibility.

    Returns:
        The elements, and their places along the axis (int32).

    Raises:
        tg.errors.InvalidArgumentError: For more elements than there are (TG-0106).

    >>> import tensegra as tg
    >>> values, places = tg.nn.approx_max_k([1.0, 7.0, 5.0], 2)
    >>> values.numpy(), places.numpy()
    (array([7., 5.], dtype=float32), array([1, 2], dtype=int32))
    """
    return _top(operand, k, reduction_dimension, least=False)


@public("nn.approx_min_k")
def approx_min_k(
    operand: TensorLike,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """The k least elements along an axis, least first; see `tg.nn.approx_max_k`.

    >>> import tensegra as tg
    >>> values, places = tg.nn.approx_min_k([1.0, 7.0, 5.0], 2)
    >>> values.numpy(), places.numpy()
    (array([1., 5.], dtype=float32), array([0, 2], dtype=int32))
    """
    return _top(operand, k, reduction_dimension, least=True)
