"""What each op means, said with NumPy and SciPy alone: references[op](*arrays, **attributes)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.signal
import scipy.special

Array = np.ndarray[Any, Any]
Reference = Callable[..., Any]

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _elementwise() -> dict[str, Reference]:
    unary: dict[str, Reference] = {
        "negative": np.negative,
        "abs": np.abs,
        "sign": np.sign,
        "square": np.square,
        "exp": np.exp,
        "expm1": np.expm1,
        "log": np.log,
        "log1p": np.log1p,
        "sqrt": np.sqrt,
        "rsqrt": lambda x: 1 / np.sqrt(x),
        "reciprocal": lambda x: 1 / x,
        "sin": np.sin,
        "cos": np.cos,
        "tan": np.tan,
        "tanh": np.tanh,
        "sigmoid": scipy.special.expit,
        "softplus": lambda x: np.logaddexp(x, 0),
        "erf": scipy.special.erf,
        "floor": np.floor,
        "ceil": np.ceil,
        "round": np.round,
        "is_nan": np.isnan,
        "is_inf": np.isinf,
        "is_finite": np.isfinite,
        "logical_not": np.logical_not,
        "relu": lambda x: np.maximum(x, 0),
        "relu6": lambda x: np.clip(x, 0, 6),
        "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
        "selu": lambda x: _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(x)),
        "silu": lambda x: x * scipy.special.expit(x),
        "log_sigmoid": scipy.special.log_expit,
        "identity": lambda x: x,
        "stop_gradient": lambda x: x,
        "zeros_like": np.zeros_like,
        "ones_like": np.ones_like,
    }
    binary: dict[str, Reference] = {
        "add": np.add,
        "subtract": np.subtract,
        "multiply": np.multiply,
        "divide": np.divide,
        "floordiv": np.floor_divide,
        "floormod": np.mod,
        "pow": np.power,
        "maximum": np.maximum,
        "minimum": np.minimum,
        "squared_difference": lambda x, y: np.square(x - y),
        "divide_no_nan": lambda x, y: np.divide(x, y, out=np.zeros_like(x * y), where=y != 0),
        "equal": np.equal,
        "not_equal": np.not_equal,
        "less": np.less,
        "less_equal": np.less_equal,
        "greater": np.greater,
        "greater_equal": np.greater_equal,
        "logical_and": np.logical_and,
        "logical_or": np.logical_or,
        "logical_xor": np.logical_xor,
        "bitwise_and": np.bitwise_and,
        "bitwise_or": np.bitwise_or,
        "bitwise_xor": np.bitwise_xor,
        "relu_grad": lambda dy, x: dy * (x > 0),
        "tanh_grad": lambda dy, y: dy * (1 - y * y),
        "sigmoid_grad": lambda dy, y: dy * y * (1 - y),
        "softplus_grad": lambda dy, x: dy * scipy.special.expit(x),
        "sigmoid_cross_entropy_with_logits": lambda z, x: (
            -(z * scipy.special.log_expit(x) + (1 - z) * scipy.special.log_expit(-x))
        ),
    }
    return unary | binary


def _cast(x: Array, dtype: str) -> Array:
    if dtype == "bfloat16":  # 16 bits of float32; the values that the samples use are exact
        return (x.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32)
    return x.astype(dtype)


def _gelu(x: Array, approximate: bool) -> Array:
    if approximate:
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + scipy.special.erf(x / np.sqrt(2)))


# --- reductions ---


def _axes(axis: list[int] | None) -> tuple[int, ...] | None:
    return None if axis is None else tuple(axis)


def _reduction(reduce: Reference) -> Reference:
    def reference(x: Array, axis: list[int] | None, keepdims: bool) -> Array:
        return np.asarray(reduce(x, axis=_axes(axis), keepdims=keepdims)).astype(x.dtype)

    return reference


def _integer_mean(x: Array, axis: tuple[int, ...] | None, keepdims: bool) -> Array:
    """The mean; that of integers is truncated."""
    mean = np.mean(x, axis=axis, keepdims=keepdims)
    return mean if x.dtype.kind == "f" else np.trunc(mean)


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


# --- shapes ---


def _squeeze(x: Array, axis: list[int] | None) -> Array:
    return np.squeeze(x, _axes(axis))


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


def _scatter_add_like(like: Array, indices: Array, updates: Array, axis: int) -> Array:
    out = np.zeros(like.shape, updates.dtype)
    axis %= like.ndim
    flat = updates.reshape((*like.shape[:axis], indices.size, *like.shape[axis + 1 :]))
    np.add.at(np.moveaxis(out, axis, 0), indices.reshape(-1), np.moveaxis(flat, axis, 0))
    return out


def _one_hot(indices: Array, depth: int, on_value: float, off_value: float, axis: int, dtype: str) -> Array:
    hot = np.arange(depth) == np.asarray(indices)[..., None]
    return np.moveaxis(np.where(hot, on_value, off_value), -1, axis).astype(dtype)


def _range(start: Array, limit: Array, delta: Array) -> Array:
    count = max(0, int(np.ceil((float(limit) - float(start)) / float(delta))))
    return (start + np.arange(count).astype(start.dtype) * delta).astype(start.dtype)


# --- neural networks ---


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


def _matmul(a: Array, b: Array, transpose_a: bool, transpose_b: bool) -> Array:
    return np.matmul(
        np.swapaxes(a, -1, -2) if transpose_a else a, np.swapaxes(b, -1, -2) if transpose_b else b
    )


references: dict[str, Reference] = {
    **_elementwise(),
    "cast": _cast,
    "gelu": _gelu,
    "leaky_relu": lambda x, alpha: np.where(x > 0, x, alpha * x),
    "select": np.where,
    "where_indices": np.argwhere,
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
    "gather": lambda x, indices, axis: np.take(x, indices, axis),
    "scatter_add_like": _scatter_add_like,
    "one_hot": _one_hot,
    "fill": lambda dims, value: np.full(dims, value),
    "range": _range,
    "shape": lambda x, out_type: np.array(x.shape, out_type),
    "size": lambda x, out_type: np.array(x.size, out_type),
    "rank": lambda x: np.array(x.ndim, np.int32),
    "matmul": _matmul,
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
