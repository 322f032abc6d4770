"""The base class of optimizers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import tensegra as tg

from .. import _registry
from .._errors import check_range, invalid, not_ready, unimplemented
from .._names import snake_case, unique_name
from .._user_code import as_called
from .schedules._learning_rate_schedule import LearningRateSchedule


class Optimizer:
    """Changes variables so that a loss becomes smaller.

    A subclass makes the state of each variable in `build` and writes one step in `update_step`.

    Args:
        learning_rate: A number or a schedule.
        weight_decay: What share of each variable is taken away per step, times the learning rate.
        clipnorm: The greatest norm of each gradient.
        clipvalue: The greatest absolute value in a gradient.
        global_clipnorm: The greatest norm of all gradients together.
        name: A name; made from the class if not given.

    Raises:
        tg.errors.InvalidArgumentError: A negative argument, or more than one way of clipping (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> class Signs(tg.layers.optimizers.Optimizer):
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         variable.assign_sub(learning_rate * tg.sign(gradient))
        >>> x = tg.Variable(2.0)
        >>> Signs(learning_rate=0.5).apply_gradients([(tg.constant(7.0), x)])
        >>> float(x)
        1.5
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
    ) -> None:
        where = type(self).__name__
        self.name = name or unique_name(snake_case(where))
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = {key: value for key, value in clips.items() if value is not None}
        if len(given) > 1:
            raise invalid(
                where,
                "gradients are clipped in one way only.",
                ", ".join(f"{key}={value}" for key, value in given.items()),
                "Keep one of them.",
                "TG-1002",
            )
        for key, value in {**given, "weight_decay": weight_decay or 0.0}.items():
            check_range(where, key, value, 0.0, 1e300)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.built = False
        self._trained: list[tg.Variable] = []
        self._places: dict[int, int] = {}
        self._not_decayed: list[str] = []
        with tg.init_scope():
            self.iterations = tg.Variable(
                tg.constant(0, dtype=tg.int64), trainable=False, name=f"{self.name}/iterations"
            )
        self._variables: list[tg.Variable] = [self.iterations]
        self._learning_rate: Any
        if isinstance(learning_rate, dict):
            learning_rate = _registry.get("schedule", learning_rate)
        if isinstance(learning_rate, LearningRateSchedule):
            self._learning_rate = learning_rate
        else:
            rate = check_range(where, "learning_rate", learning_rate, 0.0, 1e300)
            with tg.init_scope():
                self._learning_rate = tg.Variable(
                    tg.constant(rate, dtype=tg.float32), trainable=False, name=f"{self.name}/learning_rate"
                )
            self._variables.append(self._learning_rate)

    # What a subclass writes.

    def build(self, variables: Sequence[tg.Variable]) -> None:
        """Makes the state for the variables to be trained."""
        self._trained = list(variables)
        self._places = {id(variable): place for place, variable in enumerate(self._trained)}
        self.built = True

    def update_step(self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor) -> None:
        """Changes one variable."""
        raise unimplemented(
            type(self).__name__,
            "an optimizer changes a variable in update_step().",
            "a class without it",
            "Write update_step() in the class.",
        )

    def _fused_step(
        self, gradient: tg.Tensor, variable: tg.Variable, learning_rate: tg.Tensor, weight_decay: float
    ) -> bool:
        """Changes one variable, weight decay included, in one pass over memory; False: by `update_step` instead."""
        return False

    # Use.

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, tg.Variable]]) -> None:
        """One step.

        Args:
            grads_and_vars: Pairs of a gradient (None: the variable stays) and its variable.

        Raises:
            tg.errors.InvalidArgumentError: Not one gradient (TG-1030), or a variable that the optimizer was
                not built for (TG-1031).
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[tg.Variable] | None = None) -> None:
        """One step, as `apply_gradients`.

        Args:
            grads: Gradients, None where there is none.
            trainable_variables: Their variables; those given to `build` if not given.
        """
        if trainable_variables is None:
            if not self.built:
                raise not_ready(
                    self.name,
                    "apply() without variables needs an optimizer that was built.",
                    "an unbuilt optimizer",
                    "Call build(variables), or pass trainable_variables.",
                    "TG-1031",
                )
            trainable_variables = self._trained
        if not self.built:
            with tg.init_scope():
                self.build(trainable_variables)
        self._check_known(trainable_variables)
        pairs = [(g, v) for g, v in zip(grads, trainable_variables) if g is not None]
        if not pairs:
            raise invalid(
                self.name,
                "at least one variable must have a gradient.",
                f"no gradient for any of {[variable.name for variable in trainable_variables]}",
                "Check that the loss depends on the variables, and that no step leaves the tape.",
                "TG-1030",
            )
        gradients = self._clipped([tg.convert_to_tensor(gradient) for gradient, _ in pairs])
        learning_rate = self._current_learning_rate()
        self._prepare(learning_rate)
        for gradient, (_, variable) in zip(gradients, pairs):
            if self._fused_step(gradient, variable, learning_rate, self._decay_of(variable)):
                continue
            rate = learning_rate if variable.dtype == tg.float32 else tg.cast(learning_rate, variable.dtype)
            if decay := self._decay_of(variable):
                variable.assign_sub(variable.read_value() * (rate * decay))
            self.update_step(gradient, variable, rate)
        self.iterations.assign_add(tg.constant(1, dtype=tg.int64))

    def exclude_from_weight_decay(self, var_names: Sequence[str]) -> None:
        """Keeps variables from decaying whose name contains one of `var_names`, such as "bias"."""
        self._not_decayed = list(var_names)

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a variable, or a tensor if there is a schedule. Setting it is for the former only.

        Raises:
            tg.errors.FailedPreconditionError: Setting it when there is a schedule (TG-1032).
        """
        return self._current_learning_rate() if self._scheduled else self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if self._scheduled:
            raise not_ready(
                self.name,
                "a schedule sets the learning rate.",
                f"learning_rate={value}",
                "Make the optimizer with a number to set it by hand.",
                "TG-1032",
            )
        self._learning_rate.assign(tg.cast(tg.convert_to_tensor(value), tg.float32))

    def _tensegra_children(self) -> dict[str, Any]:
        """What a checkpoint holds of it."""
        return {"_variables": self._variables}

    @property
    def variables(self) -> list[tg.Variable]:
        """The state: the number of steps, the learning rate, and what each variable has."""
        return list(self._variables)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        rate = (
            _registry.serialize(self._learning_rate)
            if self._scheduled
            else float(self._learning_rate.numpy())
        )
        return {
            "name": self.name,
            "learning_rate": rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "clipvalue": self.clipvalue,
            "global_clipnorm": self.global_clipnorm,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The optimizer that `get_config` described, without its state."""
        return cls(**config)

    # Help for subclasses.

    def add_variable_from_reference(self, reference_variable: tg.Variable, name: str) -> tg.Variable:
        """A new part of the state, zeros like `reference_variable`."""
        reference = reference_variable.name.removesuffix(":0")
        with tg.init_scope():
            variable = tg.Variable(
                tg.zeros(list(reference_variable.shape), dtype=reference_variable.dtype),
                trainable=False,
                name=f"{self.name}/{reference}_{name}",
            )
            self._variables.append(variable)  # before the scope ends: a checkpoint may wait for it
        return variable

    def _slots(self, name: str) -> list[tg.Variable]:
        return [self.add_variable_from_reference(variable, name) for variable in self._trained]

    def _place(self, variable: tg.Variable) -> int:
        """The index of a variable in the lists that `_slots` returned."""
        return self._places[id(variable)]

    def _prepare(self, learning_rate: tg.Tensor) -> None:
        """Computes what the steps of all variables share."""

    # Parts of a step.

    def _decay_of(self, variable: tg.Variable) -> float:
        """The weight decay of a variable; 0 where it has none."""
        spared = any(part in variable.name for part in self._not_decayed)
        return 0.0 if spared or not self.weight_decay else float(self.weight_decay)

    @property
    def _scheduled(self) -> bool:
        return isinstance(self._learning_rate, LearningRateSchedule)

    def _current_learning_rate(self) -> tg.Tensor:
        if self._scheduled:
            return as_called(self._learning_rate)(self.iterations.read_value())
        return self._learning_rate.read_value()

    def _check_known(self, variables: Sequence[tg.Variable]) -> None:
        unknown = [variable.name for variable in variables if id(variable) not in self._places]
        if unknown:
            raise invalid(
                self.name,
                "an optimizer trains the variables that it was built for.",
                f"unknown variables={unknown}",
                "Use a new optimizer for other variables, and recompile a model whose layers changed.",
                "TG-1031",
            )

    def _clipped(self, gradients: list[tg.Tensor]) -> list[tg.Tensor]:
        if self.clipnorm is not None:
            return [_scaled(g, tg.sqrt(tg.reduce_sum(tg.square(g))), self.clipnorm) for g in gradients]
        if self.global_clipnorm is not None:
            squares = [tg.cast(tg.reduce_sum(tg.square(g)), tg.float32) for g in gradients]
            norm = tg.sqrt(tg.reduce_sum(tg.stack(squares)))
            return [_scaled(g, tg.cast(norm, g.dtype), self.global_clipnorm) for g in gradients]
        if self.clipvalue is not None:
            bound = self.clipvalue
            return [
                tg.minimum(
                    tg.maximum(g, tg.constant(-bound, dtype=g.dtype)), tg.constant(bound, dtype=g.dtype)
                )
                for g in gradients
            ]
        return gradients


def _scaled(gradient: tg.Tensor, norm: tg.Tensor, bound: float) -> tg.Tensor:
    """`gradient` scaled down so that a norm above `bound` becomes `bound`."""
    limit = tg.constant(bound, dtype=gradient.dtype)
    return gradient * (limit / tg.maximum(norm, limit))
