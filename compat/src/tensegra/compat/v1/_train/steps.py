"""The global step, learning rates that follow from it, moving averages."""

from __future__ import annotations

import math
from typing import Any

from .._apply import apply, convert_to_tensor, is_graph_value
from .._control import group
from .._core import tg
from .._errors import invalid
from .._graph import Graph, GraphKeys, get_default_graph, name_scope
from .._initializers import Zeros
from .._symbols import export
from .._tensor import Tensor
from .._variable_scope import get_variable
from .._variables import Variable, moving_average_variables, trainable_variables
from . import slots


@export("train.get_global_step contrib.framework.get_global_step")
def get_global_step(graph: Graph | None = None) -> Any:
    """The variable that counts training steps, or None."""
    graph = graph or get_default_graph()
    found = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(found) == 1:
        return found[0]
    if not found:
        known = [
            each for each in graph.get_collection(GraphKeys.GLOBAL_VARIABLES) if each.op.name == "global_step"
        ]
        return known[0] if known else None
    raise invalid(
        "train.get_global_step", "there is one global step", f"{len(found)}", "Make one only.", "TG-7268"
    )


@export("train.create_global_step contrib.framework.create_global_step")
def create_global_step(graph: Graph | None = None) -> Any:
    """Makes the variable that counts training steps."""
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise invalid(
            "train.create_global_step",
            "there is one global step",
            "another one",
            "See get_or_create_global_step.",
            "TG-7268",
        )
    with graph.as_default(), name_scope(None):
        return get_variable(
            GraphKeys.GLOBAL_STEP, shape=[], dtype=tg.int64, initializer=Zeros(), trainable=False,
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
        )  # fmt: skip


@export("train.get_or_create_global_step contrib.framework.get_or_create_global_step")
def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """The variable that counts training steps; made where it is missing."""
    graph = graph or get_default_graph()
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found


@export("train.assert_global_step contrib.framework.assert_global_step")
def assert_global_step(global_step_tensor: Any) -> None:
    """Raises unless it is an integer scalar."""
    if not (isinstance(global_step_tensor, (Variable, Tensor)) and global_step_tensor.dtype.is_integer):
        raise invalid(
            "train.assert_global_step",
            "a global step is an integer variable",
            repr(global_step_tensor),
            "See there.",
            "TG-7268",
        )


@export("train.global_step")
def global_step(sess: Any, global_step_tensor: Any) -> int:
    """The number of steps in a session."""
    return int(sess.run(global_step_tensor))


# ---- learning rates


def _schedule(
    name: str, function: Any, rate: Any, step: Any, *numbers: Any, op_name: str | None = None
) -> Tensor:
    start = convert_to_tensor(rate, name="learning_rate")
    dtype = start.dtype

    def lower(first: Any, count: Any, *given: Any) -> Any:
        values = [
            tg.cast(each, dtype) if isinstance(each, tg.Tensor) else tg.constant(each, dtype)
            for each in (count, *given)
        ]
        return function(first, *values)

    # In 1.x a variable is read where the rate is used.
    return apply(name, lower, start, convert_to_tensor(step), *numbers, op_name=op_name or name)  # type: ignore[no-any-return]


@export("train.exponential_decay")
def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate * decay_rate ** (global_step / decay_steps)."""
    if global_step is None:
        raise invalid(
            "train.exponential_decay",
            "there must be a global step",
            "None",
            "See get_or_create_global_step.",
            "TG-7268",
        )

    def function(rate: Any, step: Any, steps: Any, base: Any) -> Any:
        power = step / steps
        return rate * base ** (tg.floor(power) if staircase else power)

    return _schedule(
        "ExponentialDecay", function, learning_rate, global_step, decay_steps, decay_rate, op_name=name
    )


@export("train.natural_exp_decay")
def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate * exp(-decay_rate * global_step / decay_steps)."""

    def function(rate: Any, step: Any, steps: Any, factor: Any) -> Any:
        power = step / steps
        return rate * tg.exp(-factor * (tg.floor(power) if staircase else power))

    return _schedule(
        "ExponentialTimeDecay", function, learning_rate, global_step, decay_steps, decay_rate, op_name=name
    )


@export("train.inverse_time_decay")
def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate / (1 + decay_rate * global_step / decay_steps)."""

    def function(rate: Any, step: Any, steps: Any, factor: Any) -> Any:
        power = step / steps
        return rate / (1.0 + factor * (tg.floor(power) if staircase else power))

    return _schedule(
        "InverseTimeDecay", function, learning_rate, global_step, decay_steps, decay_rate, op_name=name
    )


@export("train.polynomial_decay")
def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Tensor:
    """From learning_rate to end_learning_rate in decay_steps."""

    def function(rate: Any, step: Any, steps: Any, end: Any, exponent: Any) -> Any:
        if cycle:
            times = tg.where(tg.equal(step, 0.0), tg.ones_like(step), tg.math.ceil(step / steps))
            steps = steps * times
        else:
            step = tg.minimum(step, steps)
        return (rate - end) * (1.0 - step / steps) ** exponent + end

    return _schedule(
        "PolynomialDecay",
        function,
        learning_rate,
        global_step,
        decay_steps,
        end_learning_rate,
        power,
        op_name=name,
    )


@export("train.cosine_decay")
def cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, alpha: Any = 0.0, name: str | None = None
) -> Tensor:
    """From learning_rate to alpha * learning_rate along a cosine."""

    def function(rate: Any, step: Any, steps: Any, least: Any) -> Any:
        done = tg.minimum(step, steps) / steps
        wave = 0.5 * (1.0 + tg.cos(tg.constant(math.pi, rate.dtype) * done))
        return rate * ((1.0 - least) * wave + least)

    return _schedule("CosineDecay", function, learning_rate, global_step, decay_steps, alpha, op_name=name)


@export("train.cosine_decay_restarts")
def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """Cosines one after the other, each t_mul times as long and m_mul times as high."""

    def function(rate: Any, step: Any, steps: Any, least: Any) -> Any:
        done = step / steps
        if t_mul == 1.0:
            number = tg.floor(done)
            done = done - number
        else:
            number = tg.floor(tg.math.log(1.0 - done * (1.0 - t_mul)) / math.log(t_mul))
            sum_ = (1.0 - t_mul**number) / (1.0 - t_mul)
            done = (done - sum_) / t_mul**number
        wave = 0.5 * m_mul**number * (1.0 + tg.cos(tg.constant(math.pi, rate.dtype) * done))
        return rate * ((1.0 - least) * wave + least)

    return _schedule(
        "SGDRDecay", function, learning_rate, global_step, first_decay_steps, alpha, op_name=name
    )


@export("train.linear_cosine_decay")
def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: float = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """A line times a cosine."""

    def function(rate: Any, step: Any, steps: Any, least: Any, floor: Any) -> Any:
        step = tg.minimum(step, steps)
        wave = 0.5 * (1.0 + tg.cos(tg.constant(math.pi * 2.0 * num_periods, rate.dtype) * step / steps))
        return rate * ((least + (steps - step) / steps) * wave + floor)

    return _schedule(
        "LinearCosineDecay", function, learning_rate, global_step, decay_steps, alpha, beta, op_name=name
    )


@export("train.piecewise_constant train.piecewise_constant_decay")
def piecewise_constant(x: Any, boundaries: Any, values: Any, name: str | None = None) -> Tensor:
    """One of several values, by where the step is."""
    if len(boundaries) != len(values) - 1:
        raise invalid(
            "train.piecewise_constant",
            "there is one value more than boundaries",
            f"{len(boundaries)} and {len(values)}",
            "Add one.",
            "TG-7268",
        )

    def function(step: Any, limits: Any, given: Any) -> Any:
        made = tg.convert_to_tensor(given[0])
        for limit, value in zip(limits, given[1:]):
            edge = limit if isinstance(limit, tg.Tensor) else tg.constant(limit, step.dtype)
            made = tg.where(step > edge, tg.convert_to_tensor(value), made)
        return made

    return apply(
        "PiecewiseConstant", function, convert_to_tensor(x), list(boundaries), list(values), op_name=name
    )  # type: ignore[no-any-return]


# ---- moving averages


def assign_moving_average(
    variable: Any, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> Any:
    """An op that moves a variable towards a value."""
    with name_scope(name, "AssignMovingAvg") as scope:
        rest = apply(
            "sub",
            lambda d: 1.0 - d,
            convert_to_tensor(decay, variable.dtype) if not is_graph_value(decay) else decay,
        )
        delta = apply("mul", lambda old, new, rate: (old - new) * rate, variable, value, rest)
        return variable.assign_sub(delta, name=scope)


@export("train.ExponentialMovingAverage")
class ExponentialMovingAverage:
    """Averages of variables that forget what is long ago."""

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        self._decay, self._num_updates, self._zero_debias, self._name = decay, num_updates, zero_debias, name
        self._averages: dict[Any, Any] = {}

    @property
    def name(self) -> str:
        """What the names of the averages end with."""
        return self._name

    def apply(self, var_list: Any = None) -> Any:
        """An op that moves the averages on; makes them when first called."""
        variables = list(trainable_variables() if var_list is None else var_list)
        graph = get_default_graph()
        for var in variables:
            if var in self._averages:
                raise invalid(
                    "train.ExponentialMovingAverage",
                    "a variable has one average",
                    repr(var),
                    "Call apply once.",
                    "TG-7268",
                )
            with graph.control_dependencies(None):
                if isinstance(var, Variable):
                    average = slots.create_slot(var, var.initialized_value(), self._name)
                    graph.add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, var)
                else:
                    average = slots.create_zeros_slot(var, self._name)
            self._averages[var] = average
        with name_scope(self._name) as scope:
            decay: Any = (
                convert_to_tensor(self._decay, tg.float32, name="decay")
                if not is_graph_value(self._decay)
                else self._decay
            )
            if self._num_updates is not None:
                decay = apply(
                    "Minimum", lambda d, n: tg.minimum(d, (1.0 + tg.cast(n, d.dtype)) / (10.0 + tg.cast(n, d.dtype))),
                    decay, convert_to_tensor(self._num_updates),
                )  # fmt: skip
            updates = []
            for var in variables:
                average = self._averages[var]
                own = (
                    decay
                    if average.dtype == tg.float32
                    else apply("Cast", lambda d, k=average.dtype: tg.cast(d, k), decay)
                )
                if self._zero_debias and not isinstance(var, Variable):
                    updates.append(_debiased(average, var, own))
                else:
                    updates.append(assign_moving_average(average, var, own))
            return group(*updates, name=scope)

    def average(self, var: Any) -> Any:
        """The variable that holds an average, or None."""
        return self._averages.get(var)

    def average_name(self, var: Any) -> str:
        """The name of that variable."""
        if var in self._averages:
            return self._averages[var].op.name  # type: ignore[no-any-return]
        return get_default_graph().unique_name(f"{var.op.name}/{self._name}", mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Any = None) -> dict[str, Any]:
        """Names of averages and the variables that should get them."""
        names: dict[str, Any] = {}
        moving = list(moving_avg_variables or [*trainable_variables(), *moving_average_variables()])
        for var in dict.fromkeys(moving):
            names[self.average_name(var)] = var
        taken = {var.op.name for var in moving}
        for var in get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES):
            if var.op.name not in taken and var.op.name not in names:
                names[var.op.name] = var
        return names


def _debiased(average: Any, value: Any, decay: Any) -> Any:
    """An average that begins with zeros, without their weight."""
    with name_scope(None):
        biased = slots.create_zeros_slot(average, "biased")
        step = slots.create_slot(average, convert_to_tensor(0.0), "local_step")

    def change(emitter: Any, new: Any, rate: Any) -> None:
        old, count = emitter.variable_value(biased), emitter.variable_value(step) + 1.0
        moved = old - (old - new) * (1.0 - rate)
        emitter.write(biased).assign(moved)
        emitter.write(step).assign(count)
        emitter.write(average).assign(moved / (1.0 - rate**count))

    from .optimizer import update_op

    return update_op("AssignMovingAvg", [average, biased, step], [value, decay], change)
