"""Convolution over images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .. import _registry
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from .._errors import check_positive, invalid, unimplemented
from .._shapes import Shape, check_padding, check_windows, pair, window_length


class Conv2D(Layer):
    """A bank of filters moved over images `[batch, height, width, channels]`.

    Args:
        filters: How many filters, the channels of the output.
        kernel_size: Height and width of a filter; one number for both.
        strides: Steps of the filter.
        padding: "valid" (filters stay inside) or "same" (with strides of 1, the image keeps its size).
        data_format: "channels_last", the only one now.
        dilation_rate: Gaps between the points of a filter.
        groups: In how many groups channels and filters are split.
        activation: An activation or its name; none if not given.
        use_bias: Whether to add a bias per filter.
        kernel_initializer: How the kernel `[height, width, channels / groups, filters]` starts.
        bias_initializer: How the bias `[filters]` starts.
        kernel_regularizer: A penalty on the kernel.
        bias_regularizer: A penalty on the bias.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: A bad argument (TG-1002), an input that is not of rank 4, with other
            channels than the layer was built for, or smaller than the filter (TG-1001).
        tg.errors.UnimplementedError: `data_format="channels_first"` (TG-1013).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> tg.layers.Conv2D(8, 3)(np.zeros((2, 28, 28, 1), np.float32)).shape
        TensorShape([2, 26, 26, 8])
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = check_positive("Conv2D", "filters", filters)
        self.kernel_size = pair("Conv2D", "kernel_size", kernel_size)
        self.strides = pair("Conv2D", "strides", strides)
        self.padding = check_padding("Conv2D", padding)
        check_data_format("Conv2D", data_format)
        self.dilation_rate = pair("Conv2D", "dilation_rate", dilation_rate)
        self.groups = check_positive("Conv2D", "groups", groups)
        if self.filters % self.groups:
            raise invalid(
                "Conv2D",
                "groups must divide filters.",
                f"filters={filters}, groups={groups}",
                "Choose a multiple.",
                "TG-1002",
            )
        self.activation = _registry.get("activation", activation)
        self.use_bias = use_bias
        self.kernel_initializer = _registry.get("initializer", kernel_initializer)
        self.bias_initializer = _registry.get("initializer", bias_initializer)
        self.kernel_regularizer = _registry.get("regularizer", kernel_regularizer)
        self.bias_regularizer = _registry.get("regularizer", bias_regularizer)
        self.input_spec = InputSpec(ndim=4)

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        channels = input_shape[-1]
        if channels is None or channels % self.groups:
            raise invalid(
                f"layer {self.name!r}",
                f"the channels of the input must be known and a multiple of groups={self.groups}.",
                f"input shape={tuple(input_shape)}",
                "Images are [batch, height, width, channels].",
                "TG-1001",
            )
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        self.bias = (
            self.add_weight(
                (self.filters,), self.bias_initializer, regularizer=self.bias_regularizer, name="bias"
            )
            if self.use_bias
            else None
        )
        self.input_spec = InputSpec(ndim=4, axes={-1: channels})

    def call(self, inputs: tg.Tensor) -> tg.Tensor:
        """The output for a batch of images."""
        if not inputs.dtype.is_floating:
            inputs = tg.cast(inputs, self._dtype)
        outputs = tg.nn.conv2d(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding.upper(),
            dilations=self.dilation_rate,
        )
        if self.bias is not None:
            outputs = tg.nn.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`[batch, rows, columns, filters]`."""
        sizes = [
            window_length(size, window, self.padding, stride, dilation)
            for size, window, stride, dilation in zip(
                input_shape[1:3], self.kernel_size, self.strides, self.dilation_rate
            )
        ]
        check_windows(f"layer {self.name!r}", sizes, self.padding)
        return (input_shape[0], *sizes, self.filters)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            "data_format": "channels_last",
            "dilation_rate": list(self.dilation_rate),
            "groups": self.groups,
            "activation": _registry.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": _registry.serialize(self.kernel_initializer),
            "bias_initializer": _registry.serialize(self.bias_initializer),
            "kernel_regularizer": _registry.serialize(self.kernel_regularizer),
            "bias_regularizer": _registry.serialize(self.bias_regularizer),
        }


def check_data_format(where: str, data_format: str | None) -> None:
    """Raises unless channels are last."""
    if data_format not in (None, "channels_last"):
        raise unimplemented(
            where,
            "images are [batch, height, width, channels].",
            f"data_format={data_format!r}",
            "Transpose the images.",
        )
