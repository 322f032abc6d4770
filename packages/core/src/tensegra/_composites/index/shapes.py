"""Shapes of several tensors together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites._parts import cast, joined, size_of, values_of
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

_execute = _native.execute


@public("shape_n")
def shape_n(
    input: Sequence[TensorLike], out_type: DTypeLike = "int32", name: str | None = None
) -> list[Tensor]:
    """The shape of each of several tensors.

    Args:
        input: The tensors.
        out_type: The dtype of the sizes, int32 or int64.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> [shape.numpy().tolist() for shape in tg.shape_n([tg.ones([2, 3]), tg.ones([])])]
    [[2, 3], []]
    """
    number = as_dtype(out_type)._number
    return [_execute("shape", (_native.tensor(tensor),), (number,)) for tensor in input]


def _no_broadcast(one: Any, two: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[broadcast_shape] from the right, sizes must be equal or one of them 1. Received: {one} and {two}. "
        "Reshape one of the tensors.",
        code="TG-0101",
    )


@public("broadcast_static_shape")
def broadcast_static_shape(shape_x: ShapeLike, shape_y: ShapeLike) -> TensorShape:
    """The shape that two shapes broadcast to, as far as it is known.

    Args:
        shape_x: A shape; None in it stands for any size.
        shape_y: Another one.

    Raises:
        tg.errors.InvalidArgumentError: Where they do not broadcast (TG-0101).

    >>> import tensegra as tg
    >>> tg.broadcast_static_shape(tg.TensorShape([1, 3]), tg.TensorShape([5, 1]))
    TensorShape([5, 3])
    """
    one, two = TensorShape(shape_x), TensorShape(shape_y)
    if one.rank is None or two.rank is None:
        return TensorShape(None)
    rank = max(one.rank, two.rank)
    sizes: list[int | None] = []
    for a, b in zip(
        [1] * (rank - one.rank) + one.as_list(), [1] * (rank - two.rank) + two.as_list(), strict=True
    ):
        if a == 1 or b == 1:
            sizes.append(b if a == 1 else a)
        elif a is None or b is None:
            sizes.append(b if a is None else a)
        elif a == b:
            sizes.append(a)
        else:
            raise _no_broadcast(one, two)
    return TensorShape(sizes)


@public("broadcast_dynamic_shape")
def broadcast_dynamic_shape(shape_x: TensorLike, shape_y: TensorLike) -> Tensor:
    """The shape that two shapes broadcast to, as a tensor.

    Args:
        shape_x: A shape as an int32 or int64 vector.
        shape_y: Another one of the same dtype.

    Raises:
        tg.errors.InvalidArgumentError: Where they are known not to broadcast (TG-0101).

    >>> import tensegra as tg
    >>> tg.broadcast_dynamic_shape([1, 3], [5, 1]).numpy()
    array([5, 3], dtype=int32)
    """
    one, two = _native.tensor(shape_x), _native.tensor(shape_y)
    known = values_of(one), values_of(two)
    if known[0] is not None and known[1] is not None:
        try:
            np.broadcast_shapes(tuple(known[0]), tuple(known[1]))
        except ValueError:
            raise _no_broadcast(known[0].tolist(), known[1].tolist()) from None
    lengths = size_of(one, 0), size_of(two, 0)
    if not isinstance(lengths[0], int) or not isinstance(lengths[1], int):
        raise InvalidArgumentError(
            "[broadcast_dynamic_shape] the lengths of the shapes must be known. Received: vectors of unknown length. "
            "Give the function an input_signature.",
            code="TG-0103",
        )
    rank = max(lengths)
    padded = [_with_ones(shape, rank - length) for shape, length in zip((one, two), lengths, strict=True)]
    return _execute("select", (_execute("equal", (padded[0], 1)), padded[1], padded[0]))


def _with_ones(shape: Any, count: int) -> Any:
    ones = _execute("fill", (joined(count), _native.tensor(1, shape._dtype_number)))
    return _execute("concat", ([ones, shape],), (0,))


@public("required_space_to_batch_paddings")
def required_space_to_batch_paddings(
    input_shape: TensorLike,
    block_shape: TensorLike,
    base_paddings: TensorLike | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """How much must be padded so that blocks divide a shape.

    Args:
        input_shape: The sizes of the axes of space, an int32 vector.
        block_shape: The sizes of a block.
        base_paddings: What is padded in any case, before and after each axis.
        name: Ignored; for compatibility.

    Returns:
        (paddings, crops), each of shape [number of axes, 2]: what to pad for `tg.space_to_batch`, and what
        `tg.batch_to_space` must drop afterwards.

    >>> import tensegra as tg
    >>> paddings, crops = tg.required_space_to_batch_paddings([5, 6], [2, 3])
    >>> paddings.numpy().tolist(), crops.numpy().tolist()
    ([[0, 1], [0, 0]], [[0, 1], [0, 0]])
    """
    sizes, blocks = cast(input_shape, 4), cast(block_shape, 4)
    if base_paddings is None:
        base: Any = _execute("zeros_like", (_execute("stack", ([blocks, blocks],), {"axis": 1}),))
    else:
        base = cast(base_paddings, 4)
    start, end = base[:, 0], base[:, 1]
    full = sizes + start + end
    extra = _execute("floormod", (blocks - _execute("floormod", (full, blocks)), blocks))
    zeros = _execute("zeros_like", (extra,))
    paddings = _execute("stack", ([start, end + extra],), {"axis": 1})
    return paddings, _execute("stack", ([zeros, extra],), {"axis": 1})
