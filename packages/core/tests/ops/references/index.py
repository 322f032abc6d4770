"""References of ops that read, write, sort and reduce where indices say."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Reference


def _gather(x: Array, indices: Array, axis: int, batch_dims: int) -> Array:
    batch_dims %= indices.ndim + 1
    if batch_dims == 0:
        return np.take(x, indices, axis)
    axis %= x.ndim
    return np.stack([_gather(a, b, axis - 1, batch_dims - 1) for a, b in zip(x, indices, strict=True)])


def _scatter_add_like(like: Array, indices: Array, updates: Array, axis: int, batch_dims: int) -> Array:
    axis %= like.ndim
    if batch_dims:
        rows = zip(like, indices, updates, strict=True)
        return np.stack([_scatter_add_like(a, b, c, axis - 1, batch_dims - 1) for a, b, c in rows])
    out = np.zeros(like.shape, updates.dtype)
    flat = updates.reshape((*like.shape[:axis], indices.size, *like.shape[axis + 1 :]))
    np.add.at(np.moveaxis(out, axis, 0), indices.reshape(-1), np.moveaxis(flat, axis, 0))
    return out


def _gather_nd(x: Array, indices: Array, batch_dims: int) -> Array:
    if batch_dims:
        return np.stack([_gather_nd(a, b, batch_dims - 1) for a, b in zip(x, indices, strict=True)])
    return x[tuple(np.moveaxis(indices, -1, 0))]


def _scatter_nd_like(like: Array, indices: Array, updates: Array, batch_dims: int) -> Array:
    if batch_dims:
        rows = zip(like, indices, updates, strict=True)
        return np.stack([_scatter_nd_like(a, b, c, batch_dims - 1) for a, b, c in rows])
    out = np.zeros(like.shape, updates.dtype)
    np.add.at(out, tuple(np.moveaxis(indices, -1, 0)), updates)
    return out


def _scatter_into(function: Any) -> Reference:
    def scatter(x: Array, indices: Array, updates: Array) -> Array:
        out = x.copy()
        function(out, tuple(np.moveaxis(indices, -1, 0)), updates)
        return out

    return scatter


def _assign(out: Array, index: Any, updates: Array) -> None:
    out[index] = updates


def _sorted(x: Array, axis: int, direction: str) -> Array:
    y = np.sort(x, axis)
    return np.flip(y, axis) if direction == "DESCENDING" else y


def _argsort(x: Array, axis: int, direction: str, stable: bool) -> Array:
    if direction == "ASCENDING":
        return np.argsort(x, axis, kind="stable").astype(np.int32)
    last = x.shape[axis] - 1
    backwards = last - np.argsort(np.flip(x, axis), axis, kind="stable")
    return np.flip(backwards, axis).astype(np.int32)


def _permute(x: Array, order: Array, axis: int, inverse: bool) -> Array:
    if not inverse:
        return np.take_along_axis(x, order, axis)
    out = np.zeros_like(x)
    np.put_along_axis(out, order, x, axis)
    return out


def _search(rows: Array, values: Array, side: Any, out_type: str) -> Array:
    if rows.ndim == 1:
        return np.searchsorted(rows, values, side).astype(out_type)
    return np.stack([_search(a, b, side, out_type) for a, b in zip(rows, values, strict=True)])


def _unique(x: Array, out_idx: str) -> tuple[Array, Array, Array]:
    y = np.array(list(dict.fromkeys(x.tolist())), x.dtype)
    group = np.array([y.tolist().index(v) for v in x.tolist()], out_idx)
    return y, group, np.bincount(group, minlength=len(y)).astype(out_idx)


def _reduced(kind: str, empty: Any) -> Any:
    def reduce(rows: Array, shape: tuple[int, ...], dtype: Any) -> Array:
        if len(rows) == 0:
            return np.full(shape, empty(dtype) if callable(empty) else empty, dtype)
        if kind == "mean":
            total = rows.sum(0, dtype=dtype)
            return total / len(rows) if dtype.kind == "f" else np.trunc(total / len(rows)).astype(dtype)
        if kind in ("sum", "prod"):
            return getattr(rows, kind)(0, dtype=dtype)
        return getattr(rows, kind)(0)

    return reduce


def _segments(kind: str, empty: Any) -> Reference:
    reduce = _reduced(kind, empty)

    def reference(data: Array, ids: Array, count: Any = None) -> Array:
        rows = data.reshape(-1, *data.shape[ids.ndim :])
        flat = ids.reshape(-1)
        segments = int(flat[-1]) + 1 if count is None else int(count)
        found = [reduce(rows[flat == k], rows.shape[1:], data.dtype) for k in range(segments)]
        return np.array(found, data.dtype).reshape((segments, *rows.shape[1:]))

    return reference


def _lowest(dtype: Any) -> Any:
    return np.finfo(dtype).min if dtype.kind == "f" else np.iinfo(dtype).min


def _highest(dtype: Any) -> Any:
    return np.finfo(dtype).max if dtype.kind == "f" else np.iinfo(dtype).max


references: dict[str, Reference] = {
    "gather": _gather,
    "scatter_add_like": _scatter_add_like,
    "gather_nd": _gather_nd,
    "scatter_nd_like": _scatter_nd_like,
    "scatter_nd": lambda indices, updates, shape: _scatter_nd_like(
        np.zeros(shape, updates.dtype), indices, updates, 0
    ),
    "tensor_scatter_nd_update": _scatter_into(_assign),
    "tensor_scatter_nd_add": _scatter_into(np.add.at),
    "tensor_scatter_nd_sub": _scatter_into(np.subtract.at),
    "tensor_scatter_nd_max": _scatter_into(np.maximum.at),
    "tensor_scatter_nd_min": _scatter_into(np.minimum.at),
    "sort": _sorted,
    "argsort": _argsort,
    "permute_along_axis": _permute,
    "searchsorted": _search,
    "unique": _unique,
    **{f"segment_{kind}": _segments(kind, 0) for kind in ("sum", "mean", "min", "max")},
    "segment_prod": _segments("prod", 1),
    "unsorted_segment_sum": _segments("sum", 0),
    "unsorted_segment_prod": _segments("prod", 1),
    "unsorted_segment_max": _segments("max", _lowest),
    "unsorted_segment_min": _segments("min", _highest),
}
