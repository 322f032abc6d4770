"""References of convolutions and pools, over any number of spatial axes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import scipy.signal

from .common import Array, Reference


def _steps(values: Any, spatial: int, first: bool) -> tuple[int, ...]:
    """One number for each spatial axis, from the forms that attributes take."""
    if values is None:
        return (1,) * spatial
    if len(values) == spatial + 2:
        return tuple(values[2:] if first else values[1:-1])
    return tuple(values) if len(values) == spatial else (values[0],) * spatial


def _last(x: Array, data_format: str) -> Array:
    return np.moveaxis(x, 1, -1) if data_format.startswith("NC") else x


def _back(y: Array, data_format: str) -> Array:
    return np.moveaxis(y, -1, 1) if data_format.startswith("NC") else y


def _borders(
    sizes: Any, reach: Any, stride: Any, padding: str, explicit: Any, first: bool
) -> list[tuple[int, int]]:
    """Places to add before and after, by TensorFlow's rule for SAME."""
    if padding == "EXPLICIT":
        pairs = [(explicit[i], explicit[i + 1]) for i in range(0, len(explicit), 2)]
        return pairs[2:] if first else pairs[1:-1]
    if padding == "VALID":
        return [(0, 0)] * len(sizes)
    pads = [max(0, (-(-n // s) - 1) * s + r - n) for n, r, s in zip(sizes, reach, stride, strict=True)]
    return [(p // 2, p - p // 2) for p in pads]


def conv(
    x: Array,
    filters: Array,
    strides: Any,
    padding: str,
    explicit_paddings: Any,
    data_format: str,
    dilations: Any,
) -> Array:
    spatial, first = x.ndim - 2, data_format.startswith("NC")
    x = _last(x, data_format)
    stride, dilation = _steps(strides, spatial, first), _steps(dilations, spatial, first)
    reach = [(k - 1) * d + 1 for k, d in zip(filters.shape, dilation, strict=False)]
    pads = _borders(x.shape[1:-1], reach, stride, padding, explicit_paddings, first)
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    dilated = np.zeros((*reach, *filters.shape[spatial:]), filters.dtype)
    dilated[tuple(slice(None, None, d) for d in dilation)] = filters
    group_in, outs = filters.shape[spatial:]
    per_group = outs // (x.shape[-1] // group_in)
    every = tuple(slice(None, None, s) for s in stride)
    result = []
    for image in x:
        channels = []
        for out in range(outs):
            begin = out // per_group * group_in
            seen = image[..., begin : begin + group_in]
            full = scipy.signal.correlate(seen, dilated[..., out], mode="valid", method="direct")
            channels.append(full[..., 0][every])
        result.append(np.stack(channels, -1))
    return _back(np.stack(result), data_format)


def transposed(linear: Reference, shape: tuple[int, ...], dy: Array) -> Array:
    """The transpose of a linear map on dy, from the map's columns."""
    units = np.eye(int(np.prod(shape)), dtype=dy.dtype)
    return np.array([np.vdot(linear(unit.reshape(shape)), dy) for unit in units], dy.dtype).reshape(shape)


def _conv_backprop_input(like: Array, filters: Array, dy: Array, **attributes: Any) -> Array:
    return transposed(lambda x: conv(x, filters, **attributes), like.shape, dy)


def _conv_backprop_filter(x: Array, like: Array, dy: Array, **attributes: Any) -> Array:
    return transposed(lambda filters: conv(x, filters, **attributes), like.shape, dy)


def _conv_transpose(y: Array, filters: Array, shape: Array, **attributes: Any) -> Array:
    return transposed(lambda x: conv(x, filters, **attributes), tuple(shape), y)


def _depthwise(x: Array, filters: Array, **attributes: Any) -> Array:
    kh, kw, channels, multiplier = filters.shape
    return conv(x, filters.reshape(kh, kw, 1, channels * multiplier), **attributes)


def _pool(
    x: Array,
    reduce: Reference,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str,
    dilations: Any = None,
    explicit_paddings: Any = None,
    **_: Any,
) -> Array:
    """reduce(window of x, out place), over windows cut at the edges; channels are the last axis of both."""
    spatial, first = x.ndim - 2, data_format.startswith("NC")
    size, stride = _steps(ksize, spatial, first), _steps(strides, spatial, first)
    dilation = _steps(dilations, spatial, first)
    sizes = _last(x, data_format).shape
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
    pads = _borders(sizes[1:-1], reach, stride, padding, explicit_paddings, first)
    counts = [(n + sum(p) - r) // s + 1 for n, p, r, s in zip(sizes[1:-1], pads, reach, stride, strict=True)]
    out = np.zeros((sizes[0], *counts, sizes[-1]), x.dtype)
    for place in itertools.product(*map(range, out.shape)):
        axes = []
        for o, s, p, k, d, n in zip(place[1:-1], stride, pads, size, dilation, sizes[1:-1], strict=True):
            axes.append([i for i in range(o * s - p[0], o * s - p[0] + k * d, d) if 0 <= i < n])
        window = np.ix_([place[0]], *axes, [place[-1]])
        out[place] = reduce(window, place)
    return _back(out, data_format)


def _max_pool(x: Array, **attributes: Any) -> Array:
    last = _last(x, attributes["data_format"])
    return _pool(x, lambda window, _: last[window].max(), **attributes)


def _avg_pool(x: Array, **attributes: Any) -> Array:
    last = _last(x, attributes["data_format"])
    return _pool(x, lambda window, _: last[window].mean(), **attributes)


def _place(window: Any, at: int) -> tuple[Any, ...]:
    """The place in the whole array of element number `at` of a window."""
    inside = np.unravel_index(at, [axis.size for axis in window])
    return tuple(axis.reshape(-1)[i] for axis, i in zip(window, inside, strict=True))


def _max_pool_grad(x: Array, dy: Array, **attributes: Any) -> Array:
    form = attributes["data_format"]
    last, gradient = _last(x, form), _last(dy, form)
    dx = np.zeros_like(last)

    def give(window: Any, place: Any) -> float:
        dx[_place(window, last[window].argmax())] += gradient[place]
        return 0.0

    _pool(x, give, **attributes)
    return _back(dx, form)


def _max_pool_take(x: Array, g: Array, **attributes: Any) -> Array:
    form = attributes["data_format"]
    last, other = _last(x, form), _last(g, form)
    return _pool(x, lambda window, _: other[_place(window, last[window].argmax())], **attributes)


def _max_pool_with_argmax(
    x: Array, output_dtype: str, include_batch_in_index: bool, **attributes: Any
) -> tuple[Array, Array]:
    def at(window: Any, _: Any) -> float:
        image, *rest = _place(window, x[window].argmax())
        return np.ravel_multi_index((image if include_batch_in_index else 0, *rest), x.shape)

    places = _pool(x.astype(np.float64), at, **attributes)
    return _max_pool(x, **attributes), places.astype(output_dtype)


references: dict[str, Reference] = {
    "depthwise_conv2d": _depthwise,
    "max_pool_with_argmax": _max_pool_with_argmax,
}
for _n in (2, 3):
    references |= {
        f"conv{_n}d": conv,
        f"conv{_n}d_backprop_input": _conv_backprop_input,
        f"conv{_n}d_backprop_filter": _conv_backprop_filter,
        f"conv{_n}d_transpose": _conv_transpose,
        f"max_pool{_n}d": _max_pool,
        f"max_pool{_n}d_grad": _max_pool_grad,
        f"max_pool{_n}d_grad_grad": _max_pool_take,
        f"avg_pool{_n}d": _avg_pool,
        f"avg_pool{_n}d_grad": lambda like, dy, **attributes: transposed(
            lambda x: _avg_pool(x, **attributes), like.shape, dy
        ),
    }
