"""Choosing elements."""

from __future__ import annotations

from typing import NamedTuple

from tensegra import _native
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute
_select = _native.find_op("select")
_gather = _native.find_op("gather")
_top_k = _native.find_op("top_k")


class TopK(NamedTuple):
    """The largest values, and where they were."""

    values: Tensor
    indices: Tensor


@public("where")
def where(
    condition: TensorLike, x: TensorLike | None = None, y: TensorLike | None = None, name: str | None = None
) -> Tensor:
    """Elements of x where the condition holds, else of y; or, without x and y, where the condition holds.

    Args:
        condition: Truth values.
        x: Values for True; condition, x and y broadcast against each other.
        y: Values for False, of the dtype of x.
        name: Ignored; for compatibility.

    Returns:
        With x and y a tensor of their dtype, in the shape of the three broadcast. Without them the indices of the
        true elements, shape [n, rank of condition], int64, in row-major order.

    Raises:
        tg.errors.InvalidArgumentError: Where one of x and y is missing (TG-0110), or shapes do not broadcast
            (TG-0101).

    >>> import tensegra as tg
    >>> tg.where([True, False], [1, 2], [10, 20]).numpy()
    array([ 1, 20], dtype=int32)
    >>> tg.where([True, False, True]).numpy()
    array([[0],
           [2]])
    """
    if x is None and y is None:
        return _execute("where_indices", (condition,))
    if x is None or y is None:
        raise InvalidArgumentError(
            "[where] x and y are given together or not at all. "
            f"Received: {'x' if x is None else 'y'}=None. Give both, or only the condition.",
            code="TG-0110",
        )
    return _execute(_select, (condition, x, y))


@public("gather")
def gather(
    params: TensorLike,
    indices: TensorLike,
    validate_indices: bool | None = None,
    axis: int | None = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Tensor:
    """Slices of params along an axis, in the order of the indices.

    Args:
        params: The tensor to take from.
        indices: int32 or int64, each in [0, size of the axis).
        validate_indices: Ignored; for compatibility. Indices are always checked.
        axis: The axis, by default `batch_dims`.
        batch_dims: How many leading axes params and indices share; there, each row has its own indices.
        name: Ignored; for compatibility.

    Returns:
        Shape params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:].

    Raises:
        tg.errors.OutOfRangeError: Where an index is outside (TG-0107).
        tg.errors.InvalidArgumentError: Where batch_dims exceeds axis or the rank of indices (TG-0104), or the shared
            axes differ (TG-0105).

    >>> import tensegra as tg
    >>> tg.gather([10, 20, 30], [2, 0]).numpy()
    array([30, 10], dtype=int32)
    >>> tg.gather([[1, 2], [3, 4]], [1, 0], batch_dims=1).numpy()
    array([2, 3], dtype=int32)
    """
    if axis is None:
        axis = batch_dims
        if batch_dims < 0:
            places = convert_to_tensor(indices)
            axis += places._rank
            indices = places
    return _execute(_gather, (params, indices), (axis, batch_dims))


@public("math.top_k nn.top_k")
def top_k(
    input: TensorLike,
    k: int = 1,
    sorted: bool = True,
    index_type: DTypeLike = "int32",
    name: str | None = None,
) -> TopK:
    """The k largest elements along the last axis, and their places.

    Args:
        input: A tensor of rank 1 or more.
        k: How many.
        sorted: The result is sorted in any case, the largest first.
        index_type: The dtype of the indices: int16, int32 or int64.
        name: Ignored; for compatibility.

    Returns:
        A named tuple (values, indices), the smaller index first where values are equal. NaN counts as largest.

    Raises:
        tg.errors.InvalidArgumentError: Where `input` is 0-d (TG-0103), `k` is outside [0, size] (TG-0106), or
            `index_type` is another dtype (TG-0102).

    >>> import tensegra as tg
    >>> tg.math.top_k([1.0, 3.0, 2.0], k=2).indices.numpy()
    array([1, 2], dtype=int32)
    """
    dtype = as_dtype(index_type)
    if dtype.name not in ("int16", "int32", "int64"):
        raise InvalidArgumentError(
            f"[top_k] index_type must be int16, int32 or int64. Received: index_type={dtype.name}. Choose one.",
            code="TG-0102",
        )
    values, indices = _execute(_top_k, (input,), (k, sorted))
    if dtype.name != "int32":
        indices = _execute("cast", (indices,), {"dtype": dtype._number})
    return TopK(values, indices)
