"""References of ops of neural networks."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import scipy.signal
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


def _two(values: list[int] | None) -> tuple[int, int]:
    if values is None:
        return 1, 1
    return {
        1: (values[0], values[0]),
        2: (values[0], values[-1]),
        4: (values[1], values[2]) if len(values) == 4 else (0, 0),
    }[len(values)]


def _borders(
    sizes: tuple[int, int], reach: tuple[int, int], stride: tuple[int, int], padding: str, explicit: Any
) -> Any:
    """Rows and columns to add before and after, by TensorFlow's rule for SAME."""
    if padding == "EXPLICIT":
        return [tuple(explicit[2:4]), tuple(explicit[4:6])]
    if padding == "VALID":
        return [(0, 0), (0, 0)]
    pads = [max(0, (-(-n // s) - 1) * s + r - n) for n, r, s in zip(sizes, reach, stride, strict=True)]
    return [(p // 2, p - p // 2) for p in pads]


def _conv2d(
    x: Array,
    filters: Array,
    strides: Any,
    padding: str,
    explicit_paddings: Any,
    data_format: str,
    dilations: Any,
) -> Array:
    stride, dilation = _two(strides), _two(dilations)
    reach = tuple((k - 1) * d + 1 for k, d in zip(filters.shape[:2], dilation, strict=True))
    pads = _borders(x.shape[1:3], reach, stride, padding, explicit_paddings)  # type: ignore[arg-type]
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    dilated = np.zeros((*reach, *filters.shape[2:]), filters.dtype)
    dilated[:: dilation[0], :: dilation[1]] = filters
    group_in, outs = filters.shape[2:]
    per_group = outs // (x.shape[3] // group_in)
    result = []
    for image in x:
        channels = []
        for out in range(outs):
            first = out // per_group * group_in
            seen = image[:, :, first : first + group_in]
            full = scipy.signal.correlate(seen, dilated[..., out], mode="valid", method="direct")
            channels.append(full[:: stride[0], :: stride[1], 0])
        result.append(np.stack(channels, -1))
    return np.stack(result)


def _transposed(linear: Reference, shape: tuple[int, ...], dy: Array) -> Array:
    """The transpose of a linear map on dy, from the map's columns."""
    units = np.eye(int(np.prod(shape)), dtype=dy.dtype)
    return np.array([np.vdot(linear(unit.reshape(shape)), dy) for unit in units], dy.dtype).reshape(shape)


def _depthwise(x: Array, filters: Array, strides: Any, padding: str, dilations: Any) -> Array:
    kh, kw, channels, multiplier = filters.shape
    flat = filters.reshape(kh, kw, 1, channels * multiplier)
    return _conv2d(x, flat, strides, padding, None, "NHWC", dilations)


def _pool(x: Array, reduce: Reference, ksize: Any, strides: Any, padding: str) -> Array:
    """reduce(window, out place) over windows cut at the image's edges."""
    size, stride = _two(ksize), _two(strides)
    pads = _borders(x.shape[1:3], size, stride, padding, None)  # type: ignore[arg-type]
    counts = [(n + sum(p) - k) // s + 1 for n, p, k, s in zip(x.shape[1:3], pads, size, stride, strict=True)]
    out = np.zeros((x.shape[0], *counts, x.shape[3]), x.dtype)
    for place in itertools.product(*map(range, out.shape)):
        image, row, column, channel = place
        top, left = row * stride[0] - pads[0][0], column * stride[1] - pads[1][0]
        rows = slice(max(top, 0), min(top + size[0], x.shape[1]))
        columns = slice(max(left, 0), min(left + size[1], x.shape[2]))
        out[place] = reduce((image, rows, columns, channel), place)
    return out


def _max_pool(x: Array, **attributes: Any) -> Array:
    return _pool(x, lambda window, _: x[window].max(), **attributes)


def _avg_pool(x: Array, **attributes: Any) -> Array:
    return _pool(x, lambda window, _: x[window].mean(), **attributes)


def _max_pool_grad(x: Array, dy: Array, **attributes: Any) -> Array:
    dx = np.zeros_like(x)

    def give(window: Any, place: Any) -> float:
        seen = dx[window]
        seen[np.unravel_index(x[window].argmax(), seen.shape)] += dy[place]
        return 0.0

    _pool(x, give, **attributes)
    return dx


def _max_pool_take(x: Array, g: Array, **attributes: Any) -> Array:
    return _pool(x, lambda window, _: g[window].reshape(-1)[x[window].argmax()], **attributes)


def _bias_add(value: Array, bias: Array, data_format: str) -> Array:
    return value + (bias.reshape(-1, *[1] * (value.ndim - 2)) if data_format == "NCHW" else bias)


references: dict[str, Reference] = {
    "conv2d": _conv2d,
    "conv2d_backprop_input": lambda like, filters, dy, **attributes: _transposed(
        lambda x: _conv2d(x, filters, **attributes), like.shape, dy
    ),
    "conv2d_backprop_filter": lambda x, like, dy, **attributes: _transposed(
        lambda filters: _conv2d(x, filters, **attributes), like.shape, dy
    ),
    "depthwise_conv2d": _depthwise,
    "max_pool2d": _max_pool,
    "max_pool2d_grad": _max_pool_grad,
    "max_pool2d_grad_grad": _max_pool_take,
    "avg_pool2d": _avg_pool,
    "avg_pool2d_grad": lambda like, dy, **attributes: _transposed(
        lambda x: _avg_pool(x, **attributes), like.shape, dy
    ),
    "bias_add": _bias_add,
    "l2_loss": lambda x: np.asarray((x * x).sum() / 2, x.dtype),
    "softmax": _along(lambda x: scipy.special.softmax(x, axis=-1)),
    "log_softmax": _along(lambda x: scipy.special.log_softmax(x, axis=-1)),
    "softmax_grad": _along(_softmax_grad),
    "log_softmax_grad": _along(lambda dy, y: dy - np.exp(y) * dy.sum(-1, keepdims=True)),
    "softmax_cross_entropy": _cross_entropy,
    "sparse_softmax_cross_entropy": _sparse_cross_entropy,
}
