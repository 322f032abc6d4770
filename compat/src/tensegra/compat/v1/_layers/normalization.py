"""Batch normalization."""

from __future__ import annotations

from typing import Any

from .._apply import apply
from .._control import smart_constant
from .._core import tg
from .._errors import invalid
from .._initializers import ONES, ZEROS
from .._symbols import export
from .base import Layer


@export("layers.BatchNormalization layers.BatchNorm")
class BatchNormalization(Layer):
    """Normalizes with the moments of the batch while training, else with their moving averages.

    The ops that move the averages are in the collection UPDATE_OPS.
    """

    affine: tuple[str, ...] = ("gamma", "beta")  # in the order in which they are made

    def __init__(
        self, axis: Any = -1, momentum: float = 0.99, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = ZEROS, gamma_initializer: Any = ONES, moving_mean_initializer: Any = ZEROS,
        moving_variance_initializer: Any = ONES, beta_regularizer: Any = None, gamma_regularizer: Any = None,
        beta_constraint: Any = None, gamma_constraint: Any = None, renorm: bool = False, renorm_clipping: Any = None,
        renorm_momentum: float = 0.99, fused: Any = None, trainable: bool = True, virtual_batch_size: Any = None,
        adjustment: Any = None, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(trainable=trainable, name=name, **kwargs)
        if renorm or virtual_batch_size is not None or adjustment is not None:
            raise invalid(
                "layers.batch_normalization", "renorm, virtual_batch_size and adjustment must be left out",
                f"renorm={renorm}", "Use plain batch normalization.", "TG-7273",
            )  # fmt: skip
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else [axis]
        self.momentum, self.epsilon, self.center, self.scale, self.fused = (
            momentum,
            epsilon,
            center,
            scale,
            fused,
        )
        self._parts = {
            "gamma": (gamma_initializer, gamma_regularizer, gamma_constraint),
            "beta": (beta_initializer, beta_regularizer, beta_constraint),
            "moving_mean": (moving_mean_initializer, None, None),
            "moving_variance": (moving_variance_initializer, None, None),
        }
        self.gamma: Any = None
        self.beta: Any = None
        self.moving_mean: Any = None
        self.moving_variance: Any = None

    def build(self, input_shape: Any) -> None:
        """Makes the variables."""
        rank = input_shape.ndims
        self._places = [place % rank for place in self.axis]
        width = input_shape[self._places[0]].value
        if len(self._places) != 1 or width is None:
            raise invalid(
                "layers.batch_normalization",
                "there is one axis, of known size",
                f"axis={self.axis}, shape {input_shape}",
                "See set_shape.",
                "TG-7272",
            )
        wanted = {"gamma": self.scale, "beta": self.center}
        for name in (*self.affine, "moving_mean", "moving_variance"):
            if wanted.get(name, True):
                initializer, regularizer, constraint = self._parts[name]
                made = self.add_weight(
                    name, [width], initializer=initializer, regularizer=regularizer, constraint=constraint,
                    trainable=not name.startswith("moving"),
                )  # fmt: skip
                setattr(self, name, made)

    def call(self, inputs: Any, training: Any = False) -> Any:  # type: ignore[override]
        """The normalized input."""
        rank = inputs.shape.ndims
        place = self._places[0]
        axes = [index for index in range(rank) if index != place]
        fused = self.fused if self.fused is not None else rank == 4
        known = smart_constant(training)
        shape = [1] * rank
        shape[place] = -1

        def broadcast(value: Any) -> Any:
            return value if place == rank - 1 else tg.reshape(value, shape)

        def moments(x: Any) -> Any:
            wide = tg.cast(x, tg.float32) if x.dtype == tg.float16 else x
            mean = tg.reduce_mean(wide, axes)
            spread = tg.reduce_mean(tg.math.squared_difference(wide, tg.stop_gradient(broadcast(mean))), axes)
            return [mean, spread]

        mean: Any = self.moving_mean
        variance: Any = self.moving_variance
        if known is not False:
            batch_mean, batch_variance = apply("moments", moments, inputs, op_name="moments/Squeeze")
            mean, variance = batch_mean, batch_variance
            if known is None:
                mean, variance = (
                    apply(
                        "Select",
                        lambda flag, a, b: tg.where(flag, a, b),
                        training,
                        batch,
                        moving,
                        op_name="cond/Merge",
                    )
                    for batch, moving in (
                        (batch_mean, self.moving_mean),
                        (batch_variance, self.moving_variance),
                    )
                )
            self._move(inputs, axes, training, known, batch_mean, batch_variance, fused)

        def function(x: Any, m: Any, v: Any, *rest: Any) -> Any:
            given = iter(rest)
            gamma = next(given) if self.scale else None
            beta = next(given) if self.center else None
            parts = [None if each is None else broadcast(each) for each in (m, v, beta, gamma)]
            return tg.nn.batch_normalization(x, *parts, self.epsilon)

        rest = [each for each in (self.gamma, self.beta) if each is not None]
        name = "FusedBatchNormV3" if fused else "batchnorm/add_1"
        return apply(
            "FusedBatchNormV3" if fused else "batchnorm",
            function,
            inputs,
            mean,
            variance,
            *rest,
            op_name=name,
        )

    def _move(
        self,
        inputs: Any,
        axes: list[int],
        training: Any,
        known: bool | None,
        mean: Any,
        variance: Any,
        fused: bool,
    ) -> None:
        """The ops that move the averages, where training says so."""
        flags = [] if known else [training]

        def unbiased(spread: Any, x: Any) -> Any:
            # The fused kernel of TensorFlow gives the moving variance without bias.
            count = tg.cast(tg.reduce_prod(tg.gather(tg.shape(x), axes)), spread.dtype)
            return spread * (count / tg.maximum(count - 1.0, 1.0))

        spread = apply("mul", unbiased, variance, inputs) if fused else variance

        def delta(moving: Any, batch: Any, *flag: Any) -> Any:
            moved = (moving - batch) * tg.constant(1.0 - self.momentum, moving.dtype)
            return tg.where(flag[0], moved, tg.zeros_like(moved)) if flag else moved

        for variable, batch in ((self.moving_mean, mean), (self.moving_variance, spread)):
            step = apply("mul", delta, variable, batch, *flags, op_name="AssignMovingAvg/mul")
            self.add_update(variable.assign_sub(step, name="AssignMovingAvg"))


@export("layers.batch_normalization layers.batch_norm")
def batch_normalization(
    inputs: Any, axis: Any = -1, momentum: float = 0.99, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
    beta_initializer: Any = ZEROS, gamma_initializer: Any = ONES, moving_mean_initializer: Any = ZEROS,
    moving_variance_initializer: Any = ONES, beta_regularizer: Any = None, gamma_regularizer: Any = None,
    beta_constraint: Any = None, gamma_constraint: Any = None, training: Any = False, trainable: bool = True,
    name: str | None = None, reuse: Any = None, renorm: bool = False, renorm_clipping: Any = None,
    renorm_momentum: float = 0.99, fused: Any = None, virtual_batch_size: Any = None, adjustment: Any = None,
) -> Any:  # fmt: skip
    """See `BatchNormalization`."""
    layer = BatchNormalization(
        axis,
        momentum,
        epsilon,
        center,
        scale,
        beta_initializer,
        gamma_initializer,
        moving_mean_initializer,
        moving_variance_initializer,
        beta_regularizer,
        gamma_regularizer,
        beta_constraint,
        gamma_constraint,
        renorm,
        renorm_clipping,
        renorm_momentum,
        fused,
        trainable,
        virtual_batch_size,
        adjustment,
        name,
        _scope=name,
        _reuse=reuse,
    )
    return layer(inputs, training=training)
