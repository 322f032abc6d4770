"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .._errors import check_range
from ._fused import fits
from ._optimizer import Optimizer


class Adam(Optimizer):
    """Gradient descent with moving averages of the gradient and of its square.

    `m += (g - m) * (1 - beta_1)`, `v += (g² - v) * (1 - beta_2)`,
    `w -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)`; epsilon stands where
    Keras has it.

    Args:
        learning_rate: A number or a schedule.
        beta_1: The share of the old average of gradients.
        beta_2: The share of the old average of squares.
        epsilon: Keeps the denominator off zero.
        amsgrad: Whether to divide by the greatest average of squares so far.
        **kwargs: Arguments of `Optimizer`.

    Raises:
        tg.errors.InvalidArgumentError: A share outside of [0, 1] (TG-1002).

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015; Reddi et al., "On the
    Convergence of Adam and Beyond", ICLR 2018 (amsgrad).

    Example:
        >>> import tensegra as tg
        >>> x = tg.Variable(1.0)
        >>> tg.layers.optimizers.Adam(0.1).apply_gradients([(tg.constant(5.0), x)])
        >>> round(float(x), 4)
        0.9
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        where = type(self).__name__
        self.beta_1 = check_range(where, "beta_1", beta_1, 0.0, 1.0)
        self.beta_2 = check_range(where, "beta_2", beta_2, 0.0, 1.0)
        self.epsilon = epsilon
        self.amsgrad = amsgrad

    def build(self, variables: Sequence[tg.Variable]) -> None:
        """Makes the averages."""
        if not self.built:
            super().build(variables)
            self._momentums = self._slots("momentum")
            self._velocities = self._slots("velocity")
            self._velocity_hats = self._slots("velocity_hat") if self.amsgrad else []

    def _prepare(self, learning_rate: tg.Tensor) -> None:
        step = tg.cast(self.iterations.read_value(), tg.float64) + 1.0
        # In float64: 1 - beta must not lose digits.
        self._numbers = [tg.constant(value, tg.float64) for value in (self.beta_1, self.beta_2, self.epsilon)]
        self._powers = [tg.pow(beta, step) for beta in self._numbers[:2]]
        self._learning_rate_now = learning_rate

    @property
    def _alpha(self) -> tg.Tensor:
        first, second = (1.0 - power for power in self._powers)
        return self._learning_rate_now * tg.cast(tg.sqrt(second) / first, tg.float32)

    def _fused_step(
        self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor, weight_decay: float
    ) -> bool:
        if not fits(self, Adam, gradient, variable):
            return False
        place = self._place(variable)
        slots = [self._momentums[place], self._velocities[place]]
        op: Any = tg.nn.experimental.apply_adam
        if self.amsgrad:
            slots.append(self._velocity_hats[place])
            op = tg.nn.experimental.apply_adam_with_amsgrad
        handles = [each.handle for each in (variable, *slots)]
        op(*handles, *self._powers, learning_rate, *self._numbers, gradient, weight_decay=weight_decay)
        return True

    def update_step(self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor) -> None:
        """Changes one variable."""
        place = self._place(variable)
        momentum, velocity = self._momentums[place], self._velocities[place]
        mean, square = momentum.read_value(), velocity.read_value()
        mean = mean + (gradient - mean) * (1.0 - self.beta_1)
        square = square + (tg.square(gradient) - square) * (1.0 - self.beta_2)
        momentum.assign(mean)
        velocity.assign(square)
        if self.amsgrad:
            greatest = self._velocity_hats[place]
            square = tg.maximum(greatest.read_value(), square)
            greatest.assign(square)
        alpha = tg.cast(self._alpha, variable.dtype)
        variable.assign_sub(mean * alpha / (tg.sqrt(square) + self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
