"""Functions of `tg.sparse` that make, change and read sparse tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensegra import _native
from tensegra._dtypes import as_dtype, float32, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, TensorLike

from .tensor import SparseTensor, row_strides

_execute = _native.execute


def whole(value: Any) -> Any:
    """An int64 constant."""
    return _native.tensor(value, int64._number)


def sparse_of(where: str, value: Any) -> SparseTensor:
    """The value, which must be a sparse tensor."""
    if not isinstance(value, SparseTensor):
        raise InvalidArgumentError(
            f"[{where}] it takes a tg.SparseTensor. Received: {type(value).__name__}. Use tg.sparse.from_dense.",
            code="TG-0117",
        )
    return value


def flat_places(sparse: SparseTensor) -> Any:
    """The places counted row by row."""
    strides = row_strides(sparse.dense_shape)
    return _execute("reduce_sum", (_execute("multiply", (sparse.indices, strides)),), {"axis": [1]})


def unflat(places: Any, shape: Any) -> Any:
    """Coordinates of places counted row by row."""
    strides = _execute("maximum", (row_strides(shape), whole(1)))
    column = _execute("expand_dims", (places,), {"axis": 1})
    return _execute(
        "floormod", (_execute("floordiv", (column, strides)), _execute("maximum", (shape, whole(1))))
    )


@public("sparse.from_dense")
def from_dense(tensor: TensorLike, name: str | None = None) -> SparseTensor:
    """The elements of a tensor that are not 0 (or '').

    >>> import tensegra as tg
    >>> tg.sparse.from_dense([[0, 5], [7, 0]]).values.numpy().tolist()
    [5, 7]
    """
    dense: Any = convert_to_tensor(tensor)
    zero = _native.tensor("" if dense.dtype.name == "string" else 0, dense._dtype_number)
    places = _execute("where_indices", (_execute("not_equal", (dense, zero)),))
    shape = _execute("shape", (dense,), {"out_type": int64._number})
    strides = row_strides(shape)
    flat = _execute("reduce_sum", (_execute("multiply", (places, strides)),), {"axis": [1]})
    return SparseTensor(places, _execute("gather", (_execute("reshape", (dense, [-1])), flat)), shape)


@public("sparse.to_dense")
def to_dense(
    sp_input: SparseTensor, default_value: Any = None, validate_indices: bool = True, name: str | None = None
) -> Tensor:
    """The whole tensor.

    Args:
        sp_input: A sparse tensor.
        default_value: What stands elsewhere; by default 0, False or ''.
        validate_indices: Whether places that are out of order or named twice are refused.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Places are out of order, named twice, or outside of the shape (TG-0613).

    >>> import tensegra as tg
    >>> tg.sparse.to_dense(tg.SparseTensor([[1]], [3.0], [3]), default_value=-1.0).numpy().tolist()
    [-1.0, 3.0, -1.0]
    """
    sparse = sparse_of("sparse.to_dense", sp_input)
    dtype = sparse.dtype
    if default_value is None:
        default_value = "" if dtype.name == "string" else False if dtype.name == "bool" else 0
    default = convert_to_tensor(default_value, dtype)
    places = _execute("sparse_places", (sparse.indices, sparse.dense_shape), {"validate": validate_indices})
    # Each element of the whole reads its value, or the default behind the last one.
    both = _execute("concat", ([sparse.values, _execute("reshape", (default, [1]))],), {"axis": 0})
    return _execute("gather", (both, places))  # type: ignore[no-any-return]


@public("sparse.eye")
def eye(
    num_rows: int, num_columns: int | None = None, dtype: DTypeLike = float32, name: str | None = None
) -> SparseTensor:
    """Ones on the diagonal.

    >>> import tensegra as tg
    >>> tg.sparse.to_dense(tg.sparse.eye(2, 3)).numpy().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    columns = num_rows if num_columns is None else num_columns
    count = min(num_rows, columns)
    line = _execute("range", (whole(0), whole(count), whole(1)))
    ones = _execute("fill", ([count], _native.tensor(1, as_dtype(dtype)._number)))
    return SparseTensor(_execute("stack", ([line, line],), {"axis": 1}), ones, whole([num_rows, columns]))


@public("sparse.reorder")
def reorder(sp_input: SparseTensor, name: str | None = None) -> SparseTensor:
    """The elements in row-major order.

    >>> import tensegra as tg
    >>> tg.sparse.reorder(tg.SparseTensor([[2], [0]], [5, 7], [3])).values.numpy().tolist()
    [7, 5]
    """
    sparse = sparse_of("sparse.reorder", sp_input)
    order = _execute("sparse_order", (sparse.indices,))
    return SparseTensor(
        _execute("gather", (sparse.indices, order)),
        _execute("gather", (sparse.values, order)),
        sparse.dense_shape,
    )


@public("sparse.retain")
def retain(sp_input: SparseTensor, to_retain: TensorLike) -> SparseTensor:
    """The elements for which `to_retain` is true.

    >>> import tensegra as tg
    >>> tg.sparse.retain(tg.SparseTensor([[0], [2]], [5, 7], [3]), [False, True]).values.numpy().tolist()
    [7]
    """
    sparse = sparse_of("sparse.retain", sp_input)
    chosen = _execute("reshape", (_execute("where_indices", (convert_to_tensor(to_retain, "bool"),)), [-1]))
    return SparseTensor(
        _execute("gather", (sparse.indices, chosen)),
        _execute("gather", (sparse.values, chosen)),
        sparse.dense_shape,
    )


@public("sparse.map_values")
def map_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> SparseTensor:
    """`op` of the values of sparse tensors that have the same places.

    Args:
        op: Takes the values in place of the sparse tensors.
        *args: Arguments, sparse ones among them.
        **kwargs: The same by name.

    Raises:
        tg.errors.InvalidArgumentError: There is no sparse tensor (TG-0117), or the places differ (TG-0613).

    >>> import tensegra as tg
    >>> tg.sparse.map_values(tg.square, tg.SparseTensor([[1]], [3.0], [3])).values.numpy().tolist()
    [9.0]
    """
    sparse = [a for a in (*args, *kwargs.values()) if isinstance(a, SparseTensor)]
    if not sparse:
        raise InvalidArgumentError(
            "[sparse.map_values] one of the arguments must be sparse. Received: none. Call the function itself.",
            code="TG-0117",
        )
    for other in sparse[1:]:
        mine, given = sparse[0].indices, other.indices
        if (
            not mine._is_symbolic
            and not given._is_symbolic
            and mine.numpy().tolist() != given.numpy().tolist()
        ):
            raise InvalidArgumentError(
                "[sparse.map_values] the places must be the same. Received: others. Use tg.sparse.add or to_dense.",
                code="TG-0613",
            )

    def plain(value: Any) -> Any:
        return value.values if isinstance(value, SparseTensor) else value

    return sparse[0].with_values(op(*map(plain, args), **{k: plain(v) for k, v in kwargs.items()}))


@public("sparse.mask")
def mask(a: Any, mask_indices: TensorLike, name: str | None = None) -> Any:
    """Indexed slices without those whose place `mask_indices` names.

    >>> import tensegra as tg
    >>> slices = tg.IndexedSlices(tg.constant([[1], [2]]), tg.constant([5, 9]), tg.constant([10, 1]))
    >>> tg.sparse.mask(slices, [9]).values.numpy().tolist()
    [[1]]
    """
    from .tensor import IndexedSlices

    named = convert_to_tensor(mask_indices, a.indices.dtype)
    same = _execute("equal", (_execute("expand_dims", (a.indices,), {"axis": 1}), named))
    kept = _execute("logical_not", (_execute("reduce_any", (same,), {"axis": [1]}),))
    chosen = _execute("reshape", (_execute("where_indices", (kept,)), [-1]))
    return IndexedSlices(
        _execute("gather", (a.values, chosen)), _execute("gather", (a.indices, chosen)), a.dense_shape
    )


@public("sparse.to_indicator")
def to_indicator(sp_input: SparseTensor, vocab_size: int, name: str | None = None) -> Tensor:
    """True at the places that the values name along a last axis of size `vocab_size`, in place of the last axis.

    >>> import tensegra as tg
    >>> tg.sparse.to_indicator(tg.SparseTensor([[0, 0], [1, 0]], [2, 0], [2, 1]), 3).numpy().tolist()
    [[False, False, True], [True, False, False]]
    """
    sparse = sparse_of("sparse.to_indicator", sp_input)
    ids = sparse.values
    if ids.dtype != int64:
        ids = _execute("cast", (ids,), {"dtype": int64._number})
    column = _execute("expand_dims", (ids,), {"axis": 1})
    places = _execute("concat", ([sparse.indices[:, :-1], column],), {"axis": 1})
    shape = _execute("concat", ([sparse.dense_shape[:-1], whole([vocab_size])],), {"axis": 0})
    yes = _execute("fill", (_execute("shape", (ids,)), _native.tensor(True)))
    return to_dense(SparseTensor(places, yes, shape), False, validate_indices=False)
