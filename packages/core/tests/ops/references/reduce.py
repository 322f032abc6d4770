"""References of reductions and scans."""

from __future__ import annotations

import numpy as np
import scipy.special

from .common import Array, Reference, axes


def _reduction(reduce: Reference) -> Reference:
    def reference(x: Array, axis: list[int] | None, keepdims: bool) -> Array:
        result = np.asarray(reduce(x, axis=axes(axis), keepdims=keepdims))
        return result.astype(x.dtype) if x.dtype.kind != "c" or result.dtype.kind == "c" else result

    return reference


def _integer_mean(x: Array, axis: tuple[int, ...] | None, keepdims: bool) -> Array:
    """The mean; that of integers is truncated."""
    mean = np.mean(x, axis=axis, keepdims=keepdims)
    return mean if x.dtype.kind in "fc" else np.trunc(mean)


def _sum_to(x: Array, like: Array) -> Array:
    extra = x.ndim - like.ndim
    x = x.sum(axis=tuple(range(extra)), dtype=x.dtype)
    axes = tuple(i for i in range(like.ndim) if like.shape[i] == 1)
    return x.sum(axis=axes, keepdims=True, dtype=x.dtype)


def _arg(find: Reference) -> Reference:
    return lambda x, axis, output_type: np.asarray(find(x, axis=axis)).astype(output_type)


def _cumulative(scan: Reference, start: int) -> Reference:
    def reference(x: Array, axis: int, exclusive: bool, reverse: bool) -> Array:
        x = np.flip(x, axis) if reverse else x
        if exclusive:
            first = np.full_like(np.take(x, [0] if x.shape[axis] else [], axis), start)
            x = np.concatenate([first, np.delete(x, -1, axis) if x.shape[axis] else x], axis)
        y = scan(x, axis=axis, dtype=x.dtype)
        return np.flip(y, axis) if reverse else y

    return reference


def _top_k(x: Array, k: int, sorted: bool) -> tuple[Array, Array]:
    descending = np.flip(np.argsort(np.flip(x, -1), axis=-1, kind="stable"), -1)
    indices = (x.shape[-1] - 1 - descending)[..., :k]
    return np.take_along_axis(x, indices, -1), indices.astype(np.int32)


references: dict[str, Reference] = {
    "reduce_sum": _reduction(np.sum),
    "reduce_mean": _reduction(_integer_mean),
    "reduce_max": _reduction(np.max),
    "reduce_min": _reduction(np.min),
    "reduce_prod": _reduction(np.prod),
    "reduce_all": _reduction(np.all),
    "reduce_any": _reduction(np.any),
    "reduce_logsumexp": _reduction(scipy.special.logsumexp),
    "reduce_variance": _reduction(np.var),
    "reduce_std": _reduction(np.std),
    "sum_to_like": _sum_to,
    "broadcast_like": lambda x, like: np.broadcast_to(x, like.shape),
    "argmax": _arg(np.argmax),
    "argmin": _arg(np.argmin),
    "cumsum": _cumulative(np.cumsum, 0),
    "cumprod": _cumulative(np.cumprod, 1),
    "top_k": _top_k,
}
