"""Layers of `tf.contrib.layers` that are neither convolutions, pools nor normalizers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._apply import apply, convert_to_tensor
from .._arrays import identity, one_hot, reshape
from .._control import smart_cond
from .._core import tg
from .._errors import invalid, wrong_type
from .._graph import name_scope
from .._initializers import ZEROS
from .._layers.core import flatten as flat
from .._nn import bias_add as add_biases
from .._nn import dropout_rate
from .._operators import binary
from .._symbols import export
from .._variable_scope import variable_scope
from .arg_scopes import layer
from .convolutions import XAVIER, relu
from .named_outputs import channels, channels_first, check_rank, finished, layer_variable


@layer("fully_connected")
def fully_connected(
    inputs: Any, num_outputs: int, activation_fn: Any = relu, normalizer_fn: Any = None, normalizer_params: Any = None,
    weights_initializer: Any = XAVIER, weights_regularizer: Any = None, biases_initializer: Any = ZEROS,
    biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None,
    outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
) -> Any:  # fmt: skip
    """activation_fn(inputs @ weights + biases), in the scope "fully_connected"; with a normalizer without biases.

    The input may have more than two dimensions; the last is that which is multiplied.

    Raises:
        TypeError: num_outputs is no integer (TG-7392).
        ValueError: The rank is below 2 (TG-7389), or the last dimension is unknown (TG-7272).
    """
    if isinstance(num_outputs, bool) or not isinstance(num_outputs, (int, np.integer)):
        raise wrong_type(
            "contrib.layers.fully_connected", "num_outputs must be an integer", repr(num_outputs), "Give one.",
            "TG-7392",
        )  # fmt: skip
    with variable_scope(scope, "fully_connected", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = check_rank(inputs, 2, None, "fully_connected")
        width, count = channels(inputs, -1, "fully_connected"), int(num_outputs)
        weights = layer_variable(
            "weights", [width, count], inputs, weights_initializer, weights_regularizer, trainable,
            variables_collections,
        )  # fmt: skip
        if rank == 2:
            outputs = binary("MatMul", tg.matmul, inputs, weights)
        else:
            outputs = apply("Tensordot", lambda x, w: tg.tensordot(x, w, [[rank - 1], [0]]), inputs, weights)
            outputs.set_shape([*inputs.shape.as_list()[:-1], count])
        if normalizer_fn is None and biases_initializer is not None:
            biases = layer_variable(
                "biases",
                [count],
                inputs,
                biases_initializer,
                biases_regularizer,
                trainable,
                variables_collections,
            )
            outputs = add_biases(outputs, biases)
        return finished(outputs, activation_fn, outputs_collections, opened, normalizer_fn, normalizer_params)


def _variant(name: str, activation: Any) -> None:
    export(f"contrib.layers.{name} contrib.slim.{name}")(
        functools.partial(fully_connected, activation_fn=activation)
    )


def _activation(type: str, function: Callable[[Any], Any]) -> Any:
    return lambda x: apply(type, function, convert_to_tensor(x))


_variant("relu", relu)
_variant("relu6", _activation("Relu6", tg.nn.relu6))
_variant("elu", _activation("Elu", tg.nn.elu))
_variant("linear", None)


@layer("bias_add")
def bias_add(
    inputs: Any, activation_fn: Any = None, initializer: Any = ZEROS, regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
    data_format: str = "NHWC", scope: Any = None,
) -> Any:  # fmt: skip
    """Adds biases, one for each channel, in the scope "BiasAdd"."""
    first = channels_first(data_format, ("NHWC", "NCHW"), "bias_add")
    with variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        check_rank(inputs, 2, None, "bias_add")
        width = channels(inputs, 1 if first else -1, "bias_add")
        biases = layer_variable(
            "biases", [width], inputs, initializer, regularizer, trainable, variables_collections
        )
        outputs = add_biases(inputs, biases, data_format if first else None)
        return finished(outputs, activation_fn, outputs_collections, opened)


@layer("dropout")
def dropout(
    inputs: Any, keep_prob: Any = 0.5, noise_shape: Any = None, is_training: Any = True,
    outputs_collections: Any = None, scope: Any = None, seed: int | None = None,
) -> Any:  # fmt: skip
    """Elements set to zero at random while training, the others divided by `keep_prob`, in the scope "Dropout"."""
    with variable_scope(scope, "Dropout", [inputs]) as opened:
        inputs = convert_to_tensor(inputs)

        def dropped() -> Any:
            with name_scope("dropout"):
                rate = binary("sub", tg.subtract, 1, keep_prob) if hasattr(keep_prob, "op") else 1 - keep_prob
                return dropout_rate(inputs, rate, noise_shape, seed)

        outputs = smart_cond(is_training, dropped, lambda: identity(inputs))
        return finished(outputs, None, outputs_collections, opened)


@layer("flatten")
def flatten(inputs: Any, outputs_collections: Any = None, scope: Any = None) -> Any:
    """[batch, everything else], in the scope "Flatten"."""
    with name_scope(scope, "Flatten") as opened:
        inputs = convert_to_tensor(inputs)
        check_rank(inputs, 2, None, "flatten")
        return finished(flat(inputs), None, outputs_collections, opened)


@layer("one_hot_encoding")
def one_hot_encoding(
    labels: Any, num_classes: int, on_value: float = 1.0, off_value: float = 0.0, outputs_collections: Any = None,
    scope: Any = None,
) -> Any:  # fmt: skip
    """Numbers of classes as vectors, in the scope "OneHotEncoding"."""
    with name_scope(scope, "OneHotEncoding") as opened:
        outputs = one_hot(convert_to_tensor(labels), num_classes, on_value=on_value, off_value=off_value)
        return finished(outputs, None, outputs_collections, opened)


@layer("softmax")
def softmax(logits: Any, scope: Any = None) -> Any:
    """Softmax of the last dimension, for any rank, in the scope "softmax"."""
    with variable_scope(scope, "softmax", [logits]):
        return apply("Softmax", tg.nn.softmax, convert_to_tensor(logits))


@layer("maxout")
def maxout(inputs: Any, num_units: int, axis: int = -1, scope: Any = None) -> Any:
    """The greatest of each group of channels, of which there are `num_units` (I. Goodfellow et al., 2013).

    Raises:
        ValueError: The channels do not make so many groups (TG-7389).
    """
    with variable_scope(scope, "MaxOut", [inputs]):
        inputs = convert_to_tensor(inputs)
        rank = check_rank(inputs, 1, None, "maxout")
        width = channels(inputs, axis, "maxout")
        if width % num_units:
            raise invalid(
                "contrib.layers.maxout", "the channels must be a multiple of num_units", f"{width} and {num_units}",
                "Change one of them.", "TG-7389",
            )  # fmt: skip
        sizes = [-1 if each is None else each for each in inputs.shape.as_list()]
        sizes[axis % rank] = num_units
        # As TensorFlow has it, what is left of the axis goes to the end: for the last axis, neighbours are compared.
        return apply("Max", lambda x: tg.reduce_max(x, -1), reshape(inputs, [*sizes, width // num_units]))


@layer("scale_gradient")
def scale_gradient(inputs: Any, gradient_multiplier: Any) -> Any:
    """The input, with another number times its gradient."""
    return apply(
        "ScaleGradient",
        lambda x, m: x * tg.cast(m, x.dtype) + tg.stop_gradient(x - x * tg.cast(m, x.dtype)),
        convert_to_tensor(inputs),
        convert_to_tensor(gradient_multiplier),
    )


def _name_of(function: Any, default: str) -> str:
    found = getattr(function, "__name__", None) or getattr(getattr(function, "func", None), "__name__", None)
    return found or default


@layer("repeat")
def repeat(inputs: Any, repetitions: int, layer: Any, *args: Any, **kwargs: Any) -> Any:
    """The same layer several times over, each with variables of its own, in the scope "Repeat".

    The scopes inside have the name of the scope, or else of the layer, and a number: "conv1/conv1_1".
    """
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Repeat", [inputs]):
        outputs = convert_to_tensor(inputs)
        name = scope if scope is not None else _name_of(layer, "repeat")
        for index in range(repetitions):
            outputs = layer(outputs, *args, **{**kwargs, "scope": f"{name}_{index + 1}"})
        return outputs


@layer("stack")
def stack(inputs: Any, layer: Any, stack_args: Any, **kwargs: Any) -> Any:
    """A layer several times over, each time with other arguments, in the scope "Stack".

    The scopes inside have the name of the scope, or else "stack", and a number: "fc/fc_1".
    """
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Stack", [inputs]):
        outputs = convert_to_tensor(inputs)
        name = scope if scope is not None else "stack"
        for index, given in enumerate(stack_args):
            arguments = given if isinstance(given, (list, tuple)) else [given]
            outputs = layer(outputs, *arguments, **{**kwargs, "scope": f"{name}_{index + 1}"})
        return outputs
