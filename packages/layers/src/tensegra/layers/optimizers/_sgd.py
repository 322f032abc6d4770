"""Gradient descent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .._errors import check_range
from ._fused import fits
from ._optimizer import Optimizer


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    `v = momentum * v - learning_rate * g`, then `w += v`; with Nesterov momentum `w += momentum * v -
    learning_rate * g`.

    Args:
        learning_rate: A number or a schedule.
        momentum: The share of the last step in this one.
        nesterov: Whether to use Nesterov momentum.
        **kwargs: Arguments of `Optimizer`.

    Raises:
        tg.errors.InvalidArgumentError: `momentum` outside of [0, 1] (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> x = tg.Variable(1.0)
        >>> tg.layers.optimizers.SGD(0.5).apply_gradients([(tg.constant(1.0), x)])
        >>> float(x)
        0.5
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.momentum = check_range("SGD", "momentum", momentum, 0.0, 1.0)
        self.nesterov = nesterov

    def build(self, variables: Sequence[tg.Variable]) -> None:
        """Makes the momenta."""
        if not self.built:
            super().build(variables)
            self._momentums = self._slots("momentum") if self.momentum else []

    def _fused_step(
        self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor, weight_decay: float
    ) -> bool:
        if not fits(self, SGD, gradient, variable):
            return False
        if not self.momentum:
            tg.nn.experimental.apply_gradient_descent(
                variable.handle, learning_rate, gradient, weight_decay=weight_decay
            )
            return True
        tg.nn.experimental.apply_keras_momentum(
            variable.handle,
            self._momentums[self._place(variable)].handle,
            learning_rate,
            gradient,
            tg.constant(self.momentum, tg.float64),
            use_nesterov=self.nesterov,
            weight_decay=weight_decay,
        )
        return True

    def update_step(self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor) -> None:
        """Changes one variable."""
        step = gradient * learning_rate
        if not self.momentum:
            variable.assign_sub(step)
            return
        momentum = self._momentums[self._place(variable)]
        moved = momentum.read_value() * self.momentum - step
        momentum.assign(moved)
        variable.assign_add(moved * self.momentum - step if self.nesterov else moved)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
