"""Between ragged tensors and ordinary or sparse ones."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import DType, int64
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor, convert_to_tensor

from .tensor import RaggedTensor, _cast

_execute = _native.execute


def _whole(value: Any) -> Any:
    return _native.tensor(value, int64._number)


def to_tensor(ragged: RaggedTensor, default_value: Any, shape: Any) -> Tensor:
    """The rows filled up to one length: places outside of a row read a row of default values behind the last one."""
    sizes = [None] * (ragged.shape.rank or 0) if shape is None else _sizes(shape)
    values = ragged.values
    if isinstance(values, RaggedTensor):
        inner = None if shape is None or not any(s is not None for s in sizes[2:]) else [None, *sizes[2:]]
        values = to_tensor(values, default_value, inner)
    splits = _cast(ragged.row_splits, int64)
    starts, limits = splits[:-1], splits[1:]
    lengths = _execute("subtract", (limits, starts))
    if sizes and sizes[0] is not None:
        rows = _whole(sizes[0])
        missing = _execute("fill", (_execute("reshape", (rows, [1])), _whole(0)))
        starts = _execute("concat", ([starts, missing],), {"axis": 0})[: sizes[0]]
        lengths = _execute("concat", ([lengths, missing],), {"axis": 0})[: sizes[0]]
    if len(sizes) > 1 and sizes[1] is not None:
        width = _whole(sizes[1])
    else:
        width = _execute("reduce_max", (_execute("concat", ([_whole([0]), lengths],), {"axis": 0}),))
    columns = _execute("range", (_whole(0), width, _whole(1)))
    inside = _execute("less", (columns, _execute("expand_dims", (lengths,), {"axis": 1})))
    places = _execute("add", (columns, _execute("expand_dims", (starts,), {"axis": 1})))
    own = _execute("shape", (values,), {"out_type": int64._number})
    if default_value is None:
        one = _execute("concat", ([_whole([1]), own[1:]],), {"axis": 0})
        fill = _execute("fill", (one, _zero(ragged.dtype)))
    else:
        default = convert_to_tensor(default_value, ragged.dtype)
        one = _execute("concat", ([_whole([1]), own[1:]],), {"axis": 0})
        fill = _execute("broadcast_to", (default, one))
    padded = _execute("concat", ([values, fill],), {"axis": 0})
    return _execute("gather", (padded, _execute("select", (inside, places, own[0]))))  # type: ignore[no-any-return]


def _zero(dtype: DType) -> Any:
    return _native.tensor(
        "" if dtype.name == "string" else False if dtype.name == "bool" else 0, dtype._number
    )


def _sizes(shape: Any) -> list[Any]:
    from tensegra._shape import TensorShape

    if isinstance(shape, _native.Tensor):
        return shape._numpy().tolist()  # type: ignore[no-any-return]
    return [None if size in (None, -1) else int(size) for size in TensorShape(shape).as_list()]


def from_tensor(tensor: Any, lengths: Any, padding: Any, ragged_rank: int, dtype: DType) -> RaggedTensor:
    """The rows of a tensor as a ragged one."""
    value: Any = convert_to_tensor(tensor)
    rank = value.shape.rank
    if rank is None or not 0 < ragged_rank < rank:
        raise InvalidArgumentError(
            "[RaggedTensor.from_tensor] ragged_rank must lie in [1, rank). Received: "
            f"ragged_rank={ragged_rank}, shape={value.shape}. Give a tensor of more dimensions.",
            code="TG-0103",
        )
    if lengths is not None and padding is not None:
        raise InvalidArgumentError(
            "[RaggedTensor.from_tensor] lengths and padding exclude each other. Received: both. Give one of them.",
            code="TG-0106",
        )
    shape = _execute("shape", (value,), {"out_type": dtype._number})
    if (
        isinstance(lengths, (list, tuple))
        and lengths
        and (isinstance(lengths[0], (list, tuple)) or hasattr(lengths[0], "numpy"))
    ):
        return RaggedTensor.from_nested_row_lengths(
            from_tensor(value, lengths[-1], None, 1, dtype).values, lengths
        )
    flat = _execute(
        "reshape",
        (
            value,
            _execute(
                "concat", ([_native.tensor([-1], dtype._number), shape[ragged_rank + 1 :]],), {"axis": 0}
            ),
        ),
    )
    if lengths is None and padding is None:
        result: Any = flat
        for axis in range(ragged_rank, 0, -1):
            count = _execute("reduce_prod", (shape[:axis],))
            ends = _execute(
                "range",
                (
                    _native.tensor(0, dtype._number),
                    _execute("add", (count, _native.tensor(1, dtype._number))),
                    _native.tensor(1, dtype._number),
                ),
            )
            splits = _execute("multiply", (ends, shape[axis]))
            result = RaggedTensor(result, splits, value.shape[axis])
        return result  # type: ignore[no-any-return]
    width = shape[ragged_rank]
    columns = _execute("range", (_native.tensor(0, dtype._number), width, _native.tensor(1, dtype._number)))
    if padding is not None:
        same = _execute("equal", (value, convert_to_tensor(padding, value.dtype)))
        while same.shape.rank > ragged_rank + 1:
            same = _execute("reduce_all", (same,), {"axis": [-1]})
        behind = _execute("add", (columns, _native.tensor(1, dtype._number)))
        used = _execute("select", (same, _native.tensor(0, dtype._number), behind))
        row_lengths = _execute("reduce_max", (used,), {"axis": [-1]})
    else:
        row_lengths = convert_to_tensor(lengths, dtype)
        row_lengths = _execute("minimum", (row_lengths, width))
    row_lengths = _execute("reshape", (row_lengths, [-1]))
    inside = _execute("less", (columns, _execute("expand_dims", (row_lengths,), {"axis": 1})))
    places = _execute("where_indices", (_execute("reshape", (inside, [-1])),))
    values = _execute("gather", (flat, _execute("reshape", (places, [-1]))))
    result = RaggedTensor.from_row_lengths(values, row_lengths, validate=False)
    for axis in range(ragged_rank - 1, 0, -1):
        result = RaggedTensor.from_uniform_row_length(result, value.shape[axis], value.shape[axis - 1])
    return result


def to_sparse(ragged: RaggedTensor) -> Any:
    """The values with their places."""
    from tensegra._sparse.tensor import SparseTensor

    rows = _cast(ragged.value_rowids(), int64)
    starts = _execute("gather", (_cast(ragged.row_starts(), int64), rows))
    values = ragged.values
    if isinstance(values, RaggedTensor):
        inner = to_sparse(values)
        outer = inner.indices[:, 0]
        columns = _execute("subtract", (outer, _execute("gather", (starts, outer))))
        first = _execute("stack", ([_execute("gather", (rows, outer)), columns],), {"axis": 1})
        places = _execute("concat", ([first, inner.indices[:, 1:]],), {"axis": 1})
        return SparseTensor(places, inner.values, ragged.bounding_shape(out_type=int64))
    shape = _execute("shape", (values,), {"out_type": int64._number})
    count = shape[0]
    columns = _execute("subtract", (_execute("range", (_whole(0), count, _whole(1))), starts))
    places = _execute("stack", ([rows, columns],), {"axis": 1})
    dense = ragged.bounding_shape(out_type=int64)
    if values.shape.rank > 1:
        everywhere = _execute("fill", (shape, _native.tensor(True)))
        inside = _execute("where_indices", (everywhere,))
        places = _execute(
            "concat", ([_execute("gather", (places, inside[:, 0])), inside[:, 1:]],), {"axis": 1}
        )
        values = _execute("reshape", (values, [-1]))
    return SparseTensor(places, values, dense)


def merge_dims(ragged: Any, outer: int, inner: int) -> Any:
    """The axes from outer to inner as one."""
    rank = ragged.shape.rank
    outer, inner = outer + rank if outer < 0 else outer, inner + rank if inner < 0 else inner
    if not 0 <= outer <= inner < rank:
        raise InvalidArgumentError(
            f"[RaggedTensor.merge_dims] 0 <= outer_axis <= inner_axis < rank must hold. Received: outer_axis={outer}, "
            f"inner_axis={inner}, rank={rank}. Count axes from 0.",
            code="TG-0104",
        )
    if outer == inner:
        return ragged
    if not isinstance(ragged, RaggedTensor):
        shape = _execute("shape", (ragged,), {"out_type": int64._number})
        wanted = _execute("concat", ([shape[:outer], _whole([-1]), shape[inner + 1 :]],), {"axis": 0})
        return _execute("reshape", (ragged, wanted))
    if outer > 0:
        return (
            ragged.with_values(merge_dims(ragged.values, outer - 1, inner - 1))
            if outer > 1
            else _merge_rows(ragged, inner)
        )
    return merge_dims(ragged.values, 0, inner - 1) if inner > 0 else ragged


def _merge_rows(ragged: RaggedTensor, inner: int) -> Any:
    """Axes 1 to inner as one: the rows now hold all values of their rows."""
    values, splits = ragged.values, ragged.row_splits
    for _ in range(inner - 1):
        if isinstance(values, RaggedTensor):
            splits = _execute("gather", (_cast(values.row_splits, splits.dtype), splits))
            values = values.values
        else:
            shape = _execute("shape", (values,), {"out_type": splits._dtype_number})
            splits = _execute("multiply", (splits, shape[1]))
            values = merge_dims(values, 0, 1)
    return RaggedTensor(values, splits)
