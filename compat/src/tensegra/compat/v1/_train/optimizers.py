"""The optimizers of 1.x, with the formulas and defaults that they have there."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._apply import apply, convert_to_tensor, is_graph_value
from .._control import group
from .._core import tg
from .._graph import get_default_graph
from .._initializers import Constant, Ones
from .._symbols import export
from .optimizer import Optimizer, elementwise, update_op


class _WithNumbers(Optimizer):
    """Options that may be numbers, tensors, variables or functions; a tensor for each dtype."""

    _numbers: tuple[tuple[str, Any], ...] = ()

    def _keep(self, **numbers: Any) -> None:
        self._options = numbers

    def _prepare(self) -> None:
        self._tensors = {
            name: convert_to_tensor(self._call_if_callable(value), name=name)
            if is_graph_value(self._call_if_callable(value))
            else self._call_if_callable(value)
            for name, value in self._options.items()
        }

    def _as(self, dtype: Any, *names: str) -> list[Any]:
        found: list[Any] = []
        for name in names:
            value = self._tensors[name]
            if is_graph_value(value):
                found.append(
                    value if value.dtype == dtype else apply("Cast", lambda x: tg.cast(x, dtype), value)
                )
            else:
                found.append(convert_to_tensor(np.asarray(value, dtype.as_numpy_dtype), dtype, name=name))
        return found


@export("train.GradientDescentOptimizer")
class GradientDescentOptimizer(_WithNumbers):
    """var - learning_rate * gradient."""

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._keep(learning_rate=learning_rate)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def change(emitter: Any, gradient: Any, rate: Any) -> None:
            emitter.write(var).assign_sub(gradient * rate)

        return update_op("ApplyGradientDescent", [var], [grad, *self._as(var.dtype, "learning_rate")], change)

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Any) -> Any:
        def change(emitter: Any, values: Any, indices: Any, rate: Any) -> None:
            emitter.write(var).scatter_sub(tg.IndexedSlices(values * rate, indices))

        return update_op(
            "ScatterSub", [var], [grad.values, grad.indices, *self._as(var.dtype, "learning_rate")], change
        )


@export("train.MomentumOptimizer")
class MomentumOptimizer(_WithNumbers):
    """A gradient that goes on (B. Polyak, 1964); with `use_nesterov` looking ahead."""

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate, self._momentum, self._use_nesterov = learning_rate, momentum, use_nesterov
        self._keep(learning_rate=learning_rate, momentum=momentum)

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        nesterov = self._use_nesterov

        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            value, sum_ = olds
            rate, momentum = numbers
            sum_ = sum_ * momentum + gradient
            if nesterov:
                return [value - (gradient * rate + sum_ * momentum * rate), sum_]
            return [value - sum_ * rate, sum_]

        slot = self.get_slot(var, "momentum")
        return elementwise(
            "ApplyMomentum", [var, slot], self._as(var.dtype, "learning_rate", "momentum"), grad, formula
        )

    _apply_sparse = _apply_dense


@export("train.AdamOptimizer")
class AdamOptimizer(_WithNumbers):
    """Adam (D. Kingma and J. Ba, 2015), with epsilon added to the root before its bias is corrected."""

    def __init__(
        self, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999, epsilon: Any = 1e-8,
        use_locking: bool = False, name: str = "Adam",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._lr, self._beta1, self._beta2, self._epsilon = learning_rate, beta1, beta2, epsilon
        self._keep(learning_rate=learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon)

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        graph = get_default_graph()
        return self._get_non_slot_variable("beta1_power", graph), self._get_non_slot_variable(
            "beta2_power", graph
        )

    def _create_slots(self, var_list: list[Any]) -> None:
        first = min(var_list, key=lambda var: var.name)
        self._create_non_slot_variable(self._call_if_callable(self._beta1), "beta1_power", first)
        self._create_non_slot_variable(self._call_if_callable(self._beta2), "beta2_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _powers(self, dtype: Any) -> list[Any]:
        return [
            each._snapshot if each.dtype == dtype else apply("Cast", lambda x: tg.cast(x, dtype), each)
            for each in self._get_beta_accumulators()
        ]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            value, m, v = olds
            rate, beta1, beta2, epsilon, power1, power2 = numbers
            alpha = rate * tg.sqrt(1.0 - power2) / (1.0 - power1)
            m = m + (gradient - m) * (1.0 - beta1)
            v = v + (gradient * gradient - v) * (1.0 - beta2)
            return [value - (m * alpha) / (tg.sqrt(v) + epsilon), m, v]

        numbers = [
            *self._as(var.dtype, "learning_rate", "beta1", "beta2", "epsilon"),
            *self._powers(var.dtype),
        ]
        return elementwise(
            "ApplyAdam", [var, self.get_slot(var, "m"), self.get_slot(var, "v")], numbers, grad, formula
        )

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        slots = [self.get_slot(var, "m"), self.get_slot(var, "v")]

        def change(
            emitter: Any,
            values: Any,
            indices: Any,
            rate: Any,
            beta1: Any,
            beta2: Any,
            epsilon: Any,
            power1: Any,
            power2: Any,
        ) -> None:
            alpha = rate * tg.sqrt(1.0 - power2) / (1.0 - power1)
            first, second = (emitter.write(each) for each in slots)
            first.assign(first.read_value() * beta1)
            first.scatter_add(tg.IndexedSlices(values * (1.0 - beta1), indices))
            second.assign(second.read_value() * beta2)
            second.scatter_add(tg.IndexedSlices(values * values * (1.0 - beta2), indices))
            step = alpha * first.read_value() / (tg.sqrt(second.read_value()) + epsilon)
            emitter.write(var).assign_sub(step)

        numbers = [
            *self._as(var.dtype, "learning_rate", "beta1", "beta2", "epsilon"),
            *self._powers(var.dtype),
        ]
        return update_op("SparseApplyAdam", [var, *slots], [grad.values, grad.indices, *numbers], change)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        with get_default_graph().control_dependencies(update_ops):
            powers = self._get_beta_accumulators()
            betas = self._as(powers[0].dtype, "beta1", "beta2")
            raised = [
                update_op("Assign", [power], [beta], _times(power)) for power, beta in zip(powers, betas)
            ]
        return group(*update_ops, *raised, name=name_scope)


def _times(power: Any) -> Any:
    def change(emitter: Any, beta: Any) -> None:
        value = emitter.variable_value(power)
        emitter.write(power).assign(value * beta)

    return change


@export("train.RMSPropOptimizer")
class RMSPropOptimizer(_WithNumbers):
    """Gradients divided by the root of their mean square (T. Tieleman and G. Hinton, 2012)."""

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate, self._decay, self._momentum, self._epsilon = (
            learning_rate,
            decay,
            momentum,
            epsilon,
        )
        self._centered = centered
        self._keep(learning_rate=learning_rate, decay=decay, momentum=momentum, epsilon=epsilon)

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._get_or_make_slot_with_initializer(var, Ones(), var.shape, var.dtype, "rms", self._name)
            if self._centered:
                self._zeros_slot(var, "mg", self._name)
            self._zeros_slot(var, "momentum", self._name)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        centered = self._centered

        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            value, square, moment = olds[:3]
            rate, decay, momentum, epsilon = numbers
            square = square + (gradient * gradient - square) * (1.0 - decay)
            if centered:
                mean = olds[3] + (gradient - olds[3]) * (1.0 - decay)
                spread = square - mean * mean + epsilon
            else:
                spread = square + epsilon
            moment = moment * momentum + (gradient * rate) / tg.sqrt(spread)
            return [value - moment, square, moment, *([mean] if centered else [])]

        slots = [self.get_slot(var, "rms"), self.get_slot(var, "momentum")]
        if centered:
            slots.append(self.get_slot(var, "mg"))
        numbers = self._as(var.dtype, "learning_rate", "decay", "momentum", "epsilon")
        kind = "ApplyCenteredRMSProp" if centered else "ApplyRMSProp"
        return elementwise(kind, [var, *slots], numbers, grad, formula)

    _apply_sparse = _apply_dense


@export("train.AdagradOptimizer")
class AdagradOptimizer(_WithNumbers):
    """Gradients divided by the root of the sum of their squares (J. Duchi et al., 2011)."""

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate, self._initial = learning_rate, initial_accumulator_value
        self._keep(learning_rate=learning_rate)

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            initial = Constant(self._initial)
            self._get_or_make_slot_with_initializer(
                var, initial, var.shape, var.dtype, "accumulator", self._name
            )

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            value, sum_ = olds
            sum_ = sum_ + gradient * gradient
            return [value - gradient * numbers[0] * tg.math.rsqrt(sum_), sum_]

        slot = self.get_slot(var, "accumulator")
        return elementwise("ApplyAdagrad", [var, slot], self._as(var.dtype, "learning_rate"), grad, formula)

    _apply_sparse = _apply_dense


@export("train.AdadeltaOptimizer")
class AdadeltaOptimizer(_WithNumbers):
    """Steps of the size of the last ones (M. Zeiler, 2012)."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self._keep(lr=learning_rate, rho=rho, epsilon=epsilon)

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "accum", self._name)
            self._zeros_slot(var, "accum_update", self._name)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            value, sum_, steps = olds
            rate, rho, epsilon = numbers
            sum_ = sum_ * rho + gradient * gradient * (1.0 - rho)
            step = tg.sqrt(steps + epsilon) * tg.math.rsqrt(sum_ + epsilon) * gradient
            return [value - step * rate, sum_, steps * rho + step * step * (1.0 - rho)]

        slots = [self.get_slot(var, "accum"), self.get_slot(var, "accum_update")]
        return elementwise(
            "ApplyAdadelta", [var, *slots], self._as(var.dtype, "lr", "rho", "epsilon"), grad, formula
        )

    _apply_sparse = _apply_dense


@export("train.FtrlOptimizer")
class FtrlOptimizer(_WithNumbers):
    """Follow the regularized leader (H. B. McMahan et al., 2013)."""

    def __init__(
        self, learning_rate: Any, learning_rate_power: Any = -0.5, initial_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0, l2_regularization_strength: Any = 0.0, use_locking: bool = False,
        name: str = "Ftrl", accum_name: str | None = None, linear_name: str | None = None,
        l2_shrinkage_regularization_strength: Any = 0.0, beta: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._initial, self._accum_name, self._linear_name = (
            initial_accumulator_value,
            accum_name,
            linear_name,
        )
        self._keep(
            learning_rate=learning_rate,
            power=learning_rate_power,
            l1=l1_regularization_strength,
            l2=l2_regularization_strength,
            shrinkage=l2_shrinkage_regularization_strength,
            beta=0.0 if beta is None else beta,
        )

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._get_or_make_slot_with_initializer(
                var, Constant(self._initial), var.shape, var.dtype, "accum", self._accum_name or self._name
            )
            self._zeros_slot(var, "linear", self._linear_name or self._name)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            value, sum_, linear = olds
            rate, power, l1, l2, shrinkage, beta = numbers
            l2 = l2 + beta / (2.0 * rate)
            shrunk = gradient + 2.0 * shrinkage * value
            new = sum_ + gradient * gradient
            linear = linear + shrunk - (new**-power - sum_**-power) / rate * value
            quadratic = new**-power / rate + 2.0 * l2
            inside = tg.abs(linear) <= l1
            value = tg.where(inside, tg.zeros_like(value), (l1 * tg.sign(linear) - linear) / quadratic)
            return [value, new, linear]

        slots = [self.get_slot(var, "accum"), self.get_slot(var, "linear")]
        numbers = self._as(var.dtype, "learning_rate", "power", "l1", "l2", "shrinkage", "beta")
        return elementwise("ApplyFtrl", [var, *slots], numbers, grad, formula)

    _apply_sparse = _apply_dense


def _proximal(value: Any, rate: Any, l1: Any, l2: Any) -> Any:
    return tg.sign(value) * tg.maximum(tg.abs(value) - rate * l1, 0.0) / (1.0 + rate * l2)


@export("train.ProximalGradientDescentOptimizer")
class ProximalGradientDescentOptimizer(_WithNumbers):
    """Gradient descent with L1 and L2 terms taken exactly (J. Duchi and Y. Singer, 2009)."""

    def __init__(
        self, learning_rate: Any, l1_regularization_strength: Any = 0.0, l2_regularization_strength: Any = 0.0,
        use_locking: bool = False, name: str = "ProximalGradientDescent",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._keep(learning_rate=learning_rate, l1=l1_regularization_strength, l2=l2_regularization_strength)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            rate, l1, l2 = numbers
            return [_proximal(olds[0] - rate * gradient, rate, l1, l2)]

        return elementwise(
            "ApplyProximalGradientDescent",
            [var],
            self._as(var.dtype, "learning_rate", "l1", "l2"),
            grad,
            formula,
        )

    _apply_sparse = _apply_dense


@export("train.ProximalAdagradOptimizer")
class ProximalAdagradOptimizer(_WithNumbers):
    """Adagrad with L1 and L2 terms taken exactly."""

    def __init__(
        self, learning_rate: Any, initial_accumulator_value: float = 0.1, l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0, use_locking: bool = False, name: str = "ProximalAdagrad",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._initial = initial_accumulator_value
        self._keep(learning_rate=learning_rate, l1=l1_regularization_strength, l2=l2_regularization_strength)

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._get_or_make_slot_with_initializer(
                var, Constant(self._initial), var.shape, var.dtype, "accumulator", self._name
            )

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            value, sum_ = olds
            rate, l1, l2 = numbers
            sum_ = sum_ + gradient * gradient
            own = rate * tg.math.rsqrt(sum_)
            return [_proximal(value - own * gradient, own, l1, l2), sum_]

        slot = self.get_slot(var, "accumulator")
        return elementwise(
            "ApplyProximalAdagrad",
            [var, slot],
            self._as(var.dtype, "learning_rate", "l1", "l2"),
            grad,
            formula,
        )

    _apply_sparse = _apply_dense


@export("train.AdagradDAOptimizer")
class AdagradDAOptimizer(_WithNumbers):
    """Adagrad by dual averaging: what a variable is follows from the sums of gradients and squares."""

    def __init__(
        self, learning_rate: Any, global_step: Any, initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0, l2_regularization_strength: Any = 0.0, use_locking: bool = False,
        name: str = "AdagradDA",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._initial = initial_gradient_squared_accumulator_value
        self._keep(
            learning_rate=learning_rate,
            l1=l1_regularization_strength,
            l2=l2_regularization_strength,
            step=global_step,
        )

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "gradient_accumulator", f"{self._name}/gradient_accumulator")
            self._get_or_make_slot_with_initializer(
                var, Constant(self._initial), var.shape, var.dtype, "gradient_squared_accumulator",
                f"{self._name}/gradient_squared_accumulator",
            )  # fmt: skip

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        def formula(olds: Any, numbers: Any, gradient: Any) -> list[Any]:
            _, sum_, squares = olds
            rate, l1, l2, step = numbers
            sum_, squares = sum_ + gradient, squares + gradient * gradient
            count = step + 1.0
            shrunk = tg.sign(sum_) * tg.maximum(tg.abs(sum_) - l1 * count, 0.0)
            return [-(shrunk * rate) / (l2 * count * rate + tg.sqrt(squares)), sum_, squares]

        slots = [
            self.get_slot(var, "gradient_accumulator"),
            self.get_slot(var, "gradient_squared_accumulator"),
        ]
        numbers = self._as(var.dtype, "learning_rate", "l1", "l2", "step")
        return elementwise("ApplyAdagradDA", [var, *slots], numbers, grad, formula)

    _apply_sparse = _apply_dense
