"""Tensors of zeros and ones, identity matrices, and sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._dtypes import as_dtype
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

_execute = _native.execute
_fill = _native.find_op("fill")
_cast = _native.find_op("cast")
_zeros_like = _native.find_op("zeros_like")
_ones_like = _native.find_op("ones_like")
_STRING = 16
_BOOL = 1


def _filled(shape: Any, dtype: DTypeLike, text: str, number: int) -> Any:
    wanted = as_dtype(dtype)._number
    dims = [shape] if isinstance(shape, int) else shape
    if wanted == _STRING:
        return _native.tensor(np.full(dims, text))
    scalar = bool(number) if wanted == _BOOL else number
    return _execute(_fill, (dims, _native.tensor(scalar, wanted)))


@public("zeros")
def zeros(shape: ShapeLike, dtype: DTypeLike = "float32", name: str | None = None) -> Tensor:
    """A tensor of zeros (of empty strings for `tg.string`).

    Args:
        shape: The sizes of the axes; a value of a graph is allowed, except for strings.
        dtype: The dtype of the elements.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.zeros([2, 3], tg.int32).numpy()
    array([[0, 0, 0],
           [0, 0, 0]], dtype=int32)
    """
    return _filled(shape, dtype, "", 0)


@public("ones")
def ones(shape: ShapeLike, dtype: DTypeLike = "float32", name: str | None = None) -> Tensor:
    """A tensor of ones.

    Args:
        shape: The sizes of the axes; a value of a graph is allowed, except for strings.
        dtype: The dtype of the elements.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.ones([3]).numpy()
    array([1., 1., 1.], dtype=float32)
    """
    return _filled(shape, dtype, "1", 1)


def _like(op: _native.Op, x: Any, dtype: DTypeLike | None) -> Any:
    tensor = _native.tensor(x)
    number = tensor._dtype_number if dtype is None else as_dtype(dtype)._number
    if number != tensor._dtype_number:
        tensor = _execute(_cast, (tensor,), (number,))
    return _execute(op, (tensor,))


@public("zeros_like math.zeros_like")
def zeros_like(input: TensorLike, dtype: DTypeLike | None = None, name: str | None = None) -> Tensor:
    """Zeros in the shape of another tensor.

    Args:
        input: The tensor whose shape is taken.
        dtype: The dtype of the elements, by default that of `input`.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.zeros_like([[1.5, 2.5]]).numpy()
    array([[0., 0.]], dtype=float32)
    """
    return _like(_zeros_like, input, dtype)


@public("ones_like math.ones_like")
def ones_like(input: TensorLike, dtype: DTypeLike | None = None, name: str | None = None) -> Tensor:
    """Ones in the shape of another tensor.

    Args:
        input: The tensor whose shape is taken.
        dtype: The dtype of the elements, by default that of `input`.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.ones_like([1.5, 2.5], dtype=tg.int32).numpy()
    array([1, 1], dtype=int32)
    """
    return _like(_ones_like, input, dtype)


@public("eye linalg.eye")
def eye(
    num_rows: int,
    num_columns: int | None = None,
    batch_shape: ShapeLike | None = None,
    dtype: DTypeLike = "float32",
    name: str | None = None,
) -> Tensor:
    """An identity matrix, or a batch of them.

    Args:
        num_rows: The number of rows.
        num_columns: The number of columns, by default as many as rows.
        batch_shape: Axes to put in front.
        dtype: The dtype of the elements.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.eye(2).numpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    columns = num_rows if num_columns is None else num_columns
    rows = range(num_rows)
    matrix = _execute("one_hot", (rows,), {"depth": columns, "dtype": dtype})
    if batch_shape is None:
        return matrix
    shape = _execute("concat", ([_native.tensor(batch_shape, 4), [num_rows, columns]],), (0,))
    return _execute("broadcast_to", (matrix, shape))


@public("range")
def range(
    start: TensorLike,
    limit: TensorLike | None = None,
    delta: TensorLike = 1,
    dtype: DTypeLike | None = None,
    name: str | None = None,
) -> Tensor:
    """The numbers start, start + delta, ... below limit (above it where delta is negative).

    `range(limit)` starts at 0.

    Args:
        start: The first number, a scalar.
        limit: The end, not included.
        delta: The step.
        dtype: The dtype, by default the widest of int32, int64, float32, float64 among the arguments.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where delta is 0 or leads away from limit (TG-0123).

    >>> import tensegra as tg
    >>> tg.range(5).numpy()
    array([0, 1, 2, 3, 4], dtype=int32)
    >>> tg.range(3.0, 1.0, -0.5).numpy()
    array([3. , 2.5, 2. , 1.5], dtype=float32)
    """
    if limit is None:
        start, limit = 0, start
    bounds = (start, limit, delta)
    number = (
        as_dtype(dtype)._number
        if dtype is not None
        else max(_native.natural_dtype(bound) for bound in bounds)
    )
    return _execute("range", tuple(_scalar(bound, number) for bound in bounds))


def _scalar(value: Any, number: int) -> Any:
    if isinstance(value, _native.Tensor) and value._dtype_number != number:
        return _execute(_cast, (value,), (number,))
    return _native.tensor(value, number)
