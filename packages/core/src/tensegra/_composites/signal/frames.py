"""Cutting signals into frames that overlap, and adding such frames up again."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.linalg._common import reshape, sizes_of, transpose
from tensegra._composites.signal._common import positive_int, refuse
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_INT64 = 5


@public("signal.frame")
def frame(
    signal: TensorLike,
    frame_length: int,
    frame_step: int,
    pad_end: bool = False,
    pad_value: float = 0,
    axis: int = -1,
    name: str | None = None,
) -> Tensor:
    """Cuts a signal into frames.

    Args:
        signal: A tensor of rank 1 or more.
        frame_length: The length of a frame.
        frame_step: How far the start of a frame is from that of the one before.
        pad_end: Whether frames that go beyond the end are there too, filled up.
        pad_value: What they are filled up with.
        axis: The axis that time runs along.
        name: Ignored; for compatibility.

    Returns:
        In place of the axis two: the frames, and time within a frame.

    Raises:
        tg.errors.InvalidArgumentError: Where the rank is 0 or not known (TG-0103), the axis out of range (TG-0104), or
            a length below 1 (TG-0106).

    >>> import tensegra as tg
    >>> tg.signal.frame([1, 2, 3, 4, 5], 3, 2).numpy()
    array([[1, 2, 3],
           [3, 4, 5]], dtype=int32)
    """
    values: Any = _native.tensor(signal)
    length, step = (
        positive_int(frame_length, "frame", "frame_length"),
        positive_int(frame_step, "frame", "frame_step"),
    )
    rank = values._rank
    if rank < 1:
        raise refuse("frame", "the signal must have at least 1 dimension", "TG-0103", f"rank={rank}")
    if not -rank <= axis < rank:
        raise refuse("frame", "axis must lie in [-rank, rank)", "TG-0104", f"axis={axis}, rank={rank}")
    axis %= rank
    size = sizes_of(values)[axis]
    if pad_end:
        paddings = [0] * (2 * rank)
        paddings[2 * axis + 1] = length
        values = _execute("pad", (values,), {"paddings": paddings, "constant_values": float(pad_value)})
        starts = _starts((size + step - 1) // step, step)
    elif isinstance(size, int):
        starts = _starts(max(0, 1 + (size - length) // step), step)
    else:
        starts = _starts(_execute("maximum", ((size - length) // step + 1, 0)), step)
    places = _execute("add", (starts, _native.tensor(np.arange(length, dtype=np.int64))))
    return _execute("gather", (values, places), {"axis": axis})


def _starts(count: Any, step: int) -> Any:
    """Where the frames begin, as a column."""
    if isinstance(count, int):
        return _native.tensor(np.arange(count, dtype=np.int64)[:, None] * step)
    bounds = tuple(_native.tensor(bound, _INT64) for bound in (0, count, 1))
    return _execute("expand_dims", (_execute("range", bounds) * step,), (1,))


@public("signal.overlap_and_add")
def overlap_and_add(signal: TensorLike, frame_step: int, name: str | None = None) -> Tensor:
    """Adds up frames that overlap.

    Args:
        signal: Frames, shape [..., frames, frame length].
        frame_step: How far the start of a frame is from that of the one before.
        name: Ignored; for compatibility.

    Returns:
        Shape [..., frame length + (frames - 1) * frame_step].

    Raises:
        tg.errors.InvalidArgumentError: Where the rank is below 2, or the length of a frame is not known (TG-0103).

    >>> import tensegra as tg
    >>> tg.signal.overlap_and_add([[1, 1, 1], [2, 2, 2]], 2).numpy()
    array([1, 1, 3, 2, 2], dtype=int32)
    """
    values: Any = _native.tensor(signal)
    step = positive_int(frame_step, "overlap_and_add", "frame_step")
    rank = values._rank
    if rank < 2 or values._shape[-1] < 0:
        raise refuse(
            "overlap_and_add", "the frames must have at least 2 dimensions and a known length", "TG-0103",
            f"shape={values._shape if rank >= 0 else None}",
        )  # fmt: skip
    length = values._shape[-1]
    parts = -(-length // step)  # of a frame, each as long as a step
    *batch, frames, _ = sizes_of(values)
    if step >= length:  # nothing overlaps
        padded = _padded(values, rank - 1, step - length)
        return _without_end(reshape(padded, [*batch, frames * step]), step - length)
    padded = reshape(_padded(values, rank - 1, parts * step - length), [*batch, frames, parts, step])
    # Part p of every frame, one row per step; the row of each part begins one step later than that of the one before.
    order = [*range(rank - 2), rank - 1, rank - 2, rank]
    rows = _padded(transpose(padded, order), rank - 1, parts)
    flat = reshape(rows, [*batch, parts * (frames + parts), step])
    flat = flat[..., :-parts, :]
    shifted = reshape(flat, [*batch, parts, frames + parts - 1, step])
    total = _execute("reduce_sum", (shifted,), ([rank - 2],))
    return _without_end(reshape(total, [*batch, (frames + parts - 1) * step]), parts * step - length)


def _padded(x: Any, axis: int, after: int) -> Any:
    if after == 0:
        return x
    paddings = [0] * (2 * x._rank)
    paddings[2 * axis + 1] = after
    return _execute("pad", (x,), {"paddings": paddings})


def _without_end(x: Any, count: int) -> Any:
    return x[..., :-count] if count else x
