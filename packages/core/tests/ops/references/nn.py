"""References of ops of neural networks."""

from __future__ import annotations

import numpy as np
import scipy.special

from .common import Array, Reference


def _along(reference: Reference) -> Reference:
    """A reference for the last axis, moved to any axis."""

    def moved(*arrays: Array, axis: int) -> Array:
        return np.moveaxis(reference(*(np.moveaxis(x, axis, -1) for x in arrays)), -1, axis)

    return moved


def _softmax_grad(dy: Array, y: Array) -> Array:
    return (dy - (dy * y).sum(-1, keepdims=True)) * y


def _cross_entropy(labels: Array, logits: Array) -> tuple[Array, Array]:
    loss = -(labels * scipy.special.log_softmax(logits, axis=-1)).sum(-1)
    return loss, scipy.special.softmax(logits, axis=-1) - labels


def _sparse_cross_entropy(labels: Array, logits: Array) -> tuple[Array, Array]:
    return _cross_entropy(np.eye(logits.shape[-1], dtype=logits.dtype)[labels], logits)


def _bias_add(value: Array, bias: Array, data_format: str) -> Array:
    return value + (bias.reshape(-1, *[1] * (value.ndim - 2)) if data_format == "NCHW" else bias)


references: dict[str, Reference] = {
    "bias_add": _bias_add,
    "l2_loss": lambda x: np.asarray((x * x).sum() / 2, x.dtype),
    "softmax": _along(lambda x: scipy.special.softmax(x, axis=-1)),
    "log_softmax": _along(lambda x: scipy.special.log_softmax(x, axis=-1)),
    "softmax_grad": _along(_softmax_grad),
    "log_softmax_grad": _along(lambda dy, y: dy - np.exp(y) * dy.sum(-1, keepdims=True)),
    "softmax_cross_entropy": _cross_entropy,
    "sparse_softmax_cross_entropy": _sparse_cross_entropy,
}
