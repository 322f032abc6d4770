"""Functions of `tg.sparse` that combine, cut and reduce sparse tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._dtypes import int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import ShapeLike, TensorLike

from .basic import flat_places, reorder, retain, sparse_of, to_dense, unflat, whole
from .tensor import SparseTensor, row_strides

_execute = _native.execute


def grouped(places: Any) -> tuple[Any, Any]:
    """Sorted places, each once, and for each given place the number of its group."""
    column = _execute("expand_dims", (places,), {"axis": 1})
    order = _execute("sparse_order", (column,))
    sorted_places = _execute("gather", (places, order))
    new = _execute(
        "concat",
        ([_native.tensor([True]), _execute("not_equal", (sorted_places[1:], sorted_places[:-1]))],),
        {"axis": 0},
    )[: _count(places)]
    ranks = _execute(
        "subtract",
        (
            _execute("cumsum", (_execute("cast", (new,), {"dtype": int64._number}),), {"axis": 0}),
            whole(1),
        ),
    )
    inverse = _execute("sparse_order", (_execute("expand_dims", (order,), {"axis": 1}),))
    first = _execute("reshape", (_execute("where_indices", (new,)), [-1]))
    return _execute("gather", (sorted_places, first)), _execute("gather", (ranks, inverse))


def _count(value: Any) -> Any:
    return _execute("shape", (value,), {"out_type": int64._number})[0]


def _summed(groups: Any, unique: Any, values: Any) -> Any:
    size = _execute("shape", (unique,))
    zeros = _execute("fill", (size, _native.tensor(0, values._dtype_number)))
    return _execute("scatter_add_like", (zeros, groups, values))


def _same_shape(where: str, a: SparseTensor, b: SparseTensor) -> None:
    if not a.shape.is_compatible_with(b.shape):
        raise InvalidArgumentError(
            f"[{where}] the shapes must be equal. Received: {a.shape} and {b.shape}. Compare them.",
            code="TG-0105",
        )


@public("sparse.add")
def add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """The sum of two tensors of which at least one is sparse.

    Args:
        a: A sparse tensor or a tensor.
        b: The same; one of them sparse.
        threshold: Sums whose magnitude is not above it are left out where both are sparse and it is above 0.

    Returns:
        Sparse where both are; else a tensor.

    Raises:
        tg.errors.InvalidArgumentError: The shapes differ (TG-0105), or none is sparse (TG-0117).

    >>> import tensegra as tg
    >>> one, two = tg.sparse.eye(2), tg.SparseTensor([[0, 1]], [5.0], [2, 2])
    >>> tg.sparse.to_dense(tg.sparse.add(one, two)).numpy().tolist()
    [[1.0, 5.0], [0.0, 1.0]]
    """
    if not isinstance(a, SparseTensor):
        a, b = b, a
    first = sparse_of("sparse.add", a)
    if not isinstance(b, SparseTensor):
        return _execute("add", (to_dense(first, validate_indices=False), convert_to_tensor(b, first.dtype)))
    _same_shape("sparse.add", first, b)
    places = _execute("concat", ([flat_places(first), flat_places(b)],), {"axis": 0})
    values = _execute("concat", ([first.values, b.values],), {"axis": 0})
    unique, groups = grouped(places)
    sums = _summed(groups, unique, values)
    result = SparseTensor(unflat(unique, first.dense_shape), sums, first.dense_shape)
    limit = convert_to_tensor(threshold)
    if not limit._is_symbolic and limit.numpy() <= 0:
        return result
    size = _execute("abs", (sums,))
    limit = _execute("cast", (limit,), {"dtype": size._dtype_number})
    return retain(result, _execute("greater", (size, limit)))


def _extreme(where: str, op: str, a: SparseTensor, b: SparseTensor) -> SparseTensor:
    """Elements that only one of them has meet a 0."""
    first, second = sparse_of(where, a), sparse_of(where, b)
    _same_shape(where, first, second)
    places = _execute("concat", ([flat_places(first), flat_places(second)],), {"axis": 0})
    unique, groups = grouped(places)
    count = _count(first.values)
    one = _summed(groups[:count], unique, first.values)
    other = _summed(groups[count:], unique, second.values)
    return SparseTensor(unflat(unique, first.dense_shape), _execute(op, (one, other)), first.dense_shape)


@public("sparse.maximum")
def maximum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """The greater element at each place that one of them has; what is missing is 0.

    >>> import tensegra as tg
    >>> a, b = tg.SparseTensor([[0]], [7.0], [2]), tg.SparseTensor([[1]], [-1.0], [2])
    >>> tg.sparse.maximum(a, b).values.numpy().tolist()
    [7.0, 0.0]
    """
    return _extreme("sparse.maximum", "maximum", sp_a, sp_b)


@public("sparse.minimum")
def minimum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """The smaller element at each place that one of them has; what is missing is 0.

    >>> import tensegra as tg
    >>> a, b = tg.SparseTensor([[0]], [7.0], [2]), tg.SparseTensor([[1]], [-1.0], [2])
    >>> tg.sparse.minimum(a, b).values.numpy().tolist()
    [0.0, -1.0]
    """
    return _extreme("sparse.minimum", "minimum", sp_a, sp_b)


def _axis(where: str, axis: int, rank: int | None) -> int:
    if rank is None or not -rank <= axis < rank:
        raise InvalidArgumentError(
            f"[{where}] the axis must lie in [-rank, rank). Received: axis={axis}, rank={rank}. Count axes from 0.",
            code="TG-0104",
        )
    return axis % rank


@public("sparse.concat")
def concat(
    axis: int, sp_inputs: Sequence[SparseTensor], expand_nonconcat_dims: bool = False, name: str | None = None
) -> SparseTensor:
    """Sparse tensors one behind the other along an axis.

    Args:
        axis: The axis.
        sp_inputs: The tensors.
        expand_nonconcat_dims: Whether the other sizes may differ; the greatest ones count then.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.sparse.to_dense(tg.sparse.concat(1, [tg.sparse.eye(2), tg.sparse.eye(2)])).numpy().tolist()
    [[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]]
    """
    inputs = [sparse_of("sparse.concat", item) for item in sp_inputs]
    where = _axis("sparse.concat", axis, inputs[0].shape.rank)
    rank = inputs[0].shape.rank or 0
    along = whole([int(i == where) for i in list(_span(rank))])
    shape = inputs[0].dense_shape
    offset, places = _native.tensor(0, int64._number), []
    for item in inputs:
        if not expand_nonconcat_dims:
            mine, other = inputs[0].shape.as_list(), item.shape.as_list()
            mine[where] = other[where] = None
            if any(a is not None and b is not None and a != b for a, b in zip(mine, other, strict=False)):
                raise InvalidArgumentError(
                    "[sparse.concat] the other sizes must be equal. Received: shapes "
                    f"{inputs[0].shape} and {item.shape}, axis={axis}. Use expand_nonconcat_dims=True.",
                    code="TG-0105",
                )
        places.append(_execute("add", (item.indices, _execute("multiply", (along, offset)))))
        offset = _execute("add", (offset, item.dense_shape[where]))
        shape = _execute("maximum", (shape, item.dense_shape))
    total = _execute("select", (_execute("equal", (along, whole(1))), offset, shape))
    values = _execute("concat", ([item.values for item in inputs],), {"axis": 0})
    return reorder(SparseTensor(_execute("concat", (places,), {"axis": 0}), values, total))


def _span(count: int) -> Any:
    return iter(tuple(i for i, _ in enumerate([None] * count)))


@public("sparse.expand_dims")
def expand_dims(sp_input: SparseTensor, axis: int | None = None, name: str | None = None) -> SparseTensor:
    """With a new axis of size 1, by default the last one.

    >>> import tensegra as tg
    >>> tg.sparse.expand_dims(tg.sparse.eye(2), 0).shape
    TensorShape([1, 2, 2])
    """
    sparse = sparse_of("sparse.expand_dims", sp_input)
    rank = sparse.shape.rank or 0
    place = _axis("sparse.expand_dims", -1 if axis is None else axis, rank + 1)
    zeros = _execute("zeros_like", (sparse.indices[:, :1],))
    indices = _execute(
        "concat", ([sparse.indices[:, :place], zeros, sparse.indices[:, place:]],), {"axis": 1}
    )
    shape = _execute(
        "concat", ([sparse.dense_shape[:place], whole([1]), sparse.dense_shape[place:]],), {"axis": 0}
    )
    return SparseTensor(indices, sparse.values, shape)


@public("sparse.reshape")
def reshape(sp_input: SparseTensor, shape: ShapeLike, name: str | None = None) -> SparseTensor:
    """The same elements in row-major order under another shape; one size may be -1.

    Raises:
        tg.errors.InvalidArgumentError: The number of elements differs (TG-0105).

    >>> import tensegra as tg
    >>> tg.sparse.reshape(tg.sparse.eye(2), [4]).indices.numpy().tolist()
    [[0], [3]]
    """
    sparse = sparse_of("sparse.reshape", sp_input)
    wanted: Any = convert_to_tensor(shape)  # type: ignore[arg-type]
    wanted = wanted if wanted.dtype == int64 else _execute("cast", (wanted,), {"dtype": int64._number})
    total = _execute("reduce_prod", (sparse.dense_shape,))
    unknown = _execute("equal", (wanted, whole(-1)))
    rest = _execute("reduce_prod", (_execute("select", (unknown, whole(1), wanted)),))
    missing = _execute("floordiv", (total, _execute("maximum", (rest, whole(1)))))
    full = _execute("select", (unknown, missing, wanted))
    count = _execute("reduce_prod", (full,))
    if not count._is_symbolic and not total._is_symbolic and count.numpy() != total.numpy():
        raise InvalidArgumentError(
            "[sparse.reshape] the number of elements must stay. Received: "
            f"dense_shape={sparse.dense_shape.numpy().tolist()}, shape={full.numpy().tolist()}. Compare them.",
            code="TG-0105",
        )
    return SparseTensor(unflat(flat_places(sparse), full), sparse.values, full)


@public("sparse.reset_shape")
def reset_shape(sp_input: SparseTensor, new_shape: Any = None) -> SparseTensor:
    """The same places and elements under a greater shape; None: the smallest one that holds them.

    Raises:
        tg.errors.InvalidArgumentError: The new shape is smaller somewhere, or of another rank (TG-0105).

    >>> import tensegra as tg
    >>> tg.sparse.reset_shape(tg.SparseTensor([[0, 1]], [1], [9, 9])).shape
    TensorShape([1, 2])
    """
    sparse = sparse_of("sparse.reset_shape", sp_input)
    if new_shape is None:
        low = _execute("expand_dims", (_execute("multiply", (sparse.dense_shape, whole(0))),), {"axis": 0})
        ends = _execute("add", (sparse.indices, whole(1)))
        both = _execute("concat", ([low, ends],), {"axis": 0})
        return SparseTensor(sparse.indices, sparse.values, _execute("reduce_max", (both,), {"axis": [0]}))
    shape = convert_to_tensor(new_shape, int64)
    old = sparse.dense_shape
    if shape.shape != old.shape or (
        not shape._is_symbolic and not old._is_symbolic and (shape.numpy() < old.numpy()).any()
    ):
        raise InvalidArgumentError(
            f"[sparse.reset_shape] the new shape must not be smaller. Received: new_shape={new_shape}, "
            f"shape={sparse.shape}. Use tg.sparse.slice.",
            code="TG-0105",
        )
    return SparseTensor(sparse.indices, sparse.values, shape)


@public("sparse.slice")
def slice(
    sp_input: SparseTensor, start: TensorLike, size: TensorLike, name: str | None = None
) -> SparseTensor:
    """The part that begins at `start` and has at most the sizes `size`.

    >>> import tensegra as tg
    >>> tg.sparse.to_dense(tg.sparse.slice(tg.sparse.eye(3), [1, 0], [2, 2])).numpy().tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    sparse = sparse_of("sparse.slice", sp_input)
    begin, extent = convert_to_tensor(start, int64), convert_to_tensor(size, int64)
    left = _execute("maximum", (_execute("subtract", (sparse.dense_shape, begin)), whole(0)))
    shape = _execute("minimum", (extent, left))
    moved = _execute("subtract", (sparse.indices, begin))
    inside = _execute(
        "logical_and", (_execute("greater_equal", (moved, whole(0))), _execute("less", (moved, shape)))
    )
    kept = _execute("reduce_all", (inside,), {"axis": [1]})
    return retain(SparseTensor(moved, sparse.values, shape), kept)


@public("sparse.split")
def split(
    sp_input: SparseTensor | None = None,
    num_split: int | None = None,
    axis: int | None = None,
    name: str | None = None,
) -> list[SparseTensor]:
    """Parts along an axis; the first ones are longer by one where the size does not divide.

    >>> import tensegra as tg
    >>> [part.shape.as_list() for part in tg.sparse.split(tg.sparse.eye(5), 2, axis=0)]
    [[3, 5], [2, 5]]
    """
    sparse = sparse_of("sparse.split", sp_input)
    where = _axis("sparse.split", 0 if axis is None else axis, sparse.shape.rank)
    count = num_split or 0
    length = sparse.dense_shape[where]
    if count < 1 or (not length._is_symbolic and count > length.numpy()):
        raise InvalidArgumentError(
            f"[sparse.split] num_split must lie in [1, size of the axis]. Received: num_split={num_split}, "
            f"shape={sparse.shape}. Use fewer parts.",
            code="TG-0106",
        )
    rank = sparse.shape.rank or 0
    along = whole([int(i == where) for i in _span(rank)])
    parts, start = [], whole(0)
    base = _execute("floordiv", (length, whole(count)))
    extra = _execute("floormod", (length, whole(count)))
    for i in _span(count):
        longer = _execute("cast", (_execute("less", (whole(i), extra)),), {"dtype": int64._number})
        size = _execute("add", (base, longer))
        sizes = _execute("select", (_execute("equal", (along, whole(1))), size, sparse.dense_shape))
        parts.append(slice(sparse, _execute("multiply", (along, start)), sizes))
        start = _execute("add", (start, size))
    return parts


@public("sparse.transpose")
def transpose(sp_input: SparseTensor, perm: Any = None, name: str | None = None) -> SparseTensor:
    """With the axes in another order, by default reversed.

    >>> import tensegra as tg
    >>> tg.sparse.transpose(tg.SparseTensor([[0, 2]], [5], [2, 3])).indices.numpy().tolist()
    [[2, 0]]
    """
    sparse = sparse_of("sparse.transpose", sp_input)
    rank = sparse.shape.rank or 0
    order = convert_to_tensor(list(reversed(list(_span(rank)))) if perm is None else perm)
    indices = _execute("gather", (sparse.indices, order), {"axis": 1})
    return reorder(SparseTensor(indices, sparse.values, _execute("gather", (sparse.dense_shape, order))))


@public("sparse.fill_empty_rows")
def fill_empty_rows(
    sp_input: SparseTensor, default_value: Any, name: str | None = None
) -> tuple[SparseTensor, Tensor]:
    """Puts an element at the beginning of each row of a matrix that has none.

    Args:
        sp_input: A sparse matrix.
        default_value: The element.
        name: Ignored; for compatibility.

    Returns:
        The sparse tensor, and which rows were empty.

    >>> import tensegra as tg
    >>> filled, empty = tg.sparse.fill_empty_rows(tg.SparseTensor([[0, 1]], [5], [2, 3]), 0)
    >>> filled.indices.numpy().tolist(), empty.numpy().tolist()
    ([[0, 1], [1, 0]], [False, True])
    """
    sparse = sparse_of("sparse.fill_empty_rows", sp_input)
    rows = sparse.dense_shape[0]
    size = _execute("reshape", (rows, [1]))
    zeros = _execute("fill", (size, whole(0)))
    ones = _execute("fill", (_execute("shape", (sparse.values,)), whole(1)))
    counts = _execute("scatter_add_like", (zeros, sparse.indices[:, 0], ones))
    empty = _execute("equal", (counts, whole(0)))
    missing = _execute("where_indices", (empty,))
    places = _execute("concat", ([missing, _execute("zeros_like", (missing,))],), {"axis": 1})
    value = convert_to_tensor(default_value, sparse.dtype)
    more = _execute("fill", (_execute("reshape", (_count(missing), [1])), value))
    filled = SparseTensor(
        _execute("concat", ([sparse.indices, places],), {"axis": 0}),
        _execute("concat", ([sparse.values, more],), {"axis": 0}),
        sparse.dense_shape,
    )
    return reorder(filled), empty


@public("sparse.sparse_dense_matmul")
def sparse_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """The product of a sparse matrix and a matrix, or the reverse; gradients flow to the elements and to the matrix.

    Args:
        sp_a: A sparse matrix, or a matrix.
        b: A matrix, or a sparse one.
        adjoint_a: Whether `sp_a` is transposed (and conjugated).
        adjoint_b: The same for `b`.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.sparse.sparse_dense_matmul(tg.sparse.eye(2), [[1.0, 2.0], [3.0, 4.0]]).numpy().tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if isinstance(b, SparseTensor) and not isinstance(sp_a, SparseTensor):
        # (A B)^T = B^T A^T
        turned = sparse_dense_matmul(b, sp_a, not adjoint_b, not adjoint_a)
        return _execute("transpose", (turned,))  # type: ignore[no-any-return]
    sparse = sparse_of("sparse.sparse_dense_matmul", sp_a)
    dense: Any = convert_to_tensor(b, sparse.dtype if not isinstance(b, _native.Tensor) else None)
    values = sparse.values
    if adjoint_b:
        dense = _execute("transpose", (dense,))
    rows, columns = sparse.indices[:, 0], sparse.indices[:, 1]
    height, width = sparse.dense_shape[0], sparse.dense_shape[1]
    if adjoint_a:
        rows, columns, height, width = columns, rows, width, height
    if not width._is_symbolic and dense.shape.rank == 2 and dense.shape[0] not in (None, int(width.numpy())):
        raise InvalidArgumentError(
            "[sparse.sparse_dense_matmul] the inner sizes must be equal. Received: "
            f"shapes {sparse.shape} and {dense.shape}. Transpose one of them.",
            code="TG-0105",
        )
    terms = _execute(
        "multiply", (_execute("gather", (dense, columns)), _execute("expand_dims", (values,), {"axis": 1}))
    )
    size = _execute("stack", ([height, _execute("shape", (dense,), {"out_type": int64._number})[1]],))
    zeros = _execute("fill", (size, _native.tensor(0, dense._dtype_number)))
    return _execute("scatter_add_like", (zeros, rows, terms))  # type: ignore[no-any-return]


def _reduced(where: str, sp_input: Any, axis: Any, keepdims: bool | None) -> tuple[Any, Any, Any, Any]:
    """The sparse tensor, the places of the results, the groups, and their shape."""
    sparse = sparse_of(where, sp_input)
    rank = sparse.shape.rank or 0
    axes = list(_span(rank)) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    gone = {_axis(where, int(a), rank) for a in axes}
    kept = [i for i in _span(rank) if i not in gone]
    keep = whole([int(i in kept) for i in _span(rank)])
    shape = _execute("select", (_execute("equal", (keep, whole(1))), sparse.dense_shape, whole(1)))
    strides = _execute("multiply", (row_strides(shape), keep))
    flat = _execute("reduce_sum", (_execute("multiply", (sparse.indices, strides)),), {"axis": [1]})
    out = shape
    if not keepdims:
        out = _execute("gather", (shape, whole(kept))) if kept else _execute("reshape", (whole([0])[:0], [0]))
    return sparse, flat, shape, out


@public("sparse.reduce_sum")
def reduce_sum(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: bool | None = None,
    output_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The sums along axes, by default all.

    Args:
        sp_input: A sparse tensor.
        axis: The axes.
        keepdims: Whether they stay, with size 1.
        output_is_sparse: Whether the result is sparse; else a tensor.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.sparse.reduce_sum(tg.SparseTensor([[0, 0], [0, 2]], [1, 3], [2, 3]), axis=1).numpy().tolist()
    [4, 0]
    """
    sparse, flat, shape, out = _reduced("sparse.reduce_sum", sp_input, axis, keepdims)
    if output_is_sparse:
        unique, groups = grouped(flat)
        return SparseTensor(unflat(unique, out), _summed(groups, unique, sparse.values), out)
    size = _execute("reshape", (_execute("reduce_prod", (shape,)), [1]))
    zeros = _execute("fill", (size, _native.tensor(0, sparse.values._dtype_number)))
    return _execute("reshape", (_execute("scatter_add_like", (zeros, flat, sparse.values)), out))


@public("sparse.reduce_max")
def reduce_max(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: bool | None = None,
    output_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The greatest of the elements that are there, along axes; 0 where there are none. See `reduce_sum`.

    >>> import tensegra as tg
    >>> tg.sparse.reduce_max(tg.SparseTensor([[0, 0], [0, 2]], [1, 3], [2, 3]), axis=1).numpy().tolist()
    [3, 0]
    """
    sparse, flat, shape, out = _reduced("sparse.reduce_max", sp_input, axis, keepdims)
    unique, groups = grouped(flat)
    # The elements of each group as a row, filled up with its first one.
    order = _execute("sparse_order", (_execute("expand_dims", (groups,), {"axis": 1}),))
    from tensegra._ragged.tensor import RaggedTensor

    rows = RaggedTensor.from_value_rowids(
        _execute("gather", (sparse.values, order)),
        _execute("gather", (groups, order)),
        _count(unique),
        validate=False,
    )
    first = _execute("gather", (rows.values, rows.row_starts()))
    filled = rows.to_tensor()
    inside = rows.with_values(
        _execute("fill", (_execute("shape", (rows.values,)), _native.tensor(True)))
    ).to_tensor()
    spread = _execute("expand_dims", (first,), {"axis": 1})
    greatest = _execute("reduce_max", (_execute("select", (inside, filled, spread)),), {"axis": [1]})
    if output_is_sparse:
        return SparseTensor(unflat(unique, out), greatest, out)
    size = _execute("reshape", (_execute("reduce_prod", (shape,)), [1]))
    zeros = _execute("fill", (size, _native.tensor(0, sparse.values._dtype_number)))
    return _execute("reshape", (_execute("scatter_add_like", (zeros, unique, greatest)), out))


@public("sparse.softmax")
def softmax(sp_input: SparseTensor, name: str | None = None) -> SparseTensor:
    """The softmax over the elements that are there, along the last axis.

    >>> import tensegra as tg
    >>> tg.sparse.softmax(tg.SparseTensor([[0, 0], [0, 2]], [1.0, 1.0], [1, 3])).values.numpy().tolist()
    [0.5, 0.5]
    """
    sparse = sparse_of("sparse.softmax", sp_input)
    _, flat, _, _ = _reduced("sparse.softmax", sparse, -1, True)
    unique, groups = grouped(flat)
    greatest = reduce_max(sparse, -1, True, output_is_sparse=True).values
    shifted = _execute("subtract", (sparse.values, _execute("gather", (greatest, groups))))
    powers = _execute("exp", (shifted,))
    sums = _execute("gather", (_summed(groups, unique, powers), groups))
    return sparse.with_values(_execute("divide", (powers, sums)))


def _segments(data: Any, indices: Any, segment_ids: Any, num_segments: Any) -> tuple[Any, Any, Any]:
    """The sums of the rows of each segment, how many there are, and the ids."""
    table: Any = convert_to_tensor(data)
    rows = _execute("gather", (table, convert_to_tensor(indices)))
    ids: Any = convert_to_tensor(segment_ids)
    ids = ids if ids.dtype == int64 else _execute("cast", (ids,), {"dtype": int64._number})
    if num_segments is None:
        both = _execute("concat", ([whole([-1]), ids],), {"axis": 0})
        count = _execute("add", (_execute("reduce_max", (both,)), whole(1)))
    else:
        count = convert_to_tensor(num_segments, int64)
    inner = _execute("shape", (table,), {"out_type": int64._number})[1:]
    size = _execute("concat", ([_execute("reshape", (count, [1])), inner],), {"axis": 0})
    zeros = _execute("fill", (size, _native.tensor(0, table._dtype_number)))
    sums = _execute("scatter_add_like", (zeros, ids, rows))
    ones = _execute("fill", (_execute("shape", (ids,)), _native.tensor(1, table._dtype_number)))
    none = _execute("fill", (_execute("reshape", (count, [1])), _native.tensor(0, table._dtype_number)))
    counts = _execute("scatter_add_like", (none, ids, ones))
    counts = _execute("maximum", (counts, _native.tensor(1, table._dtype_number)))
    rank = table.shape.rank or 1
    shape = _execute("reshape", (count, [1]))
    if rank > 1:
        shape = _execute("concat", ([shape, whole([1] * (rank - 1))],), {"axis": 0})
    return sums, _execute("reshape", (counts, shape)), ids


@public("sparse.segment_sum")
def segment_sum(
    data: TensorLike,
    indices: TensorLike,
    segment_ids: TensorLike,
    num_segments: Any = None,
    name: str | None = None,
    sparse_gradient: bool = False,
) -> Tensor:
    """The sums of rows of `data` that `indices` names, by segment.

    Args:
        data: The rows.
        indices: Which rows are added up.
        segment_ids: The segment of each of them.
        num_segments: How many there are; by default one more than the greatest.
        name: Ignored; for compatibility.
        sparse_gradient: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.sparse.segment_sum([[1.0], [2.0], [3.0]], [0, 2, 1], [0, 0, 1]).numpy().tolist()
    [[4.0], [2.0]]
    """
    return _segments(data, indices, segment_ids, num_segments)[0]  # type: ignore[no-any-return]


@public("sparse.segment_mean")
def segment_mean(
    data: TensorLike,
    indices: TensorLike,
    segment_ids: TensorLike,
    num_segments: Any = None,
    name: str | None = None,
    sparse_gradient: bool = False,
) -> Tensor:
    """The means of rows by segment; see `segment_sum`.

    >>> import tensegra as tg
    >>> tg.sparse.segment_mean([[1.0], [2.0], [3.0]], [0, 2, 1], [0, 0, 1]).numpy().tolist()
    [[2.0], [2.0]]
    """
    sums, counts, _ = _segments(data, indices, segment_ids, num_segments)
    return _execute("divide", (sums, counts))  # type: ignore[no-any-return]


@public("sparse.segment_sqrt_n")
def segment_sqrt_n(
    data: TensorLike,
    indices: TensorLike,
    segment_ids: TensorLike,
    num_segments: Any = None,
    name: str | None = None,
    sparse_gradient: bool = False,
) -> Tensor:
    """The sums of rows by segment, divided by the square roots of their numbers; see `segment_sum`.

    >>> import tensegra as tg
    >>> tg.sparse.segment_sqrt_n([[1.0], [3.0], [4.0], [0.0]], [0, 1, 2, 3], [0, 0, 0, 0]).numpy().tolist()
    [[4.0]]
    """
    sums, counts, _ = _segments(data, indices, segment_ids, num_segments)
    return _execute("divide", (sums, _execute("sqrt", (counts,))))  # type: ignore[no-any-return]
