"""Convolutions of `tf.contrib.layers`."""

from __future__ import annotations

from typing import Any

from .. import _nn as nn
from .._apply import apply, convert_to_tensor
from .._arrays import shape as shape_of
from .._core import tg
from .._initializers import ZEROS
from .._layers.base import tuple_of
from .._variable_scope import variable_scope
from .arg_scopes import layer
from .basics import xavier_initializer
from .named_outputs import channels, channels_first, check_rank, finished, layer_variable

XAVIER = xavier_initializer()
_FORMATS = ("NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW")


def relu(features: Any, name: str | None = None) -> Any:
    """max(features, 0)."""
    return apply("Relu", tg.nn.relu, convert_to_tensor(features), op_name=name)


def _biased(
    outputs: Any, count: int, first: bool, initializer: Any, regularizer: Any, trainable: bool, collections: Any
) -> Any:  # fmt: skip
    biases = layer_variable("biases", [count], outputs, initializer, regularizer, trainable, collections)
    return nn.bias_add(outputs, biases, "NCHW" if first else None)


@layer("convolution")
def convolution(
    inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
    data_format: str | None = None, rate: Any = 1, activation_fn: Any = relu, normalizer_fn: Any = None,
    normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
    conv_dims: int | None = None,
) -> Any:  # fmt: skip
    """A convolution of one to three dimensions, a normalizer or biases, an activation.

    Args:
        inputs: [batch, spatial dimensions, channels], or channels second.
        num_outputs: How many channels the output has.
        kernel_size: The sizes of the kernel, or one number for all.
        stride: The steps, or one number for all.
        padding: "SAME" or "VALID".
        data_format: None, "NHWC" or "NCHW"; "NWC", "NCW", "NDHWC", "NCDHW" for other ranks.
        rate: How far apart the elements of the kernel stand.
        activation_fn: Applied last; None for none.
        normalizer_fn: Takes the place of the biases.
        normalizer_params: Its arguments.
        weights_initializer: Makes the first weights.
        weights_regularizer: Makes a loss of them.
        biases_initializer: Makes the first biases; with None there are none.
        biases_regularizer: Makes a loss of them.
        reuse: Whether the variables are there already.
        variables_collections: Lists that variables are added to, or such lists by the names of variables.
        outputs_collections: Lists that the output is added to.
        trainable: Whether optimizers change the variables.
        scope: The name of the scope; "Conv" without one.
        conv_dims: How many spatial dimensions there must be.

    Raises:
        ValueError: The input has another rank (TG-7389), or unknown channels (TG-7272); the format is none of these
            (TG-7390).
    """
    with variable_scope(scope, "Conv", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        most = 5 if conv_dims is None else conv_dims + 2
        dims = check_rank(inputs, 3 if conv_dims is None else most, most, "convolution") - 2
        first = channels_first(data_format, _FORMATS, "convolution")
        sizes, steps, holes = (tuple_of(each, dims) for each in (kernel_size, stride, rate))
        depth = channels(inputs, 1 if first else -1, "convolution")
        weights = layer_variable(
            "weights", [*sizes, depth, num_outputs], inputs, weights_initializer, weights_regularizer, trainable,
            variables_collections,
        )  # fmt: skip
        if dims == 2:
            around = (lambda given: [1, 1, *given]) if first else (lambda given: [1, *given, 1])
            outputs = nn.conv2d(
                inputs, weights, around(steps), padding, data_format="NCHW" if first else "NHWC",
                dilations=around(holes), name="Conv2D",
            )  # fmt: skip
        else:
            outputs = nn.convolution(
                inputs, weights, padding, list(steps), list(holes), data_format=data_format
            )
        if normalizer_fn is None and biases_initializer is not None:
            outputs = _biased(
                outputs, num_outputs, first, biases_initializer, biases_regularizer, trainable, variables_collections
            )  # fmt: skip
        return finished(outputs, activation_fn, outputs_collections, opened, normalizer_fn, normalizer_params)


def _of_rank(names: str, dims: int) -> Any:
    def function(
        inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
        data_format: str | None = None, rate: Any = 1, activation_fn: Any = relu, normalizer_fn: Any = None,
        normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
        biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
        variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
    ) -> Any:  # fmt: skip
        return convolution.__wrapped__(
            inputs, num_outputs, kernel_size, stride, padding, data_format, rate, activation_fn, normalizer_fn,
            normalizer_params, weights_initializer, weights_regularizer, biases_initializer, biases_regularizer,
            reuse, variables_collections, outputs_collections, trainable, scope, dims,
        )  # fmt: skip

    function.__name__ = function.__qualname__ = f"convolution{dims}d"
    function.__doc__ = f"`convolution` of {dims} dimension{'s' if dims > 1 else ''}."
    return layer(names)(function)


convolution1d = _of_rank("conv1d convolution1d", 1)
convolution2d = _of_rank("conv2d convolution2d", 2)
convolution3d = _of_rank("conv3d convolution3d", 3)


@layer("conv2d_transpose convolution2d_transpose")
def convolution2d_transpose(
    inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
    data_format: str = "NHWC", activation_fn: Any = relu, normalizer_fn: Any = None, normalizer_params: Any = None,
    weights_initializer: Any = XAVIER, weights_regularizer: Any = None, biases_initializer: Any = ZEROS,
    biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None,
    outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
) -> Any:  # fmt: skip
    """The gradient of a convolution as a layer, in the scope "Conv2d_transpose"; arguments as for `convolution`.

    The output has `stride` times the size of the input; with padding "VALID", max(kernel - stride, 0) more.
    """
    with variable_scope(scope, "Conv2d_transpose", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        check_rank(inputs, 4, 4, "conv2d_transpose")
        first = channels_first(data_format, ("NHWC", "NCHW"), "conv2d_transpose")
        sizes, steps = tuple_of(kernel_size, 2), tuple_of(stride, 2)
        depth = channels(inputs, 1 if first else -1, "conv2d_transpose")
        weights = layer_variable(
            "weights", [*sizes, num_outputs, depth], inputs, weights_initializer, weights_regularizer, trainable,
            variables_collections,
        )  # fmt: skip
        whole: Any = None if inputs.shape.is_fully_defined() else shape_of(inputs)

        def size(place: int) -> Any:
            known = inputs.shape[place].value
            return whole[place] if known is None else known

        places = (2, 3) if first else (1, 2)
        more = [max(k - s, 0) if padding.upper() == "VALID" else 0 for k, s in zip(sizes, steps)]
        lengths = [size(place) * step + extra for place, step, extra in zip(places, steps, more)]
        dims = [size(0), num_outputs, *lengths] if first else [size(0), *lengths, num_outputs]
        outputs = nn.conv2d_transpose(
            inputs, weights, dims, [1, 1, *steps] if first else [1, *steps, 1], padding, "NCHW" if first else "NHWC"
        )  # fmt: skip
        if normalizer_fn is None and biases_initializer is not None:
            outputs = _biased(
                outputs, num_outputs, first, biases_initializer, biases_regularizer, trainable, variables_collections
            )  # fmt: skip
        return finished(outputs, activation_fn, outputs_collections, opened, normalizer_fn, normalizer_params)


@layer("separable_conv2d separable_convolution2d")
def separable_convolution2d(
    inputs: Any, num_outputs: int | None, kernel_size: Any, depth_multiplier: int = 1, stride: Any = 1,
    padding: str = "SAME", data_format: str = "NHWC", rate: Any = 1, activation_fn: Any = relu,
    normalizer_fn: Any = None, normalizer_params: Any = None, weights_initializer: Any = XAVIER,
    pointwise_initializer: Any = None, weights_regularizer: Any = None, biases_initializer: Any = ZEROS,
    biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None,
    outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
) -> Any:  # fmt: skip
    """A convolution of each channel by itself, then one that mixes them, in the scope "SeparableConv2d".

    With num_outputs=None nothing is mixed. `depth_multiplier` is how many channels each makes; the weights that mix
    are made by `pointwise_initializer`, or without one as the others. The other arguments are those of `convolution`.
    """
    with variable_scope(scope, "SeparableConv2d", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        check_rank(inputs, 4, 4, "separable_conv2d")
        first = channels_first(data_format, ("NHWC", "NCHW"), "separable_conv2d")
        sizes, steps, holes = (tuple_of(each, 2) for each in (kernel_size, stride, rate))
        depth = channels(inputs, 1 if first else -1, "separable_conv2d")

        def made(name: str, shape: Any, initializer: Any) -> Any:
            return layer_variable(
                name, shape, inputs, initializer, weights_regularizer, trainable, variables_collections
            )

        deep = made("depthwise_weights", [*sizes, depth, depth_multiplier], weights_initializer)
        outputs = nn.depthwise_conv2d(
            inputs, deep, [1, 1, *steps] if first else [1, *steps, 1], padding, list(holes),
            data_format="NCHW" if first else "NHWC",
        )  # fmt: skip
        count = depth * depth_multiplier
        if num_outputs is not None:
            point = made(
                "pointwise_weights",
                [1, 1, count, num_outputs],
                weights_initializer if pointwise_initializer is None else pointwise_initializer,
            )
            outputs = nn.conv2d(
                outputs, point, [1, 1, 1, 1], "VALID", data_format="NCHW" if first else "NHWC", name="separable_conv2d"
            )  # fmt: skip
            count = num_outputs
        if normalizer_fn is None and biases_initializer is not None:
            outputs = _biased(
                outputs,
                count,
                first,
                biases_initializer,
                biases_regularizer,
                trainable,
                variables_collections,
            )
        return finished(outputs, activation_fn, outputs_collections, opened, normalizer_fn, normalizer_params)


@layer("conv2d_in_plane convolution2d_in_plane")
def convolution2d_in_plane(
    inputs: Any, kernel_size: Any, stride: Any = 1, padding: str = "SAME", activation_fn: Any = relu,
    normalizer_fn: Any = None, normalizer_params: Any = None, weights_initializer: Any = XAVIER,
    weights_regularizer: Any = None, biases_initializer: Any = ZEROS, biases_regularizer: Any = None,
    reuse: Any = None, variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    scope: Any = None,
) -> Any:  # fmt: skip
    """One kernel for each channel by itself, in the scope "ConvInPlane"; arguments as for `convolution`."""
    with variable_scope(scope, "ConvInPlane", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        check_rank(inputs, 4, 4, "conv2d_in_plane")
        depth = channels(inputs, -1, "conv2d_in_plane")
        weights = layer_variable(
            "weights", [*tuple_of(kernel_size, 2), 1, 1], inputs, weights_initializer, weights_regularizer, trainable,
            variables_collections,
        )  # fmt: skip
        spread = apply("Tile", lambda w: tg.tile(w, [1, 1, depth, 1]), weights)
        outputs = nn.depthwise_conv2d(inputs, spread, [1, *tuple_of(stride, 2), 1], padding)
        if normalizer_fn is None and biases_initializer is not None:
            outputs = _biased(
                outputs,
                depth,
                False,
                biases_initializer,
                biases_regularizer,
                trainable,
                variables_collections,
            )
        return finished(outputs, activation_fn, outputs_collections, opened, normalizer_fn, normalizer_params)
