"""Between row splits and the row number of each value."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import as_dtype, int64
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute


@public("ragged.row_splits_to_segment_ids")
def row_splits_to_segment_ids(
    splits: TensorLike, name: str | None = None, out_type: DTypeLike | None = None
) -> Tensor:
    """The row of each value.

    Args:
        splits: int32 or int64 row splits.
        name: Ignored; for compatibility.
        out_type: int32 or int64; by default that of the splits.

    >>> import tensegra as tg
    >>> tg.ragged.row_splits_to_segment_ids([0, 3, 3, 5]).numpy().tolist()
    [0, 0, 0, 2, 2]
    """
    tensor: Any = convert_to_tensor(splits, dtype_hint=int64)
    number = tensor._dtype_number if out_type is None else as_dtype(out_type)._number
    ids = _execute("ragged_row_ids", (tensor,))
    return ids if ids._dtype_number == number else _execute("cast", (ids,), {"dtype": number})  # type: ignore[no-any-return]


@public("ragged.segment_ids_to_row_splits")
def segment_ids_to_row_splits(
    segment_ids: TensorLike,
    num_segments: Any = None,
    out_type: DTypeLike | None = None,
    name: str | None = None,
) -> Tensor:
    """Where the rows begin and end whose numbers the values have; the numbers must not fall.

    Args:
        segment_ids: int32 or int64, the row of each value.
        num_segments: How many rows there are; by default one more than the last number.
        out_type: int32 or int64; by default that of the numbers.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.ragged.segment_ids_to_row_splits([0, 0, 0, 2, 2], num_segments=4).numpy().tolist()
    [0, 3, 3, 5, 5]
    """
    ids: Any = convert_to_tensor(segment_ids, dtype_hint=int64)
    number = ids._dtype_number if out_type is None else as_dtype(out_type)._number
    if num_segments is None:
        before = _native.tensor([-1], ids._dtype_number)
        last = _execute("reduce_max", (_execute("concat", ([before, ids],), {"axis": 0}),))
        count = _execute("add", (last, _native.tensor(1, ids._dtype_number)))
    else:
        count = convert_to_tensor(num_segments, dtype_hint=ids.dtype)
        if count._dtype_number != ids._dtype_number:
            count = _execute("cast", (count,), {"dtype": ids._dtype_number})
    splits = _execute("ragged_row_splits", (ids, count))
    return splits if splits._dtype_number == number else _execute("cast", (splits,), {"dtype": number})  # type: ignore[no-any-return]
