"""Taking tensors apart by what their elements say, and putting parts together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tensegra import _native
from tensegra._composites._parts import INT64, cast, joined, known_rank, places, shape_of, size_of, values_of
from tensegra._composites.index.rearranging import sequence_mask
from tensegra._errors import InvalidArgumentError, OutOfRangeError
from tensegra._indexing import index
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("boolean_mask")
def boolean_mask(
    tensor: TensorLike, mask: TensorLike, axis: int | None = None, name: str | None = None
) -> Tensor:
    """The elements or slices for which a mask holds.

    Args:
        tensor: A tensor.
        mask: Truth values of rank 1 or more, for as many axes of the tensor.
        axis: The first of these axes, by default 0.
        name: Ignored; for compatibility.

    Returns:
        A tensor with one axis in place of those of the mask.

    Raises:
        tg.errors.InvalidArgumentError: Where the mask is 0-d or of unknown rank (TG-0103), or has other sizes
            (TG-0105).

    >>> import tensegra as tg
    >>> tg.boolean_mask([[1, 2], [3, 4], [5, 6]], [True, False, True]).numpy()
    array([[1, 2],
           [5, 6]], dtype=int32)
    """
    chosen = cast(mask, 1)
    if known_rank(chosen, "boolean_mask", "mask") == 0:
        raise InvalidArgumentError(
            "[boolean_mask] the mask must have at least 1 dimension. Received: mask.shape=(). Use tg.where.",
            code="TG-0103",
        )
    values = _native.tensor(tensor)
    before = axis or 0
    if before < 0:
        before += known_rank(values, "boolean_mask", "tensor")
    if before < 0 or (values._rank >= 0 and before + chosen._rank > values._rank):
        raise InvalidArgumentError(
            "[boolean_mask] the axes of the mask must be axes of the tensor. "
            f"Received: axis={axis}, mask.shape={chosen.shape}, tensor.shape={values.shape}. Reshape the mask.",
            code="TG-0104",
        )
    return index(values, (*[slice(None)] * before, chosen))


def _rows_of(values: Any, ids: Any) -> Any:
    """The values with the axes that the ids have made one."""
    rest = shape_of(values)[known_rank(ids, "dynamic_partition", "partitions") :]
    count = _execute("size", (ids,), ("int64",))
    return _execute("reshape", (values, joined(count, rest)))


@public("dynamic_partition")
def dynamic_partition(
    data: TensorLike, partitions: TensorLike, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """Distributes rows over several tensors.

    Args:
        data: A tensor.
        partitions: Which tensor each row goes to, int32 or int64; its shape is a beginning of that of `data`.
        num_partitions: How many tensors there are.
        name: Ignored; for compatibility.

    Returns:
        A list of tensors, each with the rows that go to it, in their order.

    Raises:
        tg.errors.InvalidArgumentError: Where the shapes do not fit, or there is no tensor (TG-0105, TG-0106).
        tg.errors.OutOfRangeError: Where a number is known to be outside of [0, num_partitions) (TG-0107).

    >>> import tensegra as tg
    >>> even, odd = tg.dynamic_partition([1, 2, 3, 4], [1, 0, 1, 0], 2)
    >>> even.numpy(), odd.numpy()
    (array([2, 4], dtype=int32), array([1, 3], dtype=int32))
    """
    values, ids = _native.tensor(data), _native.tensor(partitions)
    if num_partitions < 1:
        raise InvalidArgumentError(
            f"[dynamic_partition] there must be a tensor. Received: num_partitions={num_partitions}. Give 1 or more.",
            code="TG-0106",
        )
    rank = known_rank(ids, "dynamic_partition", "partitions")
    if values._shape is not None and ids._shape is not None:
        pairs = zip(values._shape, ids._shape, strict=False)
        if rank > values._rank or any(a >= 0 and b >= 0 and a != b for a, b in pairs):
            raise InvalidArgumentError(
                "[dynamic_partition] the shape of partitions must be a beginning of that of data. "
                f"Received: data.shape={values.shape}, partitions.shape={ids.shape}. Reshape one of them.",
                code="TG-0105",
            )
    known = values_of(ids)
    if known is not None and known.size and not 0 <= known.min() <= known.max() < num_partitions:
        raise OutOfRangeError(
            f"[dynamic_partition] a number must lie in [0, {num_partitions}). "
            f"Received: numbers from {known.min()} to {known.max()}. Give more partitions.",
            code="TG-0107",
        )
    rows, flat = _rows_of(values, ids), _execute("reshape", (ids, [-1]))
    parts: list[Any] = []
    for number in range(num_partitions):
        mine = _execute("where_indices", (_execute("equal", (flat, number)),))
        parts.append(_execute("gather", (rows, _execute("reshape", (mine, [-1]))), (0,)))
    return parts


@public("dynamic_stitch")
def dynamic_stitch(
    indices: Sequence[TensorLike], data: Sequence[TensorLike], name: str | None = None
) -> Tensor:
    """Puts rows of several tensors together, each at its index.

    Args:
        indices: For each tensor the places of its rows, int32 or int64, of any shape.
        data: The tensors; the shape of each begins with that of its indices, and goes on alike.
        name: Ignored; for compatibility.

    Returns:
        A tensor with as many rows as the greatest index and 1. Where a place is named more than once the last row
        stays; where none is named there are zeros, or for strings and truth values some row.

    Raises:
        tg.errors.InvalidArgumentError: Where there is not one index tensor for each tensor (TG-0110).
        tg.errors.OutOfRangeError: Where an index is known to be negative (TG-0107).

    >>> import tensegra as tg
    >>> tg.dynamic_stitch([[0, 2], [1]], [[10, 30], [20]]).numpy()
    array([10, 20, 30], dtype=int32)
    """
    where, tensors = list(map(_native.tensor, indices)), list(map(_native.tensor, data))
    if len(where) != len(tensors) or not where:
        raise InvalidArgumentError(
            "[dynamic_stitch] there must be indices for each tensor. "
            f"Received: {len(where)} and {len(tensors)}. Give as many of both, at least one.",
            code="TG-0110",
        )
    for one in where:
        known = values_of(one)
        if known is not None and known.size and known.min() < 0:
            raise OutOfRangeError(
                f"[dynamic_stitch] an index must not be negative. Received: {known.min()}. Check the indices.",
                code="TG-0107",
            )
    flat = [cast(_execute("reshape", (one, [-1])), INT64) for one in where]
    rows = [_rows_of(tensor, one) for tensor, one in zip(tensors, where, strict=True)]
    ids = _execute("concat", (flat,), (0,)) if len(flat) > 1 else flat[0]
    row = _execute("concat", (rows,), (0,)) if len(rows) > 1 else rows[0]
    count = _execute("reduce_max", (_execute("concat", ([ids, [_native.tensor(-1, INT64)]],), (0,)),)) + 1
    last = _execute("unsorted_segment_max", (places(size_of(ids, 0)), ids, count))
    result = _execute("gather", (row, _execute("maximum", (last, _native.tensor(0, INT64)))), (0,))
    if not (result.dtype.is_floating or result.dtype.is_integer or result.dtype.is_complex):
        return result
    named = _execute("reshape", (last >= 0, joined(count, _execute("ones_like", (shape_of(row)[1:],)))))
    return _execute("select", (named, result, _native.tensor(0, result._dtype_number)))


@public("nn.collapse_repeated")
def collapse_repeated(
    labels: TensorLike, seq_length: TensorLike, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Keeps one of each run of equal labels.

    Args:
        labels: Sequences of labels, shape [batch, longest length].
        seq_length: The length of each sequence, shape [batch].
        name: Ignored; for compatibility.

    Returns:
        The shorter sequences, filled up with zeros, and their lengths.

    >>> import tensegra as tg
    >>> kept, lengths = tg.nn.collapse_repeated([[1, 1, 2, 2, 1], [3, 3, 3, 0, 0]], [5, 3])
    >>> kept.numpy(), lengths.numpy()
    (array([[1, 2, 1],
           [3, 0, 0]], dtype=int32), array([3, 1], dtype=int32))
    """
    rows, lengths = _native.tensor(labels), _native.tensor(seq_length)
    within: Any = sequence_mask(lengths, size_of(rows, 1))
    changes = _execute("not_equal", (rows[:, 1:], rows[:, :-1]))
    first = _execute("ones_like", (within[:, :1],))
    kept = _execute("logical_and", (within, _execute("concat", ([first, changes],), (1,))))
    counts = _execute("reduce_sum", (cast(kept, INT64),), ([1],))
    target: Any = sequence_mask(counts)
    places_ = _execute("where_indices", (target,))
    shape = joined(size_of(rows, 0), shape_of(target)[1])
    result = _execute("scatter_nd", (places_, index(rows, kept), shape))
    return result, cast(counts, lengths._dtype_number)
