"""The fully connected layer."""

from __future__ import annotations

from typing import Any

import tensegra as tg

from .. import _registry
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._errors import check_positive, invalid
from .._shapes import Shape


class Dense(Layer):
    """`activation(inputs @ kernel + bias)` over the last axis.

    Args:
        units: The size of the last axis of the output.
        activation: An activation or its name; none if not given.
        use_bias: Whether to add a bias.
        kernel_initializer: How the kernel `[inputs, units]` starts.
        bias_initializer: How the bias `[units]` starts.
        kernel_regularizer: A penalty on the kernel.
        bias_regularizer: A penalty on the bias.
        **kwargs: Arguments of `Layer`.

    Shapes: `[batch, ..., inputs]` to `[batch, ..., units]`; floating dtypes, integers are cast.

    Raises:
        tg.errors.InvalidArgumentError: `units` is not positive (TG-1002), or an input of rank below 2 or with
            another last axis than the kernel was built for (TG-1001).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> layer = tg.layers.Dense(3, kernel_initializer="ones", activation="relu")
        >>> layer(np.array([[1.0, 2.0]], np.float32)).numpy().tolist()
        [[3.0, 3.0, 3.0]]
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = check_positive("Dense", "units", units)
        self.activation = _registry.get("activation", activation)
        self.use_bias = use_bias
        self.kernel_initializer = _registry.get("initializer", kernel_initializer)
        self.bias_initializer = _registry.get("initializer", bias_initializer)
        self.kernel_regularizer = _registry.get("regularizer", kernel_regularizer)
        self.bias_regularizer = _registry.get("regularizer", bias_regularizer)
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        inputs = input_shape[-1]
        if inputs is None:
            raise invalid(
                f"layer {self.name!r}",
                "the last axis of the input must be known.",
                f"input shape={tuple(input_shape)}",
                "Give the Input a size there.",
                "TG-1001",
            )
        self.kernel = self.add_weight(
            (inputs, self.units), self.kernel_initializer, regularizer=self.kernel_regularizer, name="kernel"
        )
        self.bias = (
            self.add_weight(
                (self.units,), self.bias_initializer, regularizer=self.bias_regularizer, name="bias"
            )
            if self.use_bias
            else None
        )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The output for a batch."""
        if not inputs.dtype.is_floating:
            inputs = tg.cast(inputs, self._dtype)
        outputs = tg.matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = tg.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape with `units` as its last axis."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": _registry.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": _registry.serialize(self.kernel_initializer),
            "bias_initializer": _registry.serialize(self.bias_initializer),
            "kernel_regularizer": _registry.serialize(self.kernel_regularizer),
            "bias_regularizer": _registry.serialize(self.bias_regularizer),
        }
