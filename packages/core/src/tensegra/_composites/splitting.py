"""Taking tensors apart, and padding them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_strided_slice = _native.find_op("strided_slice")


def _normal_axis(tensor: Any, axis: int, where: str) -> int:
    rank = tensor._rank
    if (rank < 0 and axis < 0) or (rank >= 0 and not -rank <= axis < rank):
        raise InvalidArgumentError(
            f"[{where}] the axis must lie in [-rank, rank). Received: axis={axis}, shape={tensor.shape}. "
            "Count axes from 0, or from -1 at the end.",
            code="TG-0104",
        )
    return axis + rank if axis < 0 else axis


def _size(tensor: Any, axis: int) -> int | None:
    shape = tensor._shape
    return None if shape is None or shape[axis] < 0 else shape[axis]


def _part(tensor: Any, axis: int, begin: int, end: int, shrink: bool) -> Any:
    zeros = [0] * axis
    free = (1 << axis) - 1  # the axes before it are taken whole
    masks = (free, free, 0, 0, 1 << axis if shrink else 0)
    return _execute(_strided_slice, (tensor,), ([*zeros, begin], [*zeros, end], [1] * (axis + 1), *masks))


@public("split")
def split(
    value: TensorLike,
    num_or_size_splits: int | Sequence[int] | Any,
    axis: int = 0,
    num: int | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """Splits a tensor along an axis.

    Args:
        value: The tensor.
        num_or_size_splits: The number of equal parts, or the sizes of the parts, one of which may be -1 (the rest).
        axis: The axis, whose size must be known before running.
        num: Ignored; for compatibility.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the parts do not add up to the size (TG-0105), or the axis is wrong
            (TG-0104).

    >>> import tensegra as tg
    >>> [part.numpy().tolist() for part in tg.split([1, 2, 3, 4], 2)]
    [[1, 2], [3, 4]]
    >>> [part.numpy().tolist() for part in tg.split([1, 2, 3, 4], [1, -1])]
    [[1], [2, 3, 4]]
    """
    tensor: Any = _native.tensor(value)
    axis = _normal_axis(tensor, axis, "split")
    size = _size(tensor, axis)
    sizes = _split_sizes(num_or_size_splits, size, tensor)
    ends = np.cumsum(sizes).tolist()
    return [_part(tensor, axis, end - width, end, False) for end, width in zip(ends, sizes)]


def _split_sizes(wanted: Any, size: int | None, tensor: Any) -> list[int]:
    array = np.asarray(wanted)
    if array.ndim == 0:
        count = int(array)
        valid = size is not None and count > 0 and size % count == 0
        sizes = [size // count] * count if valid and size is not None else []
    else:
        sizes = [int(width) for width in array]
        rest = sizes.count(-1)
        if rest == 1 and size is not None:
            sizes[sizes.index(-1)] = size - sum(sizes) - 1
        valid = all(width >= 0 for width in sizes) and (size is None or sum(sizes) == size)
    if not valid:
        raise InvalidArgumentError(
            "[split] the parts must add up to the size of the axis, which must be known. "
            f"Received: num_or_size_splits={wanted!r}, shape={tensor.shape}. Give sizes that add up.",
            code="TG-0105",
        )
    return sizes


@public("unstack")
def unstack(
    value: TensorLike, num: int | None = None, axis: int = 0, name: str | None = None
) -> list[Tensor]:
    """The slices of a tensor along an axis, which they lose.

    Args:
        value: The tensor.
        num: The size of the axis, where it is not known before running.
        axis: The axis.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where the size is not known, or is not `num` (TG-0105).

    >>> import tensegra as tg
    >>> [row.numpy().tolist() for row in tg.unstack([[1, 2], [3, 4]])]
    [[1, 2], [3, 4]]
    """
    tensor: Any = _native.tensor(value)
    axis = _normal_axis(tensor, axis, "unstack")
    size = _size(tensor, axis)
    count = size if num is None else num
    if count is None or (size is not None and count != size):
        raise InvalidArgumentError(
            f"[unstack] num must be the size of the axis. Received: num={num}, shape={tensor.shape}. Give the size.",
            code="TG-0105",
        )
    return [_part(tensor, axis, i, i + 1, True) for i in range(count)]


@public("pad")
def pad(
    tensor: TensorLike,
    paddings: TensorLike,
    mode: str = "CONSTANT",
    constant_values: float = 0,
    name: str | None = None,
) -> Tensor:
    """Adds elements before and after each axis.

    Args:
        tensor: The tensor.
        paddings: For each axis how many to add before and after, shape [rank, 2].
        mode: "CONSTANT", "REFLECT" (mirrors without the edge) or "SYMMETRIC" (with it).
        constant_values: What is added in the mode "CONSTANT".
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: Where paddings do not have that shape (TG-0105), or the mode is another
            (TG-0106).

    >>> import tensegra as tg
    >>> tg.pad([[1, 2]], [[0, 1], [1, 0]]).numpy()
    array([[0, 1, 2],
           [0, 0, 0]], dtype=int32)
    """
    amounts = np.asarray(paddings)
    if amounts.size and (amounts.ndim != 2 or amounts.shape[1] != 2):
        raise InvalidArgumentError(
            f"[pad] paddings must have the shape [rank, 2]. Received: shape={amounts.shape}. "
            "Give [before, after] for each axis.",
            code="TG-0105",
        )
    flat = [int(amount) for amount in amounts.reshape(-1)]
    return _execute("pad", (tensor,), (flat, mode.upper(), constant_values))
