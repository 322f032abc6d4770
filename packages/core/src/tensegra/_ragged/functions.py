"""Functions of `tg.ragged`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._dtypes import as_dtype, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import convert_to_tensor
from tensegra._typing import DTypeLike, TensorLike

from .indexing import gather_rows
from .tensor import RaggedTensor, _cast, map_values

_execute = _native.execute


@public("ragged.constant")
def constant(
    pylist: Any,
    dtype: DTypeLike | None = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    name: str | None = None,
    row_splits_dtype: DTypeLike = int64,
) -> Any:
    """A ragged tensor of nested lists.

    Args:
        pylist: Nested lists, tuples or arrays of values.
        dtype: The dtype of the values; by default as `tg.constant` chooses it.
        ragged_rank: How many dimensions are ragged; by default all but the outermost one, less those of `inner_shape`.
        inner_shape: The shape of the values.
        name: Ignored; for compatibility.
        row_splits_dtype: int32 or int64.

    Returns:
        A ragged tensor; a tensor where nothing is ragged.

    Raises:
        tg.errors.InvalidArgumentError: Values stand at different depths, or the lists are not as deep as the arguments
            say (TG-0612).

    >>> import tensegra as tg
    >>> tg.ragged.constant([[1, 2], [], [3]])
    <tg.RaggedTensor [[1, 2], [], [3]]>
    """
    inner = () if inner_shape is None else tuple(inner_shape)
    depth = _depth(pylist)
    if depth is None:
        raise _uneven(pylist)
    if ragged_rank is None:
        ragged_rank = max(0, depth - 1 - len(inner))
        if inner_shape is None and depth == 0:
            return convert_to_tensor(pylist, dtype)
    splits_type = as_dtype(row_splits_dtype)
    rows: list[Any] = list(pylist) if depth else [pylist]
    nested: list[list[int]] = []
    for _ in [None] * ragged_rank:
        if any(not _is_list(row) for row in rows):
            raise _uneven(pylist)
        nested.append([0, *np.cumsum([len(row) for row in rows]).tolist()])
        rows = [item for row in rows for item in row]
    if not rows and dtype is None:
        dtype = "float32"
    if rows and any(_is_list(row) for row in rows) and not all(_is_list(row) for row in rows):
        raise _uneven(pylist)
    values = convert_to_tensor(rows, dtype) if rows else _empty(inner, dtype)
    result: Any = values
    for ends in reversed(nested):
        result = RaggedTensor(result, _native.tensor(ends, splits_type._number))
    return result


def _empty(inner: tuple[Any, ...], dtype: Any) -> Any:
    kind = as_dtype(dtype)
    return _execute("fill", ([0, *inner], _native.tensor("" if kind.name == "string" else 0, kind._number)))


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _depth(value: Any) -> int | None:
    """How deep the lists go; None where values stand at different depths."""
    if not _is_list(value):
        return 0
    depths: list[int] = []
    for item in value:
        depth = _depth(item)
        if depth is None:
            return None
        depths.append(depth)
    # An empty list may hold lists.
    known = {d for d, item in zip(depths, value, strict=False) if not (_is_list(item) and _blank(item))}
    deepest = max(depths, default=0)
    if known and (len(known) > 1 or deepest > max(known)):
        return None
    return 1 + deepest


def _blank(value: Any) -> bool:
    return _is_list(value) and all(_blank(item) for item in value)


def _uneven(value: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[ragged.constant] all values must stand at one depth. Received: {str(value)[:80]}. "
        "Nest the lists equally deep, or change ragged_rank and inner_shape.",
        code="TG-0612",
    )


@public("ragged.range")
def range(
    starts: TensorLike,
    limits: TensorLike | None = None,
    deltas: TensorLike = 1,
    dtype: DTypeLike | None = None,
    name: str | None = None,
    row_splits_dtype: DTypeLike = int64,
) -> RaggedTensor:
    """A row of numbers for each start and limit.

    Args:
        starts: The first numbers; the limits where those are not given.
        limits: Where the rows end; not in them.
        deltas: The steps.
        dtype: The dtype of the numbers.
        name: Ignored; for compatibility.
        row_splits_dtype: int32 or int64.

    Raises:
        tg.errors.InvalidArgumentError: A step is 0 (TG-0106).

    >>> import tensegra as tg
    >>> tg.ragged.range([3, 0, 2])
    <tg.RaggedTensor [[0, 1, 2], [], [0, 1]]>
    """
    if limits is None:
        starts, limits = 0, starts
    wanted = None if dtype is None else as_dtype(dtype)
    known = [
        convert_to_tensor(x, wanted) for x in (starts, limits, deltas) if not isinstance(x, (int, float))
    ]
    kind = wanted or (known[0].dtype if known else convert_to_tensor(limits).dtype)
    first, last, step = (convert_to_tensor(x, kind) for x in (starts, limits, deltas))
    if not step._is_symbolic and (np.asarray(step.numpy()) == 0).any():
        raise InvalidArgumentError(
            "[ragged.range] a step must not be 0. Received: deltas with a 0. Leave them out for 1.",
            code="TG-0106",
        )
    width = _execute("cast", (_execute("subtract", (last, first)),), {"dtype": as_dtype("float64")._number})
    steps = _execute("cast", (step,), {"dtype": as_dtype("float64")._number})
    lengths = _execute("ceil", (_execute("divide", (width, steps)),))
    lengths = _execute("maximum", (lengths, _native.tensor(0.0, as_dtype("float64")._number)))
    splits_type = as_dtype(row_splits_dtype)
    lengths = _execute("reshape", (_cast(lengths, splits_type), [-1]))
    zero = _native.tensor([0], splits_type._number)
    splits = _execute("concat", ([zero, _execute("cumsum", (lengths,), {"axis": 0})],), {"axis": 0})
    rows = _execute("ragged_row_ids", (splits,))
    count = _execute("shape", (rows,), {"out_type": splits_type._number})[0]
    own = _execute(
        "range", (_native.tensor(0, splits_type._number), count, _native.tensor(1, splits_type._number))
    )
    place = _execute("subtract", (own, _execute("gather", (splits, rows))))
    size = _execute("shape", (lengths,))

    def of_rows(value: Any) -> Any:
        spread = _execute("broadcast_to", (_execute("reshape", (value, [-1])), size))
        return _execute("gather", (spread, rows))

    values = _execute("add", (of_rows(first), _execute("multiply", (_cast(place, kind), of_rows(step)))))
    return RaggedTensor(values, splits)


@public("ragged.map_flat_values")
def map_flat_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`op` of the innermost values of ragged tensors, in the same rows.

    Args:
        op: Takes the values in place of the ragged tensors.
        *args: Arguments, ragged ones among them.
        **kwargs: The same by name.

    Raises:
        tg.errors.InvalidArgumentError: The ragged tensors have other rows (TG-0610).

    >>> import tensegra as tg
    >>> tg.ragged.map_flat_values(tg.square, tg.ragged.constant([[1, 2], [], [3]]))
    <tg.RaggedTensor [[1, 4], [], [9]]>
    """
    return map_values(op, *args, **kwargs)


@public("ragged.boolean_mask")
def boolean_mask(data: Any, mask: Any, name: str | None = None) -> Any:
    """The elements where the mask is true; rows stay apart.

    Args:
        data: A tensor or a ragged one.
        mask: bool, of the first dimensions of `data`.
        name: Ignored; for compatibility.

    Returns:
        Ragged where the mask has more than one dimension.

    >>> import tensegra as tg
    >>> tg.ragged.boolean_mask([[1, 2, 3], [4, 5, 6]], [[True, False, True], [False, False, True]])
    <tg.RaggedTensor [[1, 3], [6]]>
    """
    chosen: Any = mask if isinstance(mask, RaggedTensor) else convert_to_tensor(mask, "bool")
    values: Any = data if isinstance(data, RaggedTensor) else convert_to_tensor(data)
    if not isinstance(chosen, RaggedTensor) and chosen.shape.rank == 1:
        places = _execute("reshape", (_execute("where_indices", (chosen,)), [-1]))
        return gather_rows(values, places)
    if not isinstance(chosen, RaggedTensor):
        if isinstance(values, RaggedTensor):
            chosen = RaggedTensor.from_tensor(chosen, row_splits_dtype=values.row_splits.dtype)
        else:
            chosen = RaggedTensor.from_tensor(chosen)
    if not isinstance(values, RaggedTensor):
        values = RaggedTensor.from_tensor(values, row_splits_dtype=chosen.row_splits.dtype)
    inner = boolean_mask(values.values, chosen.values)
    splits = values.row_splits
    if isinstance(chosen.values, RaggedTensor):
        return RaggedTensor(inner, splits)
    counted = _execute("cumsum", (_cast(chosen.values, splits.dtype),), {"axis": 0})
    zero = _native.tensor([0], splits._dtype_number)
    before = _execute("concat", ([zero, counted],), {"axis": 0})
    return RaggedTensor(inner, _execute("gather", (before, splits)))


@public("ragged.stack")
def stack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    """Tensors, whose rows may differ in length, as the rows of a ragged one.

    Args:
        values: Tensors or ragged ones of one rank.
        axis: Where the new axis is: 0.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: There is none, or the axis is another one (TG-0104).

    >>> import tensegra as tg
    >>> tg.ragged.stack([[1, 2], [3], tg.constant([4, 5, 6])])
    <tg.RaggedTensor [[1, 2], [3], [4, 5, 6]]>
    """
    items = [v if isinstance(v, RaggedTensor) else convert_to_tensor(v) for v in values]
    if not items or axis not in (0, -(items[0].shape.rank or 0) - 1):
        raise InvalidArgumentError(
            f"[ragged.stack] there must be tensors, and the axis be 0. Received: {len(items)} tensors, axis={axis}. "
            "Use axis=0, or tg.stack.",
            code="TG-0104",
        )
    if items[0].shape.rank == 0:
        return _execute("stack", (items,))
    lengths = [_cast(_rows(item), int64) for item in items]
    return RaggedTensor.from_row_lengths(concat(items), _execute("stack", (lengths,)))


def _rows(value: Any) -> Any:
    return value.nrows() if isinstance(value, RaggedTensor) else _execute("shape", (value,))[0]


def concat(values: list[Any]) -> Any:
    """Rows of tensors and ragged ones, one behind the other."""
    if not any(isinstance(v, RaggedTensor) for v in values):
        return _concat_dense(values)
    ragged = [v if isinstance(v, RaggedTensor) else RaggedTensor.from_tensor(v) for v in values]
    lengths = _execute("concat", ([_cast(r.row_lengths(), int64) for r in ragged],), {"axis": 0})
    return RaggedTensor.from_row_lengths(concat([r.values for r in ragged]), lengths)


def _concat_dense(values: list[Any]) -> Any:
    if values[0].shape.rank == 1 or len({tuple(v.shape.as_list()[1:]) for v in values}) == 1:
        return _execute("concat", (values,), {"axis": 0})
    return concat([RaggedTensor.from_tensor(v) for v in values])


@public("ragged.stack_dynamic_partitions")
def stack_dynamic_partitions(
    data: Any, partitions: TensorLike, num_partitions: Any, name: str | None = None
) -> RaggedTensor:
    """The elements by the number of their partition.

    Args:
        data: A tensor or a ragged one.
        partitions: The partition of each row of `data`, in [0, num_partitions).
        num_partitions: How many there are.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.ragged.stack_dynamic_partitions(["a", "b", "c"], [2, 0, 2], 3)
    <tg.RaggedTensor [[b'b'], [], [b'a', b'c']]>
    """
    values: Any = data if isinstance(data, RaggedTensor) else convert_to_tensor(data)
    numbers = _cast(convert_to_tensor(partitions), int64)
    count = (
        _native.tensor(num_partitions, int64._number) if isinstance(num_partitions, int) else num_partitions
    )
    ids = _execute(
        "range", (_native.tensor(0, int64._number), _cast(count, int64), _native.tensor(1, int64._number))
    )
    same = _execute("equal", (_execute("expand_dims", (ids,), {"axis": 1}), numbers))
    places = _execute("where_indices", (same,))
    return RaggedTensor.from_value_rowids(
        gather_rows(values, places[:, 1]), places[:, 0], count, validate=False
    )
