"""References of ops that make and move elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Reference, axes


def _squeeze(x: Array, axis: list[int] | None) -> Array:
    return np.squeeze(x, axes(axis))


def _strided_slice(x: Array, **attributes: Any) -> Array:
    return x[_strided_index(**attributes)]


def _strided_index(
    begin: list[int],
    end: list[int],
    strides: list[int],
    begin_mask: int,
    end_mask: int,
    ellipsis_mask: int,
    new_axis_mask: int,
    shrink_axis_mask: int,
) -> tuple[Any, ...]:
    index: list[Any] = []
    for i in range(len(begin)):
        bit = 1 << i
        if ellipsis_mask & bit:
            index.append(Ellipsis)
        elif new_axis_mask & bit:
            index.append(None)
        elif shrink_axis_mask & bit:
            index.append(begin[i])
        else:
            first = None if begin_mask & bit else begin[i]
            index.append(slice(first, None if end_mask & bit else end[i], strides[i]))
    return tuple(index)


def _strided_slice_grad(like: Array, dy: Array, **attributes: Any) -> Array:
    dx = np.zeros(like.shape, dy.dtype)
    dx[_strided_index(**attributes)] = dy
    return dx


def _box(begin: Array, size: Any, shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(b, b + (n if n >= 0 else d - b)) for b, n, d in zip(begin, size, shape, strict=True))


def _slice_grad(like: Array, begin: Array, dy: Array) -> Array:
    dx = np.zeros(like.shape, dy.dtype)
    dx[_box(begin, dy.shape, like.shape)] = dy
    return dx


def _pad(x: Array, paddings: list[int], mode: str, constant_values: float) -> Array:
    pairs = _pairs(paddings)
    if mode == "CONSTANT":
        if x.dtype == object:  # strings are padded with empty ones
            constant_values = ""  # type: ignore[assignment]
        return np.pad(x, pairs, constant_values=constant_values) if pairs else x
    return np.pad(x, pairs, mode=mode.lower()) if pairs else x  # type: ignore[call-overload]


def _pairs(values: list[int]) -> list[tuple[int, int]]:
    return list(zip(values[::2], values[1::2], strict=True))


def _pad_grad(dy: Array, paddings: list[int], mode: str) -> Array:
    shape = [size - sum(pair) for size, pair in zip(dy.shape, _pairs(paddings), strict=True)]
    places = _pad(np.arange(np.prod(shape)).reshape(shape), paddings, mode, 0)
    dx = np.zeros(shape, dy.dtype)
    np.add.at(dx.reshape(-1), places.reshape(-1), dy.reshape(-1))
    return dx


def _tile_grad(like: Array, dy: Array, multiples: Array) -> Array:
    shape = [size for pair in zip(multiples, like.shape, strict=True) for size in pair]
    return dy.reshape(shape).sum(axis=tuple(range(0, 2 * like.ndim, 2)), dtype=dy.dtype)


def _one_hot(indices: Array, depth: int, on_value: float, off_value: float, axis: int, dtype: str) -> Array:
    hot = np.arange(depth) == np.asarray(indices)[..., None]
    return np.moveaxis(np.where(hot, on_value, off_value), -1, axis).astype(dtype)


def _range(start: Array, limit: Array, delta: Array) -> Array:
    count = max(0, int(np.ceil((float(limit) - float(start)) / float(delta))))
    return (start + np.arange(count).astype(start.dtype) * delta).astype(start.dtype)


references: dict[str, Reference] = {
    "where_indices": np.argwhere,
    "constant": lambda value, dtype: value,
    "reshape": np.reshape,
    "reshape_like": lambda x, like: np.reshape(x, like.shape),
    "transpose": lambda x, perm: np.transpose(x, perm),
    "expand_dims": lambda x, axis: np.expand_dims(x, axis),
    "squeeze": _squeeze,
    "concat": lambda *values, axis: np.concatenate(values, axis),
    "stack": lambda *values, axis: np.stack(values, axis),
    "strided_slice": _strided_slice,
    "strided_slice_grad": _strided_slice_grad,
    "slice": lambda x, begin, size: x[_box(begin, size, x.shape)],
    "slice_grad": _slice_grad,
    "pad": _pad,
    "pad_grad": _pad_grad,
    "tile": np.tile,
    "tile_grad": _tile_grad,
    "broadcast_to": np.broadcast_to,
    "reverse": lambda x, axis: np.flip(x, tuple(axis)),
    "one_hot": _one_hot,
    "fill": lambda dims, value: np.full(dims, value),
    "range": _range,
    "shape": lambda x, out_type: np.array(x.shape, out_type),
    "size": lambda x, out_type: np.array(x.size, out_type),
    "rank": lambda x: np.array(x.ndim, np.int32),
}
