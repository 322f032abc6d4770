"""Counts of values."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import float32, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import convert_to_tensor

from .basic import unflat, whole
from .combining import grouped
from .tensor import SparseTensor

_execute = _native.execute


@public("sparse.bincount")
def bincount(
    values: Any,
    weights: Any = None,
    axis: int | None = 0,
    minlength: int | None = None,
    maxlength: int | None = None,
    binary_output: bool = False,
    name: str | None = None,
) -> SparseTensor:
    """How often each number occurs.

    Args:
        values: Numbers that are not negative: a tensor or a sparse one.
        weights: What each occurrence counts, in the form of `values`; by default 1.
        axis: 0: in all; -1: in each row.
        minlength: The least size of the last axis of the result.
        maxlength: Numbers from there on are left out.
        binary_output: Whether occurrences count once.
        name: Ignored; for compatibility.

    Returns:
        Sparse: int64, or the dtype of the weights.

    Raises:
        tg.errors.InvalidArgumentError: The axis is another one (TG-0104).

    >>> import tensegra as tg
    >>> tg.sparse.to_dense(tg.sparse.bincount([[1, 1, 3], [0, 0, 0]], axis=-1)).numpy().tolist()
    [[0, 2, 0, 1], [3, 0, 0, 0]]
    """
    if axis not in (0, -1, None):
        raise InvalidArgumentError(
            f"[sparse.bincount] the axis must be 0 or -1. Received: axis={axis}. Reshape the values.",
            code="TG-0104",
        )
    if isinstance(values, SparseTensor):
        rows: Any
        numbers: Any = values.values
        rows, height = values.indices[:, 0], values.dense_shape[0]
        matrix = values.shape.rank == 2
    else:
        tensor: Any = convert_to_tensor(values)
        numbers = _execute("reshape", (tensor, [-1]))
        matrix = tensor.shape.rank == 2
        shape = _execute("shape", (tensor,), {"out_type": int64._number})
        height = shape[0] if tensor.shape.rank else whole(1)
        places = _execute("where_indices", (_execute("fill", (shape, _native.tensor(True))),))
        rows = places[:, 0] if tensor.shape.rank else None
    numbers = numbers if numbers.dtype == int64 else _execute("cast", (numbers,), {"dtype": int64._number})
    if weights is None:
        counts = _execute("fill", (_execute("shape", (numbers,)), whole(1)))
    else:
        counts = (
            weights.values
            if isinstance(weights, SparseTensor)
            else convert_to_tensor(weights, dtype_hint=float32)
        )
        counts = _execute("reshape", (counts, [-1]))
    if maxlength is not None:
        kept = _execute(
            "reshape", (_execute("where_indices", (_execute("less", (numbers, whole(maxlength))),)), [-1])
        )
        numbers, counts = _execute("gather", (numbers, kept)), _execute("gather", (counts, kept))
        rows = rows if rows is None else _execute("gather", (rows, kept))
    both = _execute("concat", ([whole([-1]), numbers],), {"axis": 0})
    width = _execute("add", (_execute("reduce_max", (both,)), whole(1)))
    width = _execute("maximum", (width, whole(minlength or 0)))
    by_row = axis == -1 and matrix
    places = _execute("add", (_execute("multiply", (rows, width)), numbers)) if by_row else numbers
    unique, groups = grouped(places)
    zeros = _execute("fill", (_execute("shape", (unique,)), _native.tensor(0, counts._dtype_number)))
    sums = _execute("scatter_add_like", (zeros, groups, counts))
    if binary_output:
        sums = _execute("fill", (_execute("shape", (unique,)), _native.tensor(1, counts._dtype_number)))
    size = _execute("stack", ([height, width],)) if by_row else _execute("reshape", (width, [1]))
    return SparseTensor(unflat(unique, size), sums, size)
