"""Convolutions and pooling."""

from __future__ import annotations

from typing import Any

from .._apply import apply
from .._arrays import shape as shape_of
from .._core import tg
from .._errors import invalid
from .._initializers import ZEROS
from .._nn import bias_add, conv2d_transpose
from .._symbols import export
from .base import Layer, tuple_of


class _Conv(Layer):
    rank = 2

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.filters = None if filters is None else int(filters)
        self.kernel_size = tuple_of(kernel_size, self.rank)
        self.strides = tuple_of(strides, self.rank)
        self.padding = padding.lower()
        self.data_format = data_format
        self.dilation_rate = tuple_of(dilation_rate, self.rank)
        self.activation, self.use_bias = activation, use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.kernel: Any = None
        self.bias: Any = None

    def _channels(self, input_shape: Any) -> int:
        found = input_shape[1 if self.data_format == "channels_first" else -1].value
        if found is None:
            raise invalid(
                "layers.conv",
                "the channels of the input must be known",
                f"shape {input_shape}",
                "See set_shape.",
                "TG-7272",
            )
        return int(found)

    def _add_bias(self) -> None:
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                [self.filters],
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _kernel(self, name: str, shape: list[Any]) -> Any:
        return self.add_weight(
            name, shape, initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )  # fmt: skip

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        self.kernel = self._kernel("kernel", [*self.kernel_size, self._channels(input_shape), self.filters])
        self._add_bias()

    def _convolved(self, x: Any, w: Any) -> Any:
        return tg.nn.convolution(
            x, w, strides=list(self.strides), padding=self.padding.upper(), dilations=list(self.dilation_rate)
        )

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """The convolution."""
        first = self.data_format == "channels_first"
        rank = self.rank

        def function(x: Any, w: Any) -> Any:
            x = tg.transpose(x, [0, *range(2, rank + 2), 1]) if first else x
            made = self._convolved(x, w)
            return tg.transpose(made, [0, rank + 1, *range(1, rank + 1)]) if first else made

        return self._finished(apply(f"Conv{rank}D", function, inputs, self.kernel))

    def _finished(self, outputs: Any) -> Any:
        if self.use_bias:
            outputs = bias_add(outputs, self.bias, "NCHW" if self.data_format == "channels_first" else None)
        return outputs if self.activation is None else self.activation(outputs)


@export("layers.Conv1D layers.Convolution1D")
class Conv1D(_Conv):
    """A convolution of sequences."""

    rank = 1


@export("layers.Conv2D layers.Convolution2D")
class Conv2D(_Conv):
    """A convolution of images."""

    rank = 2


@export("layers.Conv3D layers.Convolution3D")
class Conv3D(_Conv):
    """A convolution of volumes."""

    rank = 3


@export("layers.SeparableConv2D layers.SeparableConvolution2D")
class SeparableConv2D(_Conv):
    """A convolution of each channel by itself, and one that mixes them."""

    rank = 2

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer=bias_initializer,
            **kwargs,
        )
        self.depth_multiplier = depth_multiplier
        self._initializers = (depthwise_initializer, pointwise_initializer)
        self._regularizers = (depthwise_regularizer, pointwise_regularizer)
        self.depthwise_kernel: Any = None
        self.pointwise_kernel: Any = None

    def build(self, input_shape: Any) -> None:
        """Makes both kernels and the bias."""
        channels = self._channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", [*self.kernel_size, channels, self.depth_multiplier], initializer=self._initializers[0],
            regularizer=self._regularizers[0],
        )  # fmt: skip
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            [1, 1, channels * self.depth_multiplier, self.filters],
            initializer=self._initializers[1],
            regularizer=self._regularizers[1],
        )
        self._add_bias()

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Both convolutions."""
        first = self.data_format == "channels_first"
        steps = [1, *self.strides, 1]

        def function(x: Any, deep: Any, point: Any) -> Any:
            x = tg.transpose(x, [0, 2, 3, 1]) if first else x
            made = tg.nn.depthwise_conv2d(
                x, deep, steps, self.padding.upper(), dilations=list(self.dilation_rate)
            )
            made = tg.nn.conv2d(made, point, [1, 1, 1, 1], "VALID")
            return tg.transpose(made, [0, 3, 1, 2]) if first else made

        return self._finished(
            apply("separable_conv2d", function, inputs, self.depthwise_kernel, self.pointwise_kernel)
        )


@export("layers.Conv2DTranspose layers.Deconvolution2D")
class Conv2DTranspose(_Conv):
    """The gradient of a convolution, as a layer."""

    rank = 2

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        self.kernel = self._kernel("kernel", [*self.kernel_size, self.filters, self._channels(input_shape)])
        self._add_bias()

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """The larger image."""
        first = self.data_format == "channels_first"
        places = (2, 3) if first else (1, 2)
        whole: Any = shape_of(inputs)

        def size(position: int) -> Any:
            known = inputs.shape[places[position]].value
            length = known if known is not None else whole[places[position]]
            made = length * self.strides[position]
            if self.padding == "valid":
                made = made + max(self.kernel_size[position] - self.strides[position], 0)
            return made

        rows = inputs.shape[0].value if inputs.shape[0].value is not None else whole[0]
        sizes = [rows, self.filters, size(0), size(1)] if first else [rows, size(0), size(1), self.filters]
        steps = [1, 1, *self.strides] if first else [1, *self.strides, 1]
        outputs = conv2d_transpose(
            inputs, self.kernel, sizes, steps, self.padding.upper(), "NCHW" if first else "NHWC"
        )
        return self._finished(outputs)


def _functional(names: str, cls: Any) -> None:
    @export(names)
    def function(
        inputs: Any,
        filters: int,
        kernel_size: Any,
        *args: Any,
        reuse: Any = None,
        name: str | None = None,
        **options: Any,
    ) -> Any:
        return cls(filters, kernel_size, *args, name=name, _scope=name, _reuse=reuse, **options)(inputs)

    function.__name__ = names.split()[0].rpartition(".")[2]
    function.__doc__ = cls.__doc__


_functional("layers.conv1d", Conv1D)
_functional("layers.conv2d", Conv2D)
_functional("layers.conv3d", Conv3D)
_functional("layers.separable_conv2d", SeparableConv2D)
_functional("layers.conv2d_transpose", Conv2DTranspose)


class _Pooling(Layer):
    rank = 2
    function: Any = None

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.pool_size = tuple_of(pool_size, self.rank)
        self.strides = tuple_of(strides, self.rank)
        self.padding, self.data_format = padding.upper(), data_format

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """The pooled input."""
        first = self.data_format == "channels_first"
        rank = self.rank
        pool = type(self).function

        def function(x: Any) -> Any:
            x = tg.transpose(x, [0, *range(2, rank + 2), 1]) if first else x
            made = pool(x, list(self.pool_size), list(self.strides), self.padding)
            return tg.transpose(made, [0, rank + 1, *range(1, rank + 1)]) if first else made

        return apply("MaxPool" if "Max" in type(self).__name__ else "AvgPool", function, inputs)


def _pooling(kind: str, rank: int, pool: Any) -> None:
    class_name = f"{kind}Pooling{rank}D"
    cls = type(
        class_name, (_Pooling,), {"rank": rank, "function": staticmethod(pool), "__doc__": f"{kind} pooling."}
    )
    export(f"layers.{class_name}")(cls)

    @export(f"layers.{kind.lower()}_pooling{rank}d")
    def function(
        inputs: Any,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
    ) -> Any:
        return cls(pool_size, strides, padding, data_format, name)(inputs)

    function.__name__, function.__doc__ = f"{kind.lower()}_pooling{rank}d", f"{kind} pooling."


for _kind in ("Max", "Average"):
    for _rank in (1, 2, 3):
        _short = "max" if _kind == "Max" else "avg"
        _pooling(_kind, _rank, getattr(tg.nn, f"{_short}_pool{_rank}d"))
