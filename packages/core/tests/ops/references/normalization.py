"""References of normalizing ops."""

from __future__ import annotations

from typing import Any

import numpy as np

from .common import Array, Reference


def _layer_norm(x: Array, scale: Array, offset: Any, epsilon: float, center: bool = True) -> Array:
    x = x.astype(np.float64)
    axes = tuple(range(x.ndim - scale.ndim, x.ndim))
    centered = x - x.mean(axes, keepdims=True) if center else x
    unit = centered / np.sqrt((centered**2).mean(axes, keepdims=True) + epsilon)
    return unit * scale + offset


def _layer_norm_grad(
    dy: Array, x: Array, scale: Array, epsilon: float, center: bool = True
) -> tuple[Array, ...]:
    """By the chain rule, from the Jacobian of one example with respect to its elements."""
    size = scale.size
    lead = x.shape[: x.ndim - scale.ndim]
    rows, grads = x.reshape(-1, size).astype(np.float64), dy.reshape(-1, size).astype(np.float64)
    by = scale.reshape(-1).astype(np.float64)
    centering = np.eye(size) - (1 / size if center else 0)
    dx, dscale = np.zeros_like(rows), np.zeros(size)
    for i, (row, g) in enumerate(zip(rows, grads, strict=True)):
        c = centering @ row
        spread = np.sqrt(c @ c / size + epsilon)
        jacobian = (np.eye(size) / spread - np.outer(c, c) / (size * spread**3)) @ centering
        dx[i] = (g * by) @ jacobian
        dscale += g * c / spread
    result = (dx.reshape(*lead, *scale.shape), dscale.reshape(scale.shape), grads.sum(0).reshape(scale.shape))
    return result if center else result[:2]


def _along(vector: Array, x: Array, data_format: str) -> Array:
    behind = x.ndim - 2 if data_format.startswith("NC") and data_format != "NC" else 0
    return vector.astype(np.float64).reshape(-1, *[1] * behind)


def _others(x: Array, data_format: str) -> tuple[int, ...]:
    channel = 1 if data_format.startswith("NC") and data_format != "NC" else x.ndim - 1
    return tuple(i for i in range(x.ndim) if i != channel)


def _batch_norm(
    x: Array, scale: Array, offset: Array, mean: Array, variance: Array, epsilon: float, data_format: str,
    is_training: bool,
) -> tuple[Array, ...]:  # fmt: skip
    x = x.astype(np.float64)
    if is_training:
        mean, variance = x.mean(_others(x, data_format)), x.var(_others(x, data_format))
    m, v, s, o = (_along(vector, x, data_format) for vector in (mean, variance, scale, offset))
    return (x - m) / np.sqrt(v + epsilon) * s + o, mean.astype(np.float64), variance.astype(np.float64)


def _batch_norm_grad(
    dy: Array, x: Array, scale: Array, mean: Array, variance: Array, epsilon: float, data_format: str,
    is_training: bool,
) -> tuple[Array, ...]:  # fmt: skip
    axes = _others(x, data_format)
    m, v, s = (_along(vector, x, data_format) for vector in (mean, variance, scale))
    unit = (x - m) / np.sqrt(v + epsilon)
    rest = dy.astype(np.float64)
    if is_training:
        rest = rest - rest.mean(axes, keepdims=True) - unit * (rest * unit).mean(axes, keepdims=True)
    return s / np.sqrt(v + epsilon) * rest, (dy * unit).sum(axes), dy.astype(np.float64).sum(axes)


references: dict[str, Reference] = {
    "layer_norm": _layer_norm,
    "layer_norm_grad": _layer_norm_grad,
    "rms_norm": lambda x, scale, epsilon: _layer_norm(x, scale, 0.0, epsilon, center=False),
    "rms_norm_grad": lambda dy, x, scale, epsilon: _layer_norm_grad(dy, x, scale, epsilon, center=False),
    "fused_batch_norm": _batch_norm,
    "fused_batch_norm_grad": _batch_norm_grad,
}
