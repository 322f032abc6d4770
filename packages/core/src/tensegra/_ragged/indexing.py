"""Indexing of ragged tensors."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import int64
from tensegra._errors import OutOfRangeError, UnimplementedError

from .tensor import RaggedTensor, _cast

_execute = _native.execute


def get_item(ragged: RaggedTensor, key: Any) -> Any:
    """ragged[key] for integers, slices, and what follows behind them for the inner axes."""
    keys = list(key) if isinstance(key, tuple) else [key]
    return _index(ragged, keys)


def _index(ragged: Any, keys: list[Any]) -> Any:
    if not keys:
        return ragged
    if not isinstance(ragged, RaggedTensor):
        return ragged[tuple(keys)]
    first, rest = keys[0], keys[1:]
    if first is Ellipsis:
        missing = (ragged.shape.rank or 0) - sum(k is not None and k is not Ellipsis for k in keys)
        return _index(ragged, [slice(None)] * missing + rest)
    if isinstance(first, slice):
        chosen = _slice_rows(ragged, first)
        return _inner(chosen, rest) if rest else chosen
    if first is None:
        rows = ragged.nrows()
        zero = _native.tensor([0], rows._dtype_number)
        splits = _execute("concat", ([zero, _execute("reshape", (rows, [1]))],), {"axis": 0})
        return RaggedTensor(_index(ragged, rest), splits)
    return _index(_row(ragged, first), rest)


def _row(ragged: RaggedTensor, index: Any) -> Any:
    """The values of one row."""
    if not isinstance(index, _native.Tensor) and not ragged.row_splits._is_symbolic:
        count = len(ragged)
        if not -count <= index < count:
            raise OutOfRangeError(
                f"[RaggedTensor] an index must point to a row. Received: index={index}, {count} rows. "
                "Compare it with nrows().",
                code="TG-0107",
            )
    starts, limits = ragged.row_starts(), ragged.row_limits()
    begin, end = starts[index], limits[index]
    return _between(ragged.values, begin, end)


def _between(values: Any, begin: Any, end: Any) -> Any:
    places = _execute("range", (_cast(begin, int64), _cast(end, int64), _native.tensor(1, int64._number)))
    return gather_rows(values, places)


def gather_rows(values: Any, places: Any) -> Any:
    """The rows of a tensor or a ragged one that the places name."""
    if not isinstance(values, RaggedTensor):
        return _execute("gather", (values, places))
    splits = values.row_splits
    starts = _execute("gather", (splits[:-1], places))
    lengths = _execute("subtract", (_execute("gather", (splits[1:], places)), starts))
    zero = _native.tensor([0], splits._dtype_number)
    new_splits = _execute("concat", ([zero, _execute("cumsum", (lengths,), {"axis": 0})],), {"axis": 0})
    rows = _execute("ragged_row_ids", (new_splits,))
    offset = _execute("gather", (_execute("subtract", (starts, new_splits[:-1])), rows))
    count = _execute("shape", (rows,), {"out_type": splits._dtype_number})[0]
    own = _execute(
        "range", (_native.tensor(0, splits._dtype_number), count, _native.tensor(1, splits._dtype_number))
    )
    return RaggedTensor(gather_rows(values.values, _execute("add", (own, offset))), new_splits)


def _slice_rows(ragged: RaggedTensor, rows: slice) -> RaggedTensor:
    if rows == slice(None):
        return ragged
    count = ragged.nrows(int64)
    all_rows = _execute("range", (_native.tensor(0, int64._number), count, _native.tensor(1, int64._number)))
    return gather_rows(ragged, all_rows[rows])  # type: ignore[no-any-return]


def _inner(ragged: RaggedTensor, keys: list[Any]) -> Any:
    """keys for the axes inside of each row."""
    first, rest = keys[0], keys[1:]
    if isinstance(first, slice) and first == slice(None):
        values = ragged.values
        if not rest:
            return ragged
        inner = _inner(values, rest) if isinstance(values, RaggedTensor) else values[(slice(None), *rest)]
        return ragged.with_values(inner)
    if isinstance(first, slice) and first.step in (None, 1):
        starts, limits = ragged.row_starts(), ragged.row_limits()
        lengths = _execute("subtract", (limits, starts))

        def clipped(bound: Any, default: Any) -> Any:
            if bound is None:
                return default
            number = _native.tensor(bound, lengths._dtype_number)
            zero = _native.tensor(0, lengths._dtype_number)
            if not isinstance(bound, _native.Tensor) and bound < 0:
                number = _execute("add", (lengths, number))
            return _execute("minimum", (_execute("maximum", (number, zero)), lengths))

        zeros = _execute("zeros_like", (lengths,))
        begin = _execute("broadcast_to", (clipped(first.start, zeros), _execute("shape", (lengths,))))
        end = _execute("maximum", (clipped(first.stop, lengths), begin))
        new_lengths = _execute("subtract", (end, begin))
        zero = _native.tensor([0], lengths._dtype_number)
        splits = _execute("concat", ([zero, _execute("cumsum", (new_lengths,), {"axis": 0})],), {"axis": 0})
        ids = _execute("ragged_row_ids", (splits,))
        first_place = _execute("subtract", (_execute("add", (starts, begin)), splits[:-1]))
        count = _execute("shape", (ids,), {"out_type": splits._dtype_number})[0]
        own = _execute(
            "range", (_native.tensor(0, splits._dtype_number), count, _native.tensor(1, splits._dtype_number))
        )
        places = _execute("add", (own, _execute("gather", (first_place, ids))))
        cut = RaggedTensor(gather_rows(ragged.values, places), splits)
        return _inner(cut, [slice(None), *rest]) if rest else cut
    if first is Ellipsis and not rest:
        return ragged
    raise UnimplementedError(
        "[RaggedTensor] the ragged axis is indexed with slices of step 1, and with integers behind an integer. "
        f"Received: index={first!r}. Rows may be shorter than the index; use to_tensor().",
        code="TG-0611",
    )
