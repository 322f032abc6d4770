"""`tf.nn` with the arguments of 1.x."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ._apply import apply, convert_to_tensor, is_graph_value
from ._arrays import (
    _static_int,
    _vector,
    concat,
    gather,
    ones_like,
    reshape,
    shape,
    stop_gradient,
    zeros_like,
)
from ._core import tg
from ._define import renamed, unary
from ._errors import invalid
from ._graph import get_seed, name_scope
from ._operators import binary
from ._random import random_uniform
from ._symbols import export
from ._tensor import Tensor

for _names, _type, _function in (
    ("nn.relu", "Relu", tg.nn.relu), ("nn.relu6", "Relu6", tg.nn.relu6), ("nn.elu", "Elu", tg.nn.elu),
    ("nn.selu", "Selu", tg.nn.selu), ("nn.softplus math.softplus", "Softplus", tg.nn.softplus),
    ("nn.softsign math.softsign", "Softsign", tg.nn.softsign), ("nn.l2_loss", "L2Loss", tg.nn.l2_loss),
    ("nn.swish", "swish", tg.nn.silu), ("nn.log_sigmoid", "LogSigmoid", tg.math.log_sigmoid),
):  # fmt: skip
    unary(_names, _type, _function)


@export("nn.leaky_relu")
def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Tensor:
    """x where it is positive, else alpha * x."""
    return apply("LeakyRelu", tg.nn.leaky_relu, convert_to_tensor(features), alpha, op_name=name)  # type: ignore[no-any-return]


@export("nn.crelu")
def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """relu(x) and relu(-x) beside each other."""
    return apply("CRelu", lambda x: tg.nn.crelu(x, axis), convert_to_tensor(features), op_name=name)  # type: ignore[no-any-return]


@export("nn.softmax math.softmax")
@renamed(dim="axis")
def softmax(logits: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """exp(x) over its sum."""
    return apply(
        "Softmax",
        lambda x: tg.nn.softmax(x, -1 if axis is None else axis),
        convert_to_tensor(logits),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("nn.log_softmax math.log_softmax")
@renamed(dim="axis")
def log_softmax(logits: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """The logarithm of the softmax."""
    return apply(
        "LogSoftmax",
        lambda x: tg.nn.log_softmax(x, -1 if axis is None else axis),
        convert_to_tensor(logits),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("nn.bias_add")
def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """Adds a vector to each place of the channels."""
    first = data_format is not None and data_format.startswith("NC")

    def function(x: Any, b: Any) -> Any:
        if first and x.shape.rank is not None and x.shape.rank > 2:
            return x + tg.reshape(b, [-1, *[1] * (x.shape.rank - 2)])
        return tg.nn.bias_add(x, b)

    return apply("BiasAdd", function, convert_to_tensor(value), convert_to_tensor(bias), op_name=name)  # type: ignore[no-any-return]


@export("nn.xw_plus_b")
def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """x @ weights + biases."""
    with name_scope(name, "xw_plus_b") as scope:
        return bias_add(binary("MatMul", tg.matmul, x, weights), biases, name=scope)


@export("nn.relu_layer")
def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """relu(x @ weights + biases)."""
    with name_scope(name, "relu_layer") as scope:
        return apply("Relu", tg.nn.relu, xw_plus_b(x, weights, biases), op_name=scope)  # type: ignore[no-any-return]


# ---- losses of logits


def _checked(where: str, sentinel: Any, labels: Any, logits: Any) -> None:
    if sentinel is not None or labels is None or logits is None:
        raise invalid(
            where,
            "labels and logits are given by name",
            "positional arguments",
            f"{where}(labels=..., logits=...)",
            "TG-7263",
        )


@export("nn.softmax_cross_entropy_with_logits")
@renamed(dim="axis")
def softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, axis: int = -1, name: str | None = None
) -> Tensor:
    """The cross entropy of probabilities and logits; labels are constants to gradients."""
    _checked("nn.softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "softmax_cross_entropy_with_logits_sg") as scope:
        constant = stop_gradient(labels, name="labels_stop_gradient")
        return softmax_cross_entropy_with_logits_v2(labels=constant, logits=logits, axis=axis, name=scope)  # type: ignore[no-any-return]


@export("nn.softmax_cross_entropy_with_logits_v2")
@renamed(dim="axis")
def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, axis: int = -1, name: str | None = None
) -> Tensor:
    """The cross entropy of probabilities and logits; gradients flow to both."""
    scores = convert_to_tensor(logits)
    if scores.dtype.is_integer:
        raise invalid(
            "nn.softmax_cross_entropy_with_logits",
            "logits must be floats",
            scores.dtype.name,
            "Use tf.cast.",
            "TG-7263",
        )
    return apply(  # type: ignore[no-any-return]
        "SoftmaxCrossEntropyWithLogits",
        lambda a, b: tg.nn.softmax_cross_entropy_with_logits(a if a.dtype == b.dtype else tg.cast(a, b.dtype), b, axis),
        convert_to_tensor(labels, None if is_graph_value(labels) else scores.dtype), scores,
        op_name=name or "softmax_cross_entropy_with_logits",
    )  # fmt: skip


@export("nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy of the numbers of classes and logits."""
    _checked("nn.sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    return apply(  # type: ignore[no-any-return]
        "SparseSoftmaxCrossEntropyWithLogits", tg.nn.sparse_softmax_cross_entropy_with_logits,
        convert_to_tensor(labels), convert_to_tensor(logits),
        op_name=name or "SparseSoftmaxCrossEntropyWithLogits/SparseSoftmaxCrossEntropyWithLogits",
    )  # fmt: skip


@export("nn.sigmoid_cross_entropy_with_logits")
def sigmoid_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy of independent probabilities and logits."""
    _checked("nn.sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    scores = convert_to_tensor(logits)
    return apply(  # type: ignore[no-any-return]
        "logistic_loss",
        tg.nn.sigmoid_cross_entropy_with_logits,
        convert_to_tensor(labels, None if is_graph_value(labels) else scores.dtype),
        scores,
        op_name=name or "logistic_loss",
    )


@export("nn.weighted_cross_entropy_with_logits")
@renamed(targets="labels")
def weighted_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, pos_weight: Any = None, name: str | None = None
) -> Tensor:
    """The same with a weight for what is true."""
    return apply(  # type: ignore[no-any-return]
        "logistic_loss",
        tg.nn.weighted_cross_entropy_with_logits,
        convert_to_tensor(labels),
        convert_to_tensor(logits),
        pos_weight,
        op_name=name or "logistic_loss",
    )


# ---- dropout


@export("nn.dropout")
def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Elements set to zero at random; the others scaled up.

    Args:
        x: A floating-point tensor.
        keep_prob: How likely an element is kept.
        noise_shape: The shape of the draws, which are broadcast.
        seed: The op's seed.
        name: The scope of the ops.
        rate: How likely an element is set to zero, in place of keep_prob.
    """
    if (keep_prob is None) == (rate is None):
        raise invalid(
            "nn.dropout",
            "there must be keep_prob or rate",
            f"{keep_prob!r}, {rate!r}",
            "Give one of them.",
            "TG-7264",
        )
    with name_scope(name, "dropout"):
        tensor = convert_to_tensor(x, name="x")
        if rate is None:
            rate = (
                binary("sub", tg.subtract, 1, keep_prob, "rate")
                if is_graph_value(keep_prob)
                else 1 - keep_prob
            )
        return dropout_rate(tensor, rate, noise_shape, seed)


def dropout_rate(tensor: Tensor, rate: Any, noise_shape: Any, seed: int | None) -> Tensor:
    """Dropout by its rate, in the current scope."""
    known = not is_graph_value(rate)
    if known and not 0 <= rate < 1:
        raise invalid(
            "nn.dropout", "the rate must be of [0, 1)", f"rate={rate!r}", "keep_prob is 1 - rate.", "TG-7264"
        )
    if known and rate == 0:
        get_seed(seed)
        return tensor
    if known:
        scaled = binary("mul", tg.multiply, tensor, np.asarray(1 / (1 - rate), tensor.dtype.as_numpy_dtype))
    else:
        rate = apply("Cast", lambda r: tg.cast(r, tensor.dtype), rate)
        scaled = apply("dropout", lambda v, r: tg.truediv(v, tg.constant(1.0, v.dtype) - r), tensor, rate)
    if noise_shape is not None:
        dims = _noise(tensor, noise_shape)
    else:
        dims = tensor.shape if tensor.shape.is_fully_defined() else shape(tensor)
    drawn = random_uniform(dims, dtype=tensor.dtype, seed=seed)
    mask = binary("GreaterEqual", tg.greater_equal, drawn, rate)
    made: Tensor = apply(
        "SelectV2", lambda m, v: tg.where(m, v, tg.zeros_like(v)), mask, scaled, op_name="SelectV2"
    )
    made.set_shape(tensor.shape)
    return made


def _noise(tensor: Tensor, noise_shape: Any) -> Any:
    if is_graph_value(noise_shape):
        return noise_shape
    sizes = [
        each.value if hasattr(each, "value") and not is_graph_value(each) else each for each in noise_shape
    ]
    if any(each is None for each in sizes):
        known = tensor.shape.as_list()
        sizes = [known[index] if each is None else each for index, each in enumerate(sizes)]
        if any(each is None for each in sizes):
            whole: Any = shape(tensor)
            sizes = [whole[index] if each is None else each for index, each in enumerate(sizes)]
    return sizes


# ---- convolutions and pooling


def _window(value: Any) -> Any:
    return [int(each) for each in value] if isinstance(value, (list, tuple, np.ndarray)) else value


def _conv(function: Any, x: Any, w: Any, strides: Any, padding: Any, data_format: Any, dilations: Any) -> Any:
    first = data_format is not None and data_format.startswith("NC")
    if first:
        rank = x.shape.rank
        x = tg.transpose(x, [0, *builtins.range(2, rank), 1])
        strides = [strides[0], *strides[2:], strides[1]] if isinstance(strides, list) else strides
        dilations = [dilations[0], *dilations[2:], dilations[1]] if isinstance(dilations, list) else dilations
    made = function(x, w, strides, padding, dilations)
    if first:
        rank = made.shape.rank
        made = tg.transpose(made, [0, rank - 1, *builtins.range(1, rank - 1)])
    return made


@export("nn.conv2d")
@renamed(filters="filter", input_tensor="input")
def conv2d(
    input: Any, filter: Any = None, strides: Any = None, padding: Any = None, use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    """A convolution of images."""
    steps, holes = _window(strides), _window(dilations)

    def call(x: Any, w: Any, s: Any, p: Any, d: Any) -> Any:
        return tg.nn.conv2d(x, w, s, p, dilations=d)

    return apply(  # type: ignore[no-any-return]
        "Conv2D", lambda x, w: _conv(call, x, w, steps, _pad(padding), data_format, holes),
        convert_to_tensor(input), convert_to_tensor(filter), op_name=name,
    )  # fmt: skip


def _pad(padding: Any) -> Any:
    return padding.upper() if isinstance(padding, str) else padding


@export("nn.conv1d")
@renamed(filters="filters", input="value")
def conv1d(
    value: Any = None, filters: Any = None, stride: Any = None, padding: Any = None, use_cudnn_on_gpu: Any = None,
    data_format: str | None = None, name: str | None = None, input: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """A convolution of sequences."""
    source = convert_to_tensor(value if value is not None else input)
    first = data_format in ("NCW", "NCHW")
    step = stride[0] if isinstance(stride, (list, tuple)) and len(stride) == 1 else stride

    def function(x: Any, w: Any) -> Any:
        x = tg.transpose(x, [0, 2, 1]) if first else x
        made = tg.nn.conv1d(x, w, step, _pad(padding), dilations=dilations)
        return tg.transpose(made, [0, 2, 1]) if first else made

    return apply("conv1d", function, source, convert_to_tensor(filters), op_name=name or "conv1d")  # type: ignore[no-any-return]


@export("nn.conv3d")
@renamed(filters="filter")
def conv3d(
    input: Any, filter: Any = None, strides: Any = None, padding: Any = None, data_format: str = "NDHWC",
    dilations: Any = (1, 1, 1, 1, 1), name: str | None = None,
) -> Tensor:  # fmt: skip
    """A convolution of volumes."""
    steps, holes = _window(strides), _window(dilations)

    def call(x: Any, w: Any, s: Any, p: Any, d: Any) -> Any:
        return tg.nn.conv3d(x, w, s, p, dilations=d)

    return apply(  # type: ignore[no-any-return]
        "Conv3D", lambda x, w: _conv(call, x, w, steps, _pad(padding), data_format, holes),
        convert_to_tensor(input), convert_to_tensor(filter), op_name=name,
    )  # fmt: skip


@export("nn.conv2d_transpose")
@renamed(filters="filter", input="value")
def conv2d_transpose(
    value: Any = None, filter: Any = None, output_shape: Any = None, strides: Any = None, padding: str = "SAME",
    data_format: str = "NHWC", name: str | None = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """The gradient of a convolution with respect to its input, as a layer."""
    from ._static import shape_from

    steps = _window(strides)
    first = data_format == "NCHW"

    def function(x: Any, w: Any, dims: Any) -> Any:
        if first:
            moved = tg.nn.conv2d_transpose(
                tg.transpose(x, [0, 2, 3, 1]), w, tg.gather(tg.convert_to_tensor(dims), [0, 2, 3, 1]),
                [steps[0], *steps[2:], steps[1]] if len(steps) == 4 else steps, _pad(padding), dilations=dilations,
            )  # fmt: skip
            return tg.transpose(moved, [0, 3, 1, 2])
        return tg.nn.conv2d_transpose(x, w, dims, steps, _pad(padding), dilations=dilations)

    made: Tensor = apply(
        "Conv2DBackpropInput", function, convert_to_tensor(value), convert_to_tensor(filter),
        output_shape if is_graph_value(output_shape) else _vector(output_shape), op_name=name or "conv2d_transpose",
    )  # fmt: skip
    known = shape_from(output_shape)
    if known.ndims is not None:
        made.set_shape(known)
    return made


@export("nn.depthwise_conv2d nn.depthwise_conv2d_native")
@renamed(dilations="rate")
def depthwise_conv2d(
    input: Any, filter: Any, strides: Any, padding: Any, rate: Any = None, name: str | None = None,
    data_format: str | None = None,
) -> Tensor:  # fmt: skip
    """A convolution of each channel by itself."""
    steps = _window(strides)
    holes = None if rate is None else _window(rate)
    if isinstance(holes, list) and len(holes) == 4:
        holes = holes[1:3]

    def call(x: Any, w: Any, s: Any, p: Any, d: Any) -> Any:
        return tg.nn.depthwise_conv2d(x, w, s, p, dilations=holes)

    return apply(  # type: ignore[no-any-return]
        "DepthwiseConv2dNative", lambda x, w: _conv(call, x, w, steps, _pad(padding), data_format, None),
        convert_to_tensor(input), convert_to_tensor(filter), op_name=name or "depthwise",
    )  # fmt: skip


@export("nn.separable_conv2d")
@renamed(dilations="rate")
def separable_conv2d(
    input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: Any, rate: Any = None,
    name: str | None = None, data_format: str | None = None,
) -> Tensor:  # fmt: skip
    """A convolution of each channel by itself, and one that mixes them."""
    deep = depthwise_conv2d(input, depthwise_filter, strides, padding, rate, data_format=data_format)
    return conv2d(
        deep,
        pointwise_filter,
        [1, 1, 1, 1],
        "VALID",
        data_format=data_format or "NHWC",
        name=name or "separable_conv2d",
    )  # type: ignore[no-any-return]


@export("nn.atrous_conv2d")
def atrous_conv2d(value: Any, filters: Any, rate: int, padding: str, name: str | None = None) -> Tensor:
    """A convolution with holes."""
    return conv2d(
        value, filters, [1, 1, 1, 1], padding, dilations=[1, rate, rate, 1], name=name or "convolution"
    )  # type: ignore[no-any-return]


@export("nn.convolution")
@renamed(filters="filter", dilations="dilation_rate")
def convolution(
    input: Any, filter: Any, padding: str, strides: Any = None, dilation_rate: Any = None, name: str | None = None,
    data_format: str | None = None,
) -> Tensor:  # fmt: skip
    """A convolution of one to three dimensions."""
    source, kernel = convert_to_tensor(input), convert_to_tensor(filter)
    steps = None if strides is None else _window(strides)
    holes = None if dilation_rate is None else _window(dilation_rate)
    first = data_format is not None and data_format.startswith("NC")

    def function(x: Any, w: Any) -> Any:
        rank = w.shape.rank
        x = tg.transpose(x, [0, *builtins.range(2, rank), 1]) if first else x
        made = tg.nn.convolution(x, w, strides=steps, padding=_pad(padding), dilations=holes)
        return tg.transpose(made, [0, rank - 1, *builtins.range(1, rank - 1)]) if first else made

    return apply("convolution", function, source, kernel, op_name=name or "convolution")  # type: ignore[no-any-return]


def _pool(type: str, two: Any, three: Any) -> Any:
    @renamed(input="value")
    def pool(
        value: Any = None, ksize: Any = None, strides: Any = None, padding: Any = None, data_format: str | None = None,
        name: str | None = None,
    ) -> Tensor:  # fmt: skip
        sizes, steps = _window(ksize), _window(strides)

        def call(x: Any, w: Any, s: Any, p: Any, d: Any) -> Any:
            return (three if x.shape.rank == 5 else two)(x, w, s, p)

        def function(x: Any) -> Any:
            window = sizes
            if data_format is not None and data_format.startswith("NC") and isinstance(sizes, list):
                window = [sizes[0], *sizes[2:], sizes[1]]
            return _conv(call, x, window, steps, _pad(padding), data_format, None)

        return apply(type, function, convert_to_tensor(value), op_name=name)  # type: ignore[no-any-return]

    return pool


max_pool = _pool("MaxPool", tg.nn.max_pool2d, tg.nn.max_pool3d)
avg_pool = _pool("AvgPool", tg.nn.avg_pool2d, tg.nn.avg_pool3d)
export("nn.max_pool nn.max_pool2d nn.max_pool3d")(max_pool)
export("nn.avg_pool nn.avg_pool2d nn.avg_pool3d")(avg_pool)


@export("nn.lrn nn.local_response_normalization")
def lrn(
    input: Any, depth_radius: Any = 5, bias: Any = 1, alpha: Any = 1, beta: Any = 0.5, name: str | None = None
) -> Tensor:
    """Each channel divided by what its neighbours have."""
    return apply(
        "LRN", lambda x: tg.nn.lrn(x, depth_radius, bias, alpha, beta), convert_to_tensor(input), op_name=name
    )  # type: ignore[no-any-return]


# ---- normalization


@export("nn.moments")
@renamed(keepdims="keep_dims")
def moments(
    x: Any, axes: Any, shift: Any = None, name: str | None = None, keep_dims: Any = False
) -> tuple[Tensor, Tensor]:
    """Mean and variance over dimensions."""

    def function(value: Any) -> Any:
        wide = tg.cast(value, tg.float32) if value.dtype == tg.float16 else value
        mean = tg.reduce_mean(wide, axes, True)
        spread = tg.reduce_mean(tg.math.squared_difference(wide, tg.stop_gradient(mean)), axes, True)
        made = [mean, spread] if keep_dims else [tg.squeeze(mean, axes), tg.squeeze(spread, axes)]
        return [tg.cast(each, value.dtype) for each in made] if value.dtype == tg.float16 else made

    made = apply("moments", function, convert_to_tensor(x), op_name=name or "moments/Squeeze")
    return made[0], made[1]


@export("nn.batch_normalization")
def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: str | None = None
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset."""
    return apply(  # type: ignore[no-any-return]
        "batchnorm", tg.nn.batch_normalization, convert_to_tensor(x), mean, variance, offset, scale, variance_epsilon,
        op_name=name or "batchnorm/add_1",
    )  # fmt: skip


@export("nn.l2_normalize math.l2_normalize linalg.l2_normalize")
@renamed(dim="axis")
def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None) -> Tensor:
    """The tensor divided by its norm."""
    return apply(
        "l2_normalize",
        lambda v: tg.math.l2_normalize(v, axis, epsilon),
        convert_to_tensor(x),
        op_name=name or "l2_normalize",
    )  # type: ignore[no-any-return]


# ---- embeddings and classes


@export("nn.embedding_lookup")
def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: Any = None,
) -> Tensor:
    """Rows of a table, or of one that lies in several parts."""
    from ._ops import clip_by_norm

    parts = (
        builtins.list(params)
        if isinstance(params, (list, tuple)) or hasattr(params, "_get_variable_list")
        else [params]
    )
    rows = convert_to_tensor(ids, name="ids")
    if len(parts) == 1:
        made = gather(parts[0], rows, name=name or "embedding_lookup")
    elif partition_strategy == "div" or hasattr(params, "_get_variable_list"):
        made = gather(
            concat([convert_to_tensor(part) for part in parts], 0), rows, name=name or "embedding_lookup"
        )
    else:

        def interleaved(numbers: Any, *tables: Any) -> Any:
            # Row i lies in part i % n at place i // n.
            count = len(tables)
            offsets = np.cumsum([0, *[table.shape.as_list()[0] for table in tables[:-1]]])
            part = tg.math.floormod(numbers, count)
            places = tg.gather(tg.constant(offsets, numbers.dtype), part) + tg.floordiv(numbers, count)
            return tg.gather(tg.concat(builtins.list(tables), 0), places)

        made = apply("embedding_lookup", interleaved, rows, *parts, op_name=name or "embedding_lookup")
    if max_norm is not None:
        made = clip_by_norm(
            made, max_norm, axes=builtins.list(builtins.range(rows.shape.ndims or 0, made.shape.ndims or 1))
        )
    return made


@export("nn.in_top_k math.in_top_k")
def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Whether the true class is among the k best."""
    return apply(
        "InTopK",
        lambda p, t: tg.math.in_top_k(t, p, _static_int(k)),
        convert_to_tensor(predictions),
        convert_to_tensor(targets),
        op_name=name,
    )  # type: ignore[no-any-return]


@export("nn.top_k math.top_k")
def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None) -> Any:
    """The k largest values and where they are."""
    count = _static_int(k)
    return apply("TopKV2", lambda x: tg.math.top_k(x, count, sorted), convert_to_tensor(input), op_name=name)


@export("nn.compute_accidental_hits")
def compute_accidental_hits(
    true_classes: Any, sampled_candidates: Any, num_true: int, seed: Any = None, name: str | None = None
) -> Any:
    """Where candidates are true classes."""
    return apply(
        "ComputeAccidentalHits", lambda a, b: tg.nn.compute_accidental_hits(a, b, num_true),
        convert_to_tensor(true_classes), convert_to_tensor(sampled_candidates), op_name=name,
    )  # fmt: skip


def _sampled(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    subtract_log_q: bool,
    remove_accidental_hits: bool,
    partition_strategy: str,
    seed: Any,
) -> tuple[Tensor, Tensor]:
    """Logits and labels of the true classes and of the candidates, as both losses need them."""
    from ._symbols import table

    truth = convert_to_tensor(labels)
    if truth.dtype != tg.int64:
        truth = apply("Cast", lambda x: tg.cast(x, tg.int64), truth)
    flat = reshape(truth, [-1])
    if sampled_values is None:
        sampled_values = table["nn.log_uniform_candidate_sampler"](
            truth, num_true, num_sampled, True, num_classes, seed
        )
    drawn, true_count, sampled_count = (stop_gradient(each) for each in sampled_values)
    if drawn.dtype != tg.int64:
        drawn = apply("Cast", lambda x: tg.cast(x, tg.int64), drawn)
    ids = concat([flat, drawn], 0)
    all_w = embedding_lookup(weights, ids, partition_strategy)
    all_b = embedding_lookup(biases, ids, partition_strategy)
    given = convert_to_tensor(inputs)

    def logits(x: Any, w: Any, b: Any, number: Any, expected: Any, expected_sampled: Any) -> Any:
        count = tg.shape(number)[0]
        width = w.shape.as_list()[-1] or -1
        true_w, sampled_w = w[:count], w[count:]
        true_b, sampled_b = b[:count], b[count:]
        dots = tg.expand_dims(x, 1) * tg.reshape(true_w, [-1, num_true, width])
        true_logits = tg.reduce_sum(dots, 2) + tg.reshape(true_b, [-1, num_true])
        sampled_logits = tg.matmul(x, sampled_w, transpose_b=True) + sampled_b
        if subtract_log_q:
            true_logits = true_logits - tg.math.log(expected)
            sampled_logits = sampled_logits - tg.math.log(expected_sampled)
        return [true_logits, sampled_logits]

    true_logits, sampled_logits = apply(
        "sampled_logits", logits, given, all_w, all_b, flat, true_count, sampled_count
    )
    if remove_accidental_hits:

        def removed(scores: Any, classes: Any, candidates: Any) -> Any:
            hits = tg.reduce_any(tg.equal(tg.expand_dims(classes, 2), tg.reshape(candidates, [1, 1, -1])), 1)
            return scores + tg.where(
                hits, tg.constant(-np.finfo(np.float32).max, scores.dtype), tg.zeros_like(scores)
            )

        sampled_logits = apply("accidental_hits", removed, sampled_logits, truth, drawn)
    out_labels = concat(
        [binary("truediv", tg.truediv, ones_like(true_logits), float(num_true)), zeros_like(sampled_logits)],
        1,
    )
    return concat([true_logits, sampled_logits], 1), out_labels


@export("nn.nce_loss")
def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str = "nce_loss",
) -> Tensor:
    """The noise-contrastive loss of each example (M. Gutmann and A. Hyvarinen, 2010)."""
    with name_scope(name):
        logits, targets = _sampled(
            weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
            remove_accidental_hits, partition_strategy, None,
        )  # fmt: skip
        losses = sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name="sampled_losses")
        return apply("Sum", lambda x: tg.reduce_sum(x, 1), losses)  # type: ignore[no-any-return]


@export("nn.sampled_softmax_loss")
def sampled_softmax_loss(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int = 1,
    sampled_values: Any = None, remove_accidental_hits: bool = True, partition_strategy: str = "mod",
    name: str = "sampled_softmax_loss", seed: Any = None,
) -> Tensor:  # fmt: skip
    """The softmax loss over the true class and candidates."""
    with name_scope(name):
        logits, targets = _sampled(
            weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
            remove_accidental_hits, partition_strategy, seed,
        )  # fmt: skip
        return softmax_cross_entropy_with_logits_v2(labels=stop_gradient(targets), logits=logits)  # type: ignore[no-any-return]
