"""Moving and repeating elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites._parts import (
    INT64,
    cast,
    joined,
    known_rank,
    normal_axis,
    places,
    shape_of,
    size_of,
    values_of,
)
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError, OutOfRangeError, UnimplementedError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute
_conj = _native.find_op("conj")
_strided_slice = _native.find_op("strided_slice")
_transpose = _native.find_op("transpose")


def _listed(value: Any) -> list[Any]:
    """Numbers as a list: of a number, a list, or a vector."""
    if isinstance(value, _native.Tensor):
        tensor: Any = value
        return [tensor] if tensor._rank == 0 else [tensor[i] for i in range(tensor._shape[0])]
    array = np.asarray(value)
    return [int(array)] if array.ndim == 0 else [int(v) for v in array]


@public("transpose")
def transpose(a: TensorLike, perm: Any = None, conjugate: bool = False, name: str | None = None) -> Tensor:
    """Permutes the axes of a tensor.

    Args:
        a: A tensor of any dtype.
        perm: For each axis of the result, the axis of `a` that it is. Absent: all axes in reverse order.
        conjugate: Whether complex numbers are conjugated as well.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same dtype, with axis i of size a.shape[perm[i]].

    Raises:
        tg.errors.InvalidArgumentError: Where `perm` does not name each axis once (TG-0104).
        tg.errors.UnimplementedError: Where the dtype is a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.transpose([[1, 2, 3], [4, 5, 6]]).numpy()
    array([[1, 4],
           [2, 5],
           [3, 6]], dtype=int32)
    >>> tg.transpose([[1 + 2j, 3]], conjugate=True).numpy()
    array([[1.-2.j],
           [3.-0.j]])
    """
    moved: Any = _execute(_transpose, (a,), (perm,))
    return _execute(_conj, (moved,)) if conjugate and moved.dtype.is_complex else moved


@public("strided_slice")
def strided_slice(
    input_: TensorLike,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """Takes a slice with strides along each axis; `tensor[begin:end:stride]` says the same in Python.

    Entry i of `begin`, `end` and `strides` describes one axis as begin[i]:end[i]:strides[i] does in Python: negative
    places count from the end, places outside are moved to the nearest end. Bit i of a mask changes what entry i means.

    Args:
        input_: A tensor of any dtype.
        begin: The first places, known before running.
        end: The places after the last ones.
        strides: The steps, not 0; a negative one goes backwards. By default 1.
        begin_mask: Bits of entries that start at the very first place.
        end_mask: Bits of entries that go on to the very last place.
        ellipsis_mask: The bit of the entry that stands for all axes that no other entry names.
        new_axis_mask: Bits of entries that insert an axis of size 1.
        shrink_axis_mask: Bits of entries that take one element, begin[i], and drop the axis.
        var: Not supported; assign to a slice of a variable with `variable[...].assign(value)`.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same dtype.

    Raises:
        tg.errors.InvalidArgumentError: Where more axes are named than there are (TG-0103), a stride is 0, or the
            lengths differ (TG-0106).
        tg.errors.OutOfRangeError: Where the index of a dropped axis is outside of it (TG-0107).
        tg.errors.UnimplementedError: For `var`, or where the dtype is a resource (TG-0121).

    >>> import tensegra as tg
    >>> tg.strided_slice([1, 2, 3, 4, 5], begin=[1], end=[5], strides=[2]).numpy()
    array([2, 4], dtype=int32)
    """
    if var is not None:
        raise UnimplementedError(
            "[strided_slice] var is not supported. Received: a variable. Write variable[...].assign(value).",
            code="TG-0121",
        )
    first = _listed(begin)
    steps = [1] * len(first) if strides is None else _listed(strides)
    masks = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    return _execute(_strided_slice, (input_,), (first, _listed(end), steps, *masks))


@public("roll")
def roll(input: TensorLike, shift: TensorLike, axis: TensorLike, name: str | None = None) -> Tensor:
    """Moves the elements along axes; what leaves at the end comes in again at the beginning.

    Args:
        input: A tensor.
        shift: By how many places, an int or one for each axis; negative towards the beginning. Values of a graph are
            allowed.
        axis: An axis or several; one that is named twice moves by both shifts.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        tg.errors.InvalidArgumentError: Where an axis is outside of the tensor (TG-0104), or there is not one shift for
            each axis (TG-0105).

    >>> import tensegra as tg
    >>> tg.roll([1, 2, 3, 4], shift=1, axis=0).numpy()
    array([4, 1, 2, 3], dtype=int32)
    """
    values = _native.tensor(input)
    rank = known_rank(values, "roll", "input")
    shifts, axes = _listed(shift), _listed(axis)
    if len(shifts) != len(axes):
        raise InvalidArgumentError(
            f"[roll] there must be one shift for each axis. Received: {len(shifts)} shifts, {len(axes)} axes. "
            "Give as many of both.",
            code="TG-0105",
        )
    for amount, one in zip(shifts, axes, strict=True):
        along = normal_axis(one, rank, "roll")
        size = shape_of(values)[along]
        moved = _execute("floormod", (places(size) - cast(amount, INT64), size))
        values = _execute("gather", (values, moved), (along,))
    return values


@public("repeat")
def repeat(
    input: TensorLike, repeats: TensorLike, axis: int | None = None, name: str | None = None
) -> Tensor:
    """Repeats each element along an axis.

    Args:
        input: A tensor.
        repeats: How often, an int or one for each element along the axis. Negative ones count as 0.
        axis: The axis; None repeats the elements of the flattened tensor.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same dtype; along the axis as long as the repeats add up to.

    Raises:
        tg.errors.InvalidArgumentError: Where the axis is outside of the tensor (TG-0104), or there are more repeats
            than elements (TG-0101).

    >>> import tensegra as tg
    >>> tg.repeat([3, 4], repeats=[1, 2]).numpy()
    array([3, 4, 4], dtype=int32)
    >>> tg.repeat([[1, 2], [3, 4]], repeats=2, axis=0).numpy()
    array([[1, 2],
           [1, 2],
           [3, 4],
           [3, 4]], dtype=int32)
    """
    values = _native.tensor(input)
    if axis is None:
        values = _execute("reshape", (values, [-1]))
        axis = 0
    axis = normal_axis(axis, known_rank(values, "repeat", "input"), "repeat")
    counts = _execute("maximum", (cast(repeats, INT64), _native.tensor(0, INT64)))
    counts = _execute("broadcast_to", (counts, joined(size_of(values, axis))))
    ends = _execute("cumsum", (counts,))
    total = _execute("reduce_sum", (counts,))
    sources = _execute("searchsorted", (ends, places(total)), ("right", "int64"))
    return _execute("gather", (values, sources), (axis,))


@public("reverse_sequence")
def reverse_sequence(
    input: TensorLike,
    seq_lengths: TensorLike,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Reverses the beginning of each sequence of a batch, as many elements as its length says.

    Args:
        input: A tensor of rank 2 or more.
        seq_lengths: int32 or int64, one for each sequence, at most the size of the axis.
        seq_axis: The axis along which sequences run.
        batch_axis: The axis of the sequences, by default 0.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        tg.errors.InvalidArgumentError: Where both axes are the same, or one is missing or outside (TG-0104).
        tg.errors.OutOfRangeError: Where a length is known to be outside of [0, size] (TG-0107).

    >>> import tensegra as tg
    >>> tg.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1).numpy()
    array([[2, 1, 3],
           [6, 5, 4]], dtype=int32)
    """
    values = _native.tensor(input)
    rank = known_rank(values, "reverse_sequence", "input")
    if seq_axis is None:
        raise InvalidArgumentError(
            "[reverse_sequence] seq_axis must be given. Received: seq_axis=None. Name the axis of the sequences.",
            code="TG-0104",
        )
    along = normal_axis(seq_axis, rank, "reverse_sequence")
    batch = normal_axis(batch_axis or 0, rank, "reverse_sequence")
    if along == batch:
        raise InvalidArgumentError(
            f"[reverse_sequence] the two axes must differ. Received: seq_axis={seq_axis}, batch_axis={batch}. "
            "Name another batch_axis.",
            code="TG-0104",
        )
    lengths = cast(seq_lengths, INT64)
    size, known = size_of(values, along), values_of(lengths)
    if (
        known is not None
        and isinstance(size, int)
        and known.size
        and not 0 <= known.min() <= known.max() <= size
    ):
        raise OutOfRangeError(
            f"[reverse_sequence] a length must lie in [0, {size}]. Received: {known.tolist()}. Clip the lengths.",
            code="TG-0107",
        )
    order = [batch, along, *(i for i in range(rank) if i not in (batch, along))]
    moved = _execute("transpose", (values,), (order,))
    steps = places(size)
    ends = _execute("expand_dims", (lengths,), (1,))
    sources = _execute("select", (_execute("less", (steps, ends)), ends - 1 - steps, steps))
    result = _execute("gather", (moved, sources), (1, 1))
    return _execute("transpose", (result,), ([order.index(i) for i in range(rank)],))


@public("meshgrid")
def meshgrid(*args: TensorLike, indexing: str = "xy", name: str | None = None) -> list[Tensor]:
    """The coordinates of a grid, one tensor for each of its axes.

    Args:
        *args: The coordinates along each axis; vectors.
        indexing: "xy", where the first two axes of the results are swapped, as on paper, or "ij".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For another indexing (TG-0106).

    >>> import tensegra as tg
    >>> x, y = tg.meshgrid([1, 2, 3], [10, 20])
    >>> x.numpy()
    array([[1, 2, 3],
           [1, 2, 3]], dtype=int32)
    >>> y.numpy()
    array([[10, 10, 10],
           [20, 20, 20]], dtype=int32)
    """
    if indexing not in ("xy", "ij"):
        raise InvalidArgumentError(
            f'[meshgrid] the indexing must be "xy" or "ij". Received: indexing={indexing!r}. Give one of them.',
            code="TG-0106",
        )
    vectors = [_execute("reshape", (_native.tensor(arg), [-1])) for arg in args]
    count = len(vectors)
    axes = list(range(count))
    if indexing == "xy" and count > 1:
        axes[0], axes[1] = 1, 0
    sizes: list[Any] = [0] * count
    for vector, axis in zip(vectors, axes, strict=True):
        sizes[axis] = size_of(vector, 0)
    if count == 0:
        return []
    shape = joined(*sizes)
    results: list[Any] = []
    for vector, axis in zip(vectors, axes, strict=True):
        column = _execute("reshape", (vector, [-1 if i == axis else 1 for i in range(count)]))
        results.append(_execute("broadcast_to", (column, shape)))
    return results


@public("linspace")
def linspace(
    start: TensorLike, stop: TensorLike, num: TensorLike, name: str | None = None, axis: int = 0
) -> Tensor:
    """Numbers at equal distances from start to stop, both included.

    Args:
        start: The first number, or a tensor of first numbers. Integers become float64.
        stop: The last number or numbers, of the same shape and dtype.
        num: How many, 1 or more; only the first one for 1.
        name: Ignored; for compatibility.
        axis: Where the new axis is, where start and stop have axes.

    Raises:
        tg.errors.InvalidArgumentError: Where num is known to be below 1 (TG-0106), or the axis is outside (TG-0104).

    >>> import tensegra as tg
    >>> tg.linspace(0.0, 1.0, 5).numpy()
    array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    first: Any = _native.tensor(start)
    last: Any = stop if isinstance(stop, _native.Tensor) else _native.tensor(stop, first._dtype_number)
    if not first.dtype.is_floating and not first.dtype.is_complex:
        first, last = cast(first, 13), cast(last, 13)
    number = first._dtype_number
    count = cast(num, INT64)
    known = values_of(count)
    if known is not None and known < 1:
        raise InvalidArgumentError(
            f"[linspace] there must be at least one number. Received: num={int(known)}. Give 1 or more.",
            code="TG-0106",
        )
    rank = known_rank(first, "linspace", "start")
    along = normal_axis(axis, rank + 1, "linspace")
    first, last = _execute("expand_dims", (first,), (along,)), _execute("expand_dims", (last,), (along,))
    steps = places(count if known is None else int(known))
    gaps = _execute("maximum", (count - 1, _native.tensor(1, INT64)))
    shape = [-1 if i == along else 1 for i in range(rank + 1)]
    position = _execute("reshape", (steps, shape))
    inner = first + (last - first) / cast(gaps, number) * cast(position, number)
    # The last number is exact; where there is one alone it is the first.
    at_end = _execute("equal", (position, gaps))
    return _execute("select", (at_end, last, inner))


@public("unravel_index")
def unravel_index(indices: TensorLike, dims: TensorLike, name: str | None = None) -> Tensor:
    """The coordinates of elements that are counted row by row.

    Args:
        indices: int32 or int64 numbers of elements.
        dims: The shape of the tensor that they count.
        name: Ignored; for compatibility.

    Returns:
        Shape (number of dims,) + indices.shape, of the same dtype.

    Raises:
        tg.errors.OutOfRangeError: Where an index is known to be outside of the tensor (TG-0107).

    >>> import tensegra as tg
    >>> tg.unravel_index([2, 5], [3, 3]).numpy()
    array([[0, 1],
           [2, 2]], dtype=int32)
    """
    places_ = _native.tensor(indices)
    number = places_._dtype_number
    sizes = cast(dims, number)
    known, shape = values_of(places_), values_of(sizes)
    if known is not None and shape is not None and known.size:
        count = int(np.prod(shape.astype(object)))
        if not 0 <= known.min() <= known.max() < count:
            raise OutOfRangeError(
                f"[unravel_index] an index must lie in [0, {count}). Received: indices from {known.min()} to "
                f"{known.max()}, dims={shape.tolist()}. Check the indices.",
                code="TG-0107",
            )
    steps = _execute("cumprod", (sizes,), (0, True, True))
    rank = known_rank(places_, "unravel_index", "indices")
    column = joined(size_of(sizes, 0), *[1] * rank)
    steps, column_sizes = _execute("reshape", (steps, column)), _execute("reshape", (sizes, column))
    whole = _execute("floordiv", (places_, steps))
    return _execute("floormod", (whole, column_sizes))


@public("parallel_stack")
def parallel_stack(values: Sequence[TensorLike], name: str | None = None) -> Tensor:
    """Stacks tensors along a new first axis; the same as `tg.stack`, which copies in parallel too.

    Args:
        values: Tensors of one shape and dtype.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where shapes differ (TG-0105).

    >>> import tensegra as tg
    >>> tg.parallel_stack([[1, 2], [3, 4]]).numpy()
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    return _execute("stack", (list(values),), {"axis": 0})


@public("sequence_mask")
def sequence_mask(
    lengths: TensorLike,
    maxlen: TensorLike | None = None,
    dtype: DTypeLike = "bool",
    name: str | None = None,
) -> Tensor:
    """Masks that hold for the first elements of sequences.

    Args:
        lengths: How many elements, integers of any shape.
        maxlen: How long the masks are, by default as the greatest length.
        dtype: The dtype of the masks.
        name: Ignored; for compatibility.

    Returns:
        Shape lengths.shape + (maxlen,).

    >>> import tensegra as tg
    >>> tg.sequence_mask([1, 3]).numpy()
    array([[ True, False, False],
           [ True,  True,  True]])
    """
    counts = cast(lengths, INT64)
    if maxlen is None:
        flat = _execute("reshape", (counts, [-1]))
        both = _execute("concat", ([flat, [_native.tensor(0, INT64)]],), (0,))
        maxlen = _execute("reduce_max", (both,))
    steps = places(maxlen if isinstance(maxlen, _native.Tensor) else int(maxlen))  # type: ignore[arg-type, call-overload]
    mask = _execute("less", (steps, _execute("expand_dims", (counts,), (-1,))))
    return cast(mask, as_dtype(dtype)._number)
