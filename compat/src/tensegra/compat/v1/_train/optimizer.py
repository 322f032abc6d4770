"""`Optimizer`: gradients, slots, and the op that applies them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._apply import apply, convert_to_tensor, is_graph_value
from .._control import group
from .._core import tg
from .._errors import invalid, unimplemented
from .._gradients import IndexedSlices, gradients
from .._graph import GraphKeys, get_default_graph, name_scope
from .._symbols import export
from .._tensor import Operation
from .._variables import Variable, assign_add, trainable_variables
from . import slots


@export("train.Optimizer")
class Optimizer:
    """Changes variables along gradients; subclasses say how in `_apply_dense` and `_apply_sparse`."""

    GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise invalid("train.Optimizer", "an optimizer needs a name", repr(name), "Give one.", "TG-7265")
        self._use_locking = use_locking
        self._name = name
        self._slots: dict[str, dict[Any, Any]] = {}
        self._non_slot_dict: dict[tuple[str, Any], Any] = {}

    def get_name(self) -> str:
        """Its name."""
        return self._name

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = 1,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Operation:
        """An op that takes one step against the gradient of a loss.

        Raises:
            ValueError: The loss depends on none of the variables (TG-7266).
        """
        pairs = self.compute_gradients(
            loss, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops, grad_loss
        )
        if not any(gradient is not None for gradient, _ in pairs):
            raise _no_gradients([variable for _, variable in pairs])
        return self.apply_gradients(pairs, global_step=global_step, name=name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = 1,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """Pairs of gradient and variable."""
        if callable(loss):
            loss = loss()
        if gate_gradients not in (0, 1, 2):
            raise invalid(
                "train.Optimizer",
                "gate_gradients is one of the GATE_ constants",
                repr(gate_gradients),
                "See there.",
                "TG-7265",
            )
        if var_list is None:
            var_list = trainable_variables()
        variables: list[Any] = []
        for each in var_list if isinstance(var_list, (list, tuple, set, dict)) else [var_list]:
            variables.extend(each._get_variable_list() if hasattr(each, "_get_variable_list") else
                             (each if isinstance(each, (list, tuple)) else [each]))  # fmt: skip
        if not variables:
            raise invalid(
                "train.Optimizer",
                "there must be variables",
                "none",
                "Make them trainable, or give var_list.",
                "TG-7266",
            )
        found = gradients(loss, variables, grad_ys=grad_loss)
        return list(zip(found, variables))

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Operation:
        """An op that changes variables along gradients.

        Raises:
            ValueError: There is no gradient (TG-7266).
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise invalid(
                "train.Optimizer",
                "there must be variables",
                "none",
                "Give pairs of gradient and variable.",
                "TG-7266",
            )
        given = [
            (
                gradient
                if isinstance(gradient, IndexedSlices)
                else convert_to_tensor(gradient, variable.dtype),
                variable,
            )
            for gradient, variable in pairs
            if gradient is not None
        ]
        if not given:
            raise _no_gradients([variable for _, variable in pairs])
        graph = get_default_graph()
        with graph.control_dependencies(None):
            self._create_slots([variable for _, variable in given])
        with name_scope(name, self._name) as scope:
            self._prepare()
            updates: list[Any] = []
            for gradient, variable in given:
                with name_scope(f"update_{variable.op.name}"):
                    updates.append(self._update(gradient, variable))
            if global_step is None:
                made = self._finish(updates, scope)
            else:
                with graph.control_dependencies([self._finish(updates, "update")]):
                    made = assign_add(global_step, 1, name=scope).op
        train_ops = graph.get_collection_ref(GraphKeys.TRAIN_OP)
        operation: Operation = made if isinstance(made, Operation) else made.op
        if operation not in train_ops:
            train_ops.append(operation)
        return operation

    def _update(self, gradient: Any, variable: Any) -> Any:
        if isinstance(gradient, IndexedSlices):
            made = self._apply_sparse_duplicate_indices(gradient, variable)
        else:
            made = self._apply_dense(gradient, variable)
        if getattr(variable, "constraint", None) is not None:
            with get_default_graph().control_dependencies([made]):
                return variable.assign(variable.constraint(variable.read_value()))
        return made

    # ---- slots

    def get_slot(self, var: Any, name: str) -> Any:
        """A slot of a variable, or None."""
        return self._slots.get(name, {}).get(var)

    def get_slot_names(self) -> list[str]:
        """The names of the slots."""
        return sorted(self._slots)

    def variables(self) -> list[Any]:
        """All variables of the optimizer itself."""
        found = [
            *self._non_slot_dict.values(),
            *(slot for each in self._slots.values() for slot in each.values()),
        ]
        graph = get_default_graph()
        return sorted((each for each in found if each.graph is graph), key=lambda each: each.name)

    def _slot_dict(self, slot_name: str) -> dict[Any, Any]:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Any:
        known = self._slot_dict(slot_name)
        if var not in known:
            known[var] = slots.create_slot(var, val, op_name)
        return known[var]

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: Any, slot_name: str, op_name: str
    ) -> Any:
        known = self._slot_dict(slot_name)
        if var not in known:
            known[var] = slots.create_slot(var, initializer, op_name, dtype, shape)
        return known[var]

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        known = self._slot_dict(slot_name)
        if var not in known:
            known[var] = slots.create_zeros_slot(var, op_name)
        return known[var]

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        key = (name, get_default_graph())
        if key not in self._non_slot_dict:
            self._non_slot_dict[key] = Variable(initial_value, name=name, trainable=False)
        return self._non_slot_dict[key]

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph or get_default_graph()))

    # ---- what subclasses say

    def _create_slots(self, var_list: list[Any]) -> None:
        """Makes slots."""

    def _prepare(self) -> None:
        """Makes the tensors of the options."""

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        raise unimplemented(
            "train.Optimizer", "a subclass says how", type(self).__name__, "Define _apply_dense.", "TG-7267"
        )

    def _resource_apply_dense(self, grad: Any, handle: Any) -> Any:
        return self._apply_dense(grad, handle)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        summed, rows = apply("unique_sum", summed_rows, grad.values, grad.indices)
        made = IndexedSlices(summed, rows, grad.dense_shape)
        made._static = grad.shape  # type: ignore[attr-defined]
        return self._apply_sparse(made, var)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        return self._apply_dense(convert_to_tensor(grad), var)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        return group(*update_ops, name=name_scope)

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) and not is_graph_value(param) else param


def summed_rows(values: Any, indices: Any) -> Any:
    """Rows of one number added up, and the numbers."""
    unique, places = tg.unique(indices)
    return [tg.math.unsorted_segment_sum(values, places, tg.shape(unique)[0]), unique]


def _no_gradients(variables: list[Any]) -> Exception:
    return invalid(
        "train.Optimizer",
        "No gradients provided for any variable: the loss must depend on one of the variables",
        ", ".join(variable.name for variable in variables[:5]),
        "Check the graph between variables and loss for ops without gradient.",
        "TG-7266",
    )


def update_op(
    type: str,
    variables: list[Any],
    inputs: list[Any],
    change: Callable[..., None],
) -> Any:
    """An op that changes variables: `change` takes the emitter and the values of the inputs."""
    tensors = [convert_to_tensor(each) for each in inputs]
    count = len(variables)

    def lower(emitter: Any, *values: Any) -> list[Any]:
        change(emitter, *values[count:])
        return []

    first = variables[0]
    return first.graph.create(
        type, lower, [*[each._reference for each in variables], *tensors], None, outputs=[(first.dtype, first.shape)],
        stateful=True, effect=True, attributes={"alias": first, "writes": list(variables), "unread": count},
    )  # fmt: skip


def elementwise(
    type: str,
    variables: list[Any],
    numbers: list[Any],
    gradient: Any,
    formula: Callable[..., list[Any]],
) -> Any:
    """An op whose new values follow element by element from the old ones, the numbers and the gradient.

    With the gradient of some rows only these rows change. `formula(olds, numbers, gradient)` gives the new values of
    the variables.
    """
    if isinstance(gradient, IndexedSlices):

        def rows(emitter: Any, values: Any, indices: Any, *given: Any) -> None:
            states = [emitter.write(each) for each in variables]
            olds = [tg.gather(state.read_value(), indices) for state in states]
            for state, new in zip(states, formula(olds, given, values)):
                state.scatter_update(tg.IndexedSlices(new, indices))

        return update_op(f"Sparse{type}", variables, [gradient.values, gradient.indices, *numbers], rows)

    def whole(emitter: Any, given_gradient: Any, *given: Any) -> None:
        olds = [emitter.variable_value(each) for each in variables]
        news = formula(olds, given, given_gradient)
        for each, new in zip(variables, news):
            emitter.write(each).assign(new)

    return update_op(type, variables, [gradient, *numbers], whole)
