"""RMSprop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .._errors import check_range
from ._fused import fits
from ._optimizer import Optimizer


class RMSprop(Optimizer):
    """Gradient descent with each gradient divided by a moving average of its size.

    `v = rho * v + (1 - rho) * g²`, `w -= learning_rate * g / sqrt(v + epsilon)`; centered, `v` loses the
    square of the moving average of `g`.

    Args:
        learning_rate: A number or a schedule.
        rho: The share of the old averages.
        momentum: The share of the last step in this one.
        epsilon: Keeps the denominator off zero; inside of the root, as in Keras.
        centered: Whether to divide by an estimate of the variance.
        initial_average: Where the moving averages of the squares start; 1.0 in TensorFlow 1.x.
        **kwargs: Arguments of `Optimizer`.

    Raises:
        tg.errors.InvalidArgumentError: A share outside of [0, 1] (TG-1002).

    Source: Tieleman and Hinton, "Lecture 6.5: rmsprop", Neural Networks for Machine Learning (2012).

    Example:
        >>> import tensegra as tg
        >>> x = tg.Variable(1.0)
        >>> tg.layers.optimizers.RMSprop(0.1, rho=0.0).apply_gradients([(tg.constant(5.0), x)])
        >>> round(float(x), 4)
        0.9
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        initial_average: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.rho = check_range("RMSprop", "rho", rho, 0.0, 1.0)
        self.momentum = check_range("RMSprop", "momentum", momentum, 0.0, 1.0)
        self.epsilon = epsilon
        self.centered = centered
        self.initial_average = initial_average

    def build(self, variables: Sequence[tg.Variable]) -> None:
        """Makes the averages."""
        if not self.built:
            super().build(variables)
            self._velocities = self._slots("velocity")
            if self.initial_average:
                for velocity in self._velocities:
                    velocity.assign(
                        tg.fill(list(velocity.shape), tg.constant(self.initial_average, velocity.dtype))
                    )
            self._momentums = self._slots("momentum") if self.momentum else []
            self._average_gradients = self._slots("average_gradient") if self.centered else []

    def _fused_step(
        self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor, weight_decay: float
    ) -> bool:
        if not fits(self, RMSprop, gradient, variable) or (self.centered and not self.momentum):
            return False
        place = self._place(variable)
        rho, momentum, epsilon = (
            tg.constant(value, tg.float64) for value in (self.rho, self.momentum, self.epsilon)
        )
        handles = [variable.handle, self._velocities[place].handle]
        more: Any = tg.nn.experimental
        if not self.momentum:
            more.apply_plain_rms_prop(
                *handles, learning_rate, rho, epsilon, gradient, weight_decay=weight_decay
            )
            return True
        handles.append(self._momentums[place].handle)
        op = more.apply_rms_prop
        if self.centered:
            handles.append(self._average_gradients[place].handle)
            op = more.apply_centered_rms_prop
        op(*handles, learning_rate, rho, momentum, epsilon, gradient, weight_decay=weight_decay)
        return True

    def update_step(self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor) -> None:
        """Changes one variable."""
        place = self._place(variable)
        velocity = self._velocities[place]
        square = velocity.read_value() * self.rho + tg.square(gradient) * (1.0 - self.rho)
        velocity.assign(square)
        if self.centered:
            average = self._average_gradients[place]
            mean = average.read_value() * self.rho + gradient * (1.0 - self.rho)
            average.assign(mean)
            square = square - tg.square(mean)
        step = learning_rate * gradient / tg.sqrt(square + self.epsilon)
        if self.momentum:
            momentum = self._momentums[place]
            step = momentum.read_value() * self.momentum + step
            momentum.assign(step)
        variable.assign_sub(step)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
            "initial_average": self.initial_average,
        }
