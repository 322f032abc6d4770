"""`tg.sets`: sets in the last dimension of a tensor."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import int32, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._sparse.tensor import SparseTensor
from tensegra._tensor import Tensor, convert_to_tensor

_execute = _native.execute


def _elements(where: str, value: Any) -> tuple[Any, Any, Any]:
    """The group of each element (its place in all but the last dimension, as coordinates), the elements, the shape."""
    if isinstance(value, SparseTensor):
        return value.indices[:, :-1], value.values, value.dense_shape
    tensor: Any = convert_to_tensor(value)
    if tensor.shape.rank is None or tensor.shape.rank < 1:
        raise InvalidArgumentError(
            f"[{where}] sets lie in the last dimension. Received: shape={tensor.shape}. Give at least one dimension.",
            code="TG-0103",
        )
    shape = _execute("shape", (tensor,), {"out_type": int64._number})
    everywhere = _execute("where_indices", (_execute("fill", (shape, _native.tensor(True))),))
    return everywhere[:, :-1], _execute("reshape", (tensor, [-1])), shape


def _operate(where: str, operation: str, a: Any, b: Any) -> SparseTensor:
    groups_a, values_a, shape_a = _elements(where, a)
    groups_b, values_b, shape_b = _elements(where, b)
    known = not shape_a._is_symbolic and not shape_b._is_symbolic
    if values_a.dtype != values_b.dtype or (
        known and shape_a.numpy()[:-1].tolist() != shape_b.numpy()[:-1].tolist()
    ):
        one, other = ("?" if part._is_symbolic else part._numpy().tolist() for part in (shape_a, shape_b))
        raise InvalidArgumentError(
            f"[{where}] the sets must have one dtype, and all sizes but the last be equal. Received: "
            f"{values_a.dtype.name} and {values_b.dtype.name}, shapes {one} and {other}. Compare them.",
            code="TG-0105",
        )
    indices, values, width = _execute(
        "set_operation", (groups_a, values_a, groups_b, values_b), {"operation": operation}
    )
    shape = _execute("concat", ([shape_a[:-1], _execute("reshape", (width, [1]))],), {"axis": 0})
    return SparseTensor(indices, values, shape)


@public("sets.intersection")
def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements that are in both sets.

    Args:
        a: A tensor or a sparse one of integers or strings; each of its last dimensions is a set.
        b: The same, with the same sizes but the last.
        validate_indices: Ignored: the order of places does not matter.

    Returns:
        Sparse: the elements of each set in rising order.

    Raises:
        tg.errors.InvalidArgumentError: The shapes or dtypes do not fit (TG-0105), or the dtype is not one of sets
            (TG-0102).

    >>> import tensegra as tg
    >>> tg.sparse.to_dense(tg.sets.intersection([[1, 2], [3, 4]], [[2, 5], [4, 3]])).numpy().tolist()
    [[2, 0], [3, 4]]
    """
    return _operate("sets.intersection", "intersection", a, b)


@public("sets.union")
def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements that are in one of the sets; see `intersection`.

    >>> import tensegra as tg
    >>> tg.sets.union([[1, 2]], [[2, 5]]).values.numpy().tolist()
    [1, 2, 5]
    """
    return _operate("sets.union", "union", a, b)


@public("sets.difference")
def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """The elements of `a` that are not in `b`; the reverse where `aminusb` is false. See `intersection`.

    >>> import tensegra as tg
    >>> tg.sets.difference([[1, 2]], [[2, 5]]).values.numpy().tolist()
    [1]
    """
    first, second = (a, b) if aminusb else (b, a)
    return _operate("sets.difference", "difference", first, second)


@public("sets.size")
def size(a: SparseTensor, validate_indices: bool = True) -> Tensor:
    """How many different elements each set has.

    Args:
        a: A sparse tensor.
        validate_indices: Ignored: the order of places does not matter.

    Returns:
        int32, of the shape of `a` without the last dimension.

    >>> import tensegra as tg
    >>> tg.sets.size(tg.SparseTensor([[0, 0], [0, 1], [1, 0]], [7, 7, 8], [2, 2])).numpy().tolist()
    [1, 1]
    """
    unique = _operate("sets.size", "union", a, a)
    shape = unique.dense_shape[:-1]
    strides = _execute("cumprod", (shape,), {"axis": 0, "exclusive": True, "reverse": True})
    flat = _execute("reduce_sum", (_execute("multiply", (unique.indices[:, :-1], strides)),), {"axis": [1]})
    zeros = _execute(
        "fill", (_execute("reshape", (_execute("reduce_prod", (shape,)), [1])), _native.tensor(0))
    )
    ones = _execute("fill", (_execute("shape", (flat,)), _native.tensor(1, int32._number)))
    return _execute("reshape", (_execute("scatter_add_like", (zeros, flat, ones)), shape))  # type: ignore[no-any-return]
