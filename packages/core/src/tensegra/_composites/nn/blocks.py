"""Moves between space, channels and batch."""

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


def _invalid(op: str, rule: str, received: str, code: str) -> InvalidArgumentError:
    return InvalidArgumentError(f"[{op}] {rule}. Received: {received}", code=code)


def _shape_of(op: str, x: Any, least: int, exact: bool = False) -> list[Any]:
    """The sizes of x; where one is not known, the 0-d tensor that holds it."""
    shape = x._shape
    if shape is None or len(shape) < least or (exact and len(shape) != least):
        rule = f"input must have {'' if exact else 'at least '}{least} dimensions"
        raise _invalid(op, rule, f"input.shape={shape}", "TG-0103")
    if all(size is not None and size >= 0 for size in shape):
        return list(shape)
    sizes = _execute("shape", (x,), {"out_type": 5})
    return [
        size if size is not None and size >= 0 else _execute("gather", (sizes, _native.tensor(axis)))
        for axis, size in enumerate(shape)
    ]


def _scaled(op: str, size: Any, by: int, down: bool) -> Any:
    """size * by, or size / by, which must be whole."""
    if isinstance(size, int):
        if down and size % by:
            raise _invalid(op, "sizes must be multiples of the block", f"size={size}, block={by}", "TG-0105")
        return size // by if down else size * by
    return _execute("floordiv" if down else "multiply", (size, _native.tensor(by, 5)))


def _reshape(x: Any, sizes: Sequence[Any]) -> Any:
    if all(isinstance(size, int) for size in sizes):
        return _execute("reshape", (x, _native.tensor(list(sizes), 5)))
    parts = [_native.tensor(size, 5) if isinstance(size, int) else size for size in sizes]
    return _execute("reshape", (x, _execute("stack", (parts,))))


def _block(op: str, block_size: Any, data_format: str) -> int:
    if data_format not in ("NHWC", "NCHW"):
        raise _invalid(op, 'data_format must be "NHWC" or "NCHW"', f"data_format={data_format!r}", "TG-0106")
    if not isinstance(block_size, int) or block_size < 1:
        raise _invalid(op, "block_size must be a positive int", f"block_size={block_size!r}", "TG-0106")
    return block_size


@public("nn.space_to_depth")
def space_to_depth(
    input: TensorLike, block_size: int, data_format: str = "NHWC", name: str | None = None
) -> Tensor:
    """Moves blocks of places into the channels.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW"; any
            dtype.
        block_size: The size of a block, which divides height and width.
        data_format: "NHWC" or "NCHW".
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, height / block_size, width / block_size, block_size * block_size * channels], in the order of the
        data format. The channels of a block are those of its places, row by row.

    Raises:
        tg.errors.InvalidArgumentError: For another rank (TG-0103), sizes that the block does not divide (TG-0105), or
            another block size or format (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.space_to_depth([[[[1], [2]], [[3], [4]]]], 2).numpy().tolist()
    [[[[1, 2, 3, 4]]]]
    """
    op, x = "space_to_depth", _native.tensor(input)
    b = _block(op, block_size, data_format)
    first, second, third, fourth = _shape_of(op, x, 4, exact=True)
    if data_format == "NHWC":
        height, width = _scaled(op, second, b, True), _scaled(op, third, b, True)
        parts = _reshape(x, [first, height, b, width, b, fourth])
        turned = _execute("transpose", (parts,), ([0, 1, 3, 2, 4, 5],))
        return _reshape(turned, [first, height, width, _scaled(op, fourth, b * b, False)])
    height, width = _scaled(op, third, b, True), _scaled(op, fourth, b, True)
    parts = _reshape(x, [first, second, height, b, width, b])
    turned = _execute("transpose", (parts,), ([0, 3, 5, 1, 2, 4],))
    return _reshape(turned, [first, _scaled(op, second, b * b, False), height, width])


@public("nn.depth_to_space")
def depth_to_space(
    input: TensorLike, block_size: int, data_format: str = "NHWC", name: str | None = None
) -> Tensor:
    """Moves channels into blocks of places: what `tg.nn.space_to_depth` did, undone.

    Args:
        input: Images, shape [batch, height, width, channels], or [batch, channels, height, width] for "NCHW"; any
            dtype.
        block_size: The size of a block, whose square divides the channels.
        data_format: "NHWC" or "NCHW".
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, height * block_size, width * block_size, channels / block_size^2], in the order of the data
        format.

    Raises:
        tg.errors.InvalidArgumentError: For another rank (TG-0103), channels that do not divide (TG-0105), or another
            block size or format (TG-0106).

    >>> import tensegra as tg
    >>> tg.nn.depth_to_space([[[[1, 2, 3, 4]]]], 2).numpy().tolist()
    [[[[1], [2]], [[3], [4]]]]
    """
    op, x = "depth_to_space", _native.tensor(input)
    b = _block(op, block_size, data_format)
    first, second, third, fourth = _shape_of(op, x, 4, exact=True)
    if data_format == "NHWC":
        channels = _scaled(op, fourth, b * b, True)
        parts = _reshape(x, [first, second, third, b, b, channels])
        turned = _execute("transpose", (parts,), ([0, 1, 3, 2, 4, 5],))
        return _reshape(
            turned, [first, _scaled(op, second, b, False), _scaled(op, third, b, False), channels]
        )
    channels = _scaled(op, second, b * b, True)
    parts = _reshape(x, [first, b, b, channels, third, fourth])
    turned = _execute("transpose", (parts,), ([0, 3, 4, 1, 5, 2],))
    return _reshape(turned, [first, channels, _scaled(op, third, b, False), _scaled(op, fourth, b, False)])


def _blocks(op: str, block_shape: Any, edges: Any, what: str) -> tuple[list[int], list[list[int]]]:
    """The sizes of a block, and for each of its axes what is added or cut before and after."""
    pairs = np.asarray(edges)
    sizes = np.asarray(block_shape)
    if sizes.ndim == 0:
        sizes = np.full(len(pairs) if pairs.ndim else 0, sizes)
    if sizes.ndim != 1 or pairs.shape != (len(sizes), 2):
        received = f"block_shape={block_shape!r}, {what}={edges!r}"
        raise _invalid(op, f"{what} must hold a pair for each size of block_shape", received, "TG-0106")
    if (sizes < 1).any() or (pairs < 0).any():
        received = f"block_shape={block_shape!r}, {what}={edges!r}"
        raise _invalid(op, f"block_shape must be positive, and {what} not negative", received, "TG-0106")
    return [int(size) for size in sizes], [[int(a), int(b)] for a, b in pairs]


@public("space_to_batch space_to_batch_nd nn.space_to_batch")
def space_to_batch(
    input: TensorLike, block_shape: int | Sequence[int], paddings: Any, name: str | None = None
) -> Tensor:
    """Moves places that are a block apart into one image each, all in the batch.

    Args:
        input: Shape [batch, spatial axes, rest]; any dtype.
        block_shape: The size of a block for each spatial axis (one int for all that paddings name).
        paddings: For each spatial axis how many zeros to add before and after.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch * product of block_shape, (spatial axes + paddings) / block_shape, rest].

    Raises:
        tg.errors.InvalidArgumentError: For a rank that is too low (TG-0103), sizes that the block does not divide
            (TG-0105), or values that do not fit (TG-0106).

    >>> import tensegra as tg
    >>> tg.space_to_batch([[1, 2, 3, 4]], [2], [[0, 0]]).numpy()
    array([[1, 3],
           [2, 4]], dtype=int32)
    """
    op, x = "space_to_batch", _native.tensor(input)
    blocks, pads = _blocks(op, block_shape, paddings, "paddings")
    count = len(blocks)
    rank = len(_shape_of(op, x, count + 1))
    if any(amount for pair in pads for amount in pair):
        flat = [0, 0, *(amount for pair in pads for amount in pair), *[0, 0] * (rank - count - 1)]
        x = _execute("pad", (x,), {"paddings": flat})
    sizes = _shape_of(op, x, count + 1)
    inner = [_scaled(op, size, block, True) for size, block in zip(sizes[1 : count + 1], blocks, strict=True)]
    split = [part for size, block in zip(inner, blocks, strict=True) for part in (size, block)]
    parts = _reshape(x, [sizes[0], *split, *sizes[count + 1 :]])
    order = [*range(2, 2 * count + 1, 2), 0, *range(1, 2 * count, 2), *range(2 * count + 1, rank + count)]
    turned = _execute("transpose", (parts,), (order,))
    return _reshape(turned, [_scaled(op, sizes[0], int(np.prod(blocks)), False), *inner, *sizes[count + 1 :]])


@public("batch_to_space")
def batch_to_space(
    input: TensorLike, block_shape: int | Sequence[int], crops: Any, name: str | None = None
) -> Tensor:
    """Puts images of the batch together again that `tg.space_to_batch` took apart.

    Args:
        input: Shape [batch, spatial axes, rest]; any dtype.
        block_shape: The size of a block for each spatial axis (one int for all that crops name).
        crops: For each spatial axis how much to cut off before and after.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch / product of block_shape, spatial axes * block_shape - crops, rest].

    Raises:
        tg.errors.InvalidArgumentError: For a rank that is too low (TG-0103), a batch that the block does not divide
            (TG-0105), or values that do not fit (TG-0106).

    >>> import tensegra as tg
    >>> tg.batch_to_space([[1, 3], [2, 4]], [2], [[0, 1]]).numpy()
    array([[1, 2, 3]], dtype=int32)
    """
    op, x = "batch_to_space", _native.tensor(input)
    blocks, cuts = _blocks(op, block_shape, crops, "crops")
    count = len(blocks)
    sizes = _shape_of(op, x, count + 1)
    batch = _scaled(op, sizes[0], int(np.prod(blocks)), True)
    parts = _reshape(x, [*blocks, batch, *sizes[1:]])
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    order += range(2 * count + 1, len(sizes) + count)
    turned = _execute("transpose", (parts,), (order,))
    outer = [_scaled(op, size, block, False) for size, block in zip(sizes[1:], blocks, strict=False)]
    result = _reshape(turned, [batch, *outer, *sizes[count + 1 :]])
    if not any(amount for pair in cuts for amount in pair):
        return result
    for size, (before, after) in zip(outer, cuts, strict=True):
        if isinstance(size, int) and before + after > size:
            received = f"crops={cuts}, size={size}"
            raise _invalid(op, "crops must leave something of each axis, or nothing", received, "TG-0106")
    attributes = {
        "begin": [0, *(before for before, _ in cuts)],
        "end": [0, *(-after for _, after in cuts)],
        "strides": [1] * (count + 1),
        "begin_mask": 1,
        "end_mask": 1 | sum(2 << i for i, (_, after) in enumerate(cuts) if after == 0),
    }
    return _execute("strided_slice", (result,), attributes)


@public("nn.with_space_to_batch")
def with_space_to_batch(
    input: TensorLike,
    dilation_rate: Any,
    padding: str,
    op: Any,
    filter_shape: Any = None,
    spatial_dims: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Runs a function of images on images taken apart, so that it sees places that are dilation_rate apart.

    Args:
        input: Shape [batch, spatial axes, channels], or [batch, channels, spatial axes] where the data format starts
            with "NC".
        dilation_rate: How far places are apart, for each of spatial_dims.
        padding: "VALID", or "SAME": zeros are added so that a window of filter_shape gives as many results as places.
        op: Called as op(images, number of spatial axes, "VALID"); with a rate of 1 everywhere, with the input itself
            and `padding`.
        filter_shape: The sizes of the window; needed for "SAME".
        spatial_dims: The spatial axes, in order; by default all of them.
        data_format: Starts with "NC" where the channels are the second axis.

    Returns:
        What op gave, put together again.

    Raises:
        tg.errors.InvalidArgumentError: For values that are not described here (TG-0106).

    >>> import tensegra as tg
    >>> filters = tg.ones([2, 1, 1])
    >>> run = lambda x, spatial, padding: tg.nn.conv1d(x, filters, 1, padding)
    >>> tg.nn.with_space_to_batch([[[1.0], [2.0], [3.0]]], [2], "VALID", run).numpy().ravel()
    array([4.], dtype=float32)
    """
    name, x = "with_space_to_batch", _native.tensor(input)
    rates = [int(rate) for rate in np.asarray(dilation_rate).reshape(-1)]
    first = 2 if (data_format or "").startswith("NC") else 1
    axes = list(spatial_dims) if spatial_dims is not None else list(range(first, first + len(rates)))
    shape = _shape_of(name, x, max(axes, default=0) + 1)
    if len(axes) != len(rates) or any(rate < 1 for rate in rates) or axes != sorted(set(axes)):
        received = f"dilation_rate={dilation_rate!r}, spatial_dims={spatial_dims!r}"
        raise _invalid(name, "each spatial axis needs a rate of at least 1", received, "TG-0106")
    if padding not in ("VALID", "SAME") or (padding == "SAME" and filter_shape is None):
        received = f"padding={padding!r}, filter_shape={filter_shape!r}"
        raise _invalid(name, 'padding must be "VALID", or "SAME" with a filter_shape', received, "TG-0106")
    spatial = len(rates)
    if all(rate == 1 for rate in rates):
        result: Tensor = op(x, spatial, padding)
        return result
    base = [(0, 0)] * len(axes)
    if padding == "SAME":
        reach = [(int(size) - 1) * rate for size, rate in zip(np.asarray(filter_shape), rates, strict=False)]
        base = [(r // 2, r - r // 2) for r in reach]
    blocks, pads, cuts = [1] * axes[-1], [[0, 0] for _ in range(axes[-1])], [[0, 0] for _ in range(axes[-1])]
    for axis, rate, (before, after) in zip(axes, rates, base, strict=True):
        if not isinstance(shape[axis], int):
            raise _invalid(name, "spatial sizes must be known", f"input.shape={x._shape}", "TG-0103")
        extra = -(shape[axis] + before + after) % rate
        blocks[axis - 1], pads[axis - 1], cuts[axis - 1] = rate, [before, after + extra], [0, extra]
    return batch_to_space(op(space_to_batch(x, blocks, pads), spatial, "VALID"), blocks, cuts)
