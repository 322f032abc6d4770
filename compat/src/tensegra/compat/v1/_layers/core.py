"""Dense layers, dropout, flattening."""

from __future__ import annotations

from typing import Any

from .._apply import apply
from .._arrays import identity, reshape, shape
from .._control import smart_cond
from .._core import tg
from .._errors import invalid
from .._graph import name_scope
from .._initializers import ZEROS
from .._nn import bias_add, dropout_rate
from .._operators import binary
from .._symbols import export
from .base import Layer


@export("layers.Dense")
class Dense(Layer):
    """inputs @ kernel + bias."""

    def __init__(
        self,
        units: int,
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
        self.units, self.activation, self.use_bias = int(units), activation, use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.kernel: Any = None
        self.bias: Any = None

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        width = input_shape[-1].value
        if width is None:
            raise invalid(
                "layers.dense",
                "the last dimension of the input must be known",
                f"shape {input_shape}",
                "See set_shape.",
                "TG-7272",
            )
        self.kernel = self.add_weight(
            "kernel", [width, self.units], initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [self.units], initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )  # fmt: skip

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """The product, for inputs of any rank."""
        if inputs.shape.ndims is not None and inputs.shape.ndims > 2:
            outputs = apply(
                "Tensordot", lambda x, w: tg.tensordot(x, w, [[x.shape.rank - 1], [0]]), inputs, self.kernel
            )
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        else:
            outputs = binary("MatMul", tg.matmul, inputs, self.kernel)
        if self.use_bias:
            outputs = bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)


@export("layers.dense")
def dense(
    inputs: Any,
    units: int,
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
    reuse: Any = None,
) -> Any:
    """inputs @ kernel + bias."""
    layer = Dense(
        units, activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
        activity_regularizer, kernel_constraint, bias_constraint, trainable, name, _scope=name, _reuse=reuse,
    )  # fmt: skip
    return layer(inputs)


@export("layers.Dropout")
class Dropout(Layer):
    """Elements set to zero at random while training."""

    def __init__(
        self,
        rate: Any = 0.5,
        noise_shape: Any = None,
        seed: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs: Any, training: Any = False) -> Any:  # type: ignore[override]
        """The input, or what is left of it."""

        def dropped() -> Any:
            with name_scope("dropout"):
                return dropout_rate(inputs, self.rate, self.noise_shape, self.seed)

        return smart_cond(training, dropped, lambda: identity(inputs))


@export("layers.dropout")
def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: int | None = None,
    training: Any = False,
    name: str | None = None,
) -> Any:
    """Elements set to zero at random while training."""
    return Dropout(rate, noise_shape, seed, name)(inputs, training=training)


@export("layers.Flatten")
class Flatten(Layer):
    """All dimensions but the first in one."""

    def __init__(self, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """The input in the other shape."""
        if self.data_format == "channels_first" and inputs.shape.ndims and inputs.shape.ndims > 2:
            rank = inputs.shape.ndims
            inputs = apply("Transpose", lambda x: tg.transpose(x, [0, *range(2, rank), 1]), inputs)
        sizes = inputs.shape.as_list()[1:] if inputs.shape.ndims else []
        count: Any = 1
        for size in sizes:
            count = None if size is None or count is None else count * size
        if count is not None:
            made = reshape(inputs, [-1, count])
            made.set_shape([inputs.shape[0].value, count])
            return made
        rows: Any = shape(inputs)
        return reshape(inputs, [rows[0], -1])


@export("layers.flatten")
def flatten(inputs: Any, name: str | None = None, data_format: str = "channels_last") -> Any:
    """All dimensions but the first in one."""
    return Flatten(data_format, name=name)(inputs)
