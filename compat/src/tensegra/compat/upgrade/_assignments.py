"""Reads the assignments of a graph program: what each one makes, and what is to become of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import libcst as cst

from ._arguments import bind_arguments
from ._helpers import Helper, repeated_or_conditional, walk
from ._names import assigned_value, binds, name_reads, target_names
from ._values import GRAPH_ONLY, Kind, Train, Unit, Value

if TYPE_CHECKING:
    from ._program import Program

_MINIMIZE = ("loss", "global_step", "var_list", "gate_gradients", "aggregation_method",
             "colocate_gradients_with_ops", "name", "grad_loss")  # fmt: skip
_MADE_BY_ROLE = {
    "placeholder": Kind.PLACEHOLDER,
    "session": Kind.SESSION,
    "optimizer": Kind.OPTIMIZER,
    "initializer": Kind.INIT,
    "graph": Kind.GRAPH,
    "config": Kind.CONFIG,
    "collection": Kind.COLLECTION,
}


class AssignmentReader:
    """Sorts assignments into parts of the graph, variables, tensors and plain Python."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def read_assign(self, unit: Unit, small: cst.Assign) -> None:
        value = small.value
        role = self.program.role(value) if isinstance(value, cst.Call) else None
        made = _MADE_BY_ROLE.get(role or "")
        if isinstance(value, cst.Call) and self._read_iterator(unit, small, value):
            return
        named = len(small.targets) == 1 and isinstance(small.targets[0].target, cst.Name)
        if isinstance(value, cst.Call) and role in ("summaries", "writer") and named:
            self._read_summaries(unit, small, value, role)
            return
        inner = self._scaled_placeholder(value)
        if inner is not None and len(small.targets) == 1 and isinstance(small.targets[0].target, cst.Name):
            self._read_part(unit, Kind.PLACEHOLDER, inner)
            return
        if self.program.classes.is_alias(small, self.program.env):
            self.program.drop(unit, Kind.SESSION, "there are no sessions: what it ran is called directly")
        elif isinstance(value, cst.Call) and (
            made is not None or self._is_minimize(value) or self.is_group(value)
        ):
            names = list(binds(small))
            if len(small.targets) == len(names) == 1 and isinstance(small.targets[0].target, cst.Name):
                self._read_part(unit, made, value)
            else:
                why = "it is not assigned to exactly one name"
                self.program.refuse(value, self.program.construct(value), why)
                self.program.keep(unit, Kind.PYTHON)
        elif makers := self.program.helpers.variable_makers(value):
            self._read_variables(unit, small, makers)
        else:
            self._read_tensor(unit, small)

    def _read_part(self, unit: Unit, made: Kind | None, call: cst.Call) -> None:
        if made is Kind.PLACEHOLDER:
            unit.action = "spec"
            name = next(iter(binds(unit.node)))
            value = self.program.bind(Value(name, Kind.PLACEHOLDER, unit.line, unit, call))
            unit.defines.append(value)
        elif made is Kind.SESSION:
            self.program.new_session(call)
            self.program.drop(unit, made, "there are no sessions: what it ran is called directly", call)
        elif made is Kind.OPTIMIZER:
            self.program.drop(unit, made, "its step is written out in the training function", call)
        elif made is Kind.INIT or self.is_group(call):
            self.program.drop(
                unit, Kind.INIT, "variables hold their initial values as soon as they are made", call
            )
        elif made is Kind.COLLECTION:
            self.program.scopes.collect(call)
            self.program.drop(unit, made, "its variables are listed where they are trained", call)
        elif made is not None:
            self.program.drop(
                unit, made, "nothing takes its place: there is no graph and no session to set up", call
            )
        else:
            self._read_minimize(unit, call)

    def _read_iterator(self, unit: Unit, small: cst.Assign, call: cst.Call) -> bool:
        """`iterator = dataset.make_one_shot_iterator()` and `x, y = iterator.get_next()`."""
        program = self.program
        if not isinstance(call.func, cst.Attribute) or len(small.targets) != 1:
            return False
        target, owner, method = small.targets[0].target, call.func.value, call.func.attr.value
        names = [e.value for e in target.elements] if isinstance(target, (cst.Tuple, cst.List)) else [target]
        if not all(isinstance(name, cst.Name) for name in names):
            return False
        if method in ("make_one_shot_iterator", "make_initializable_iterator") and not call.args:
            inputs = program.inputs(owner)
            if any(value.kind in GRAPH_ONLY for value in inputs.values()) or not isinstance(target, cst.Name):
                return False
            unit.inputs = inputs
            program.iterators[call] = owner
            program.keep(unit, Kind.ITERATOR)
            unit.defines[0].call = call
            return True
        value = program.env.get(owner.value) if isinstance(owner, cst.Name) else None
        if method != "get_next" or value is None or value.kind is not Kind.ITERATOR:
            return False
        if len(program.history.get(value.name, [])) > 1:
            program.refuse(small, value.name, "the iterator is bound more than once")
        program.drop(unit, Kind.PLACEHOLDER, "each run is given the next element")
        for made in unit.defines:
            made.iterator = value.name
        return True

    def read_summary(self, unit: Unit, call: cst.Call) -> None:
        """`tf.summary.scalar("loss", loss)`: its tensor becomes a part of what is merged."""
        program = self.program
        reference = program.references[call.func]
        bound = bind_arguments(reference.symbol.old if reference.symbol else (), call.args) or {}
        node = bound.get("tensor", bound.get("values"))
        tag = program.scopes.tag(bound["name"].value) if "name" in bound else None
        construct = program.construct(call)
        if set(bound) - {"name", "tensor", "values"}:
            program.refuse(call, construct, "its collections and its family have no counterpart")
        if tag is None or node is None or tag in program.summaries:
            program.refuse(call, construct, "its tag cannot be told from the source, or is there twice")
            return
        if program.shape_of(node.value) is not Kind.TENSOR or program.helpers.variable_makers(call):
            program.refuse(call, construct, "what it shows is no tensor that can be followed")
        histogram = reference.name.endswith("histogram")
        program.summaries[tag] = (node.value, histogram, program.inputs(node.value))
        program.drop(unit, Kind.PYTHON, "its value is part of what merge_all gives")

    def _read_summaries(self, unit: Unit, small: cst.Assign, call: cst.Call, role: str) -> None:
        """`merged = tf.summary.merge_all()` is a dict of tensors; a writer of event files stays."""
        program = self.program
        if role == "writer":
            program.keep(unit, Kind.PYTHON)
            program.writers.add(unit.defines[0].name)
            return
        if call.args or not program.summaries:
            program.refuse(call, program.construct(call), "what it merges cannot be told from the source")
        program.merged[call] = dict(program.summaries)
        for tag, (_, _, inputs) in program.summaries.items():
            changed = [name for name, value in inputs.items() if program.env.get(name) is not value]
            for name in changed:
                program.refuse(
                    call, tag, f"the name {name}, which it shows, is bound anew before it is merged"
                )
            unit.inputs |= inputs
        program.move(unit, small)

    def _scaled_placeholder(self, node: cst.BaseExpression) -> cst.Call | None:
        """`tf.placeholder(...) / 255.`: no name holds the placeholder, so it is the result that is fed."""
        if not isinstance(node, cst.BinaryOperation):
            return None
        left = node.left if isinstance(node.left, cst.Call) else self._scaled_placeholder(node.left)
        plain = isinstance(node.operator, (cst.Add, cst.Subtract, cst.Multiply, cst.Divide))
        if not plain or not isinstance(node.right, cst.BaseNumber) or left is None:
            return None
        dtype = (bind_arguments(("dtype", "shape", "name"), left.args) or {}).get("dtype")
        reference = self.program.references.get(dtype.value) if dtype else None
        floating = reference is not None and reference.name in ("tf.float16", "tf.float32", "tf.float64")
        return left if self.program.role(left) == "placeholder" and floating else None

    def _is_minimize(self, node: cst.CSTNode) -> bool:
        if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)):
            return False
        return node.func.attr.value == "minimize" and self._optimizer(node.func.value) is not None

    def _optimizer(self, node: cst.BaseExpression) -> cst.Call | None:
        if isinstance(node, cst.Call) and self.program.role(node) == "optimizer":
            return node
        if (
            isinstance(node, cst.Name)
            and node.value in self.program.env
            and self.program.env[node.value].kind is Kind.OPTIMIZER
        ):
            return self.program.env[node.value].call
        return None

    def is_group(self, node: cst.CSTNode) -> bool:
        """`tf.group(init, ...)` of initializers."""
        if not (isinstance(node, cst.Call) and self.program.role(node) == "group"):
            return False
        kinds = [
            self.program.reader.kind_of(a.value, self.program.env) for a in node.args if a.keyword is None
        ]
        return bool(kinds) and all(kind is Kind.INIT for kind in kinds)

    def _read_minimize(self, unit: Unit, call: cst.Call) -> None:
        assert isinstance(call.func, cst.Attribute)
        optimizer = self._optimizer(call.func.value)
        assert optimizer is not None
        bound = bind_arguments(_MINIMIZE, call.args)
        reference = self.program.references[optimizer.func]
        assert reference.symbol is not None
        made = bind_arguments(reference.symbol.old, optimizer.args)
        self.program.drop(
            unit, Kind.TRAIN, "the step is a function with a tape; its updates are written out", call
        )
        stateful = reference.symbol.target is not None
        if bound is None or made is None or "loss" not in bound or not (stateful or "learning_rate" in made):
            self.program.refuse(call, "minimize", "its arguments cannot be told apart")
            return
        for name in bound:
            if name not in ("loss", "global_step", "var_list", "name"):
                self.program.refuse(call, "minimize", f"its argument {name} has no counterpart")
        for value in self.program.inputs(bound["var_list"].value).values() if "var_list" in bound else ():
            if value.kind in (Kind.TENSOR, Kind.RANDOM, Kind.PLACEHOLDER):
                why = f"its variables are listed in {value.name}, which is not understood"
                self.program.refuse(call, "minimize", why)
        rate = made["learning_rate"].value if "learning_rate" in made else cst.Float("0.001")
        if stateful:
            self._check_stateful(call, optimizer)
        owner = next((v.unit for v in self.program.env.values() if v.call is optimizer and v.unit), unit)
        self.program.trains[unit.result] = Train(
            value=unit.result,
            unit=unit,
            loss=bound["loss"].value,
            rate=rate,
            rate_inputs=owner.inputs if owner is not unit else self.program.inputs(rate),
            loss_inputs=self.program.inputs(bound["loss"].value),
            variables=bound["var_list"].value if "var_list" in bound else None,
            global_step=bound["global_step"].value if "global_step" in bound else None,
            optimizer=optimizer,
            collected=self._collected(bound["var_list"].value) if "var_list" in bound else None,
            optimizer_name=self.program.fresh_beside(
                unit.result.name, "optimizer", f"{unit.result.name}_optimizer"
            )
            if stateful
            else "",
        )

    def _collected(self, node: cst.BaseExpression) -> list[Value] | None:
        """The variables of a collection that is trained, given by its call or by a name."""
        call = node
        if isinstance(node, cst.Name) and node.value in self.program.env:
            value = self.program.env[node.value]
            if value.kind is not Kind.COLLECTION or value.call is None:
                return None
            call = value.call
        if not (isinstance(call, cst.Call) and self.program.role(call) == "collection"):
            return None
        if call not in self.program.scopes.collections:
            self.program.scopes.collect(call)
        return self.program.scopes.collections[call]

    def _check_stateful(self, call: cst.Call, optimizer: cst.Call) -> None:
        """An optimizer with a memory becomes an object: its arguments must be plain, and it must be used once."""
        inputs = self.program.inputs(optimizer)
        graph = [
            v
            for v in inputs.values()
            if v.kind in (Kind.PLACEHOLDER, Kind.TENSOR, Kind.VARIABLE, Kind.RANDOM)
        ]
        if graph:
            why = f"the optimizer's argument {graph[0].name} is computed by the graph"
            self.program.refuse(call, self.program.construct(optimizer), why)
        if any(train.optimizer is optimizer for train in self.program.trains.values()):
            why = "two training operations share the memory of one optimizer"
            self.program.refuse(call, self.program.construct(optimizer), why)

    def _read_variables(self, unit: Unit, small: cst.Assign, makers: list[cst.Call]) -> None:
        """A statement that makes variables: kept where it is, or split where it also makes tensors."""
        value = small.value
        unit.inputs = self.program.inputs(value)
        split = [m for m in makers if (h := self.program.helpers.called(m)) and not h.returns_variables]
        if not split and self._holds_variables(value):
            self._check_initial(value, self.program.inputs(value))
            if not all(
                isinstance(n, (cst.Name, cst.Tuple, cst.List)) for t in small.targets for n in [t.target]
            ):
                self.program.refuse(
                    small, "tf.Variable", "a variable is stored into an object or a container"
                )
            unpacked = isinstance(small.targets[0].target, (cst.Tuple, cst.List))
            single = unpacked or self.program.helpers.is_variable_call(value)
            factory = self.program.helpers.called(value)
            if factory is not None and factory.returns_several and not unpacked:
                why = "it returns several variables at once; assign each of them to a name"
                self.program.refuse(value, factory.name, why)
            if self.program.helpers.is_cell(value):
                self.program.keep(unit, Kind.LAYER)
                self.program.scopes.note_unknown(unit.defines)
                return
            cells = [maker for maker in makers if self.program.helpers.is_cell(maker)]
            if cells:
                why = "cells are stored into a container; write it into the call of MultiRNNCell"
                self.program.refuse(cells[0], self.program.construct(cells[0]), why)
            self.program.keep(unit, Kind.VARIABLE if single else Kind.VARIABLES)
            direct = isinstance(value, cst.Call) and self.program.role(value) == "variable"
            if direct and len(unit.defines) == 1 and isinstance(value, cst.Call):
                self.program.scopes.note_variable(unit.defines[0], value)
            else:
                self.program.scopes.note_unknown(unit.defines)
            return
        base = next(iter(binds(small)), "layer")
        hidden = set(repeated_or_conditional(value))
        reused: list[Value] = []
        for maker in makers:
            if maker in hidden:
                why = "variables are made in a comprehension, a lambda or a conditional expression; name each of them"
                self.program.refuse(maker, self.program.construct(maker), why)
            helper = self.program.helpers.called(maker)
            shared = self._shared(maker, helper)
            if shared is not None:
                self.program.scopes.reused.append((maker, [value.name for value in shared]))
                reused += shared
                continue
            if helper and helper.split:
                names = [self.program.fresh(f"{base}_{v}") for v in helper.split.variables]
                bound = self.program.helpers.bind(helper, maker)
                if bound is None:
                    self.program.refuse(maker, helper.name, "its star arguments hide which argument is which")
                    continue
                made = {p.name.value for p in helper.split.parameters}
                for parameter, argument in bound.items():
                    if parameter in made:
                        self._check_initial(argument, self.program.inputs(argument))
            elif helper and not helper.returns_variables:
                continue  # could not be taken apart: noted where that was tried
            elif self.program.helpers.is_layer(maker):
                word = "metric" if self.program.is_metric(maker) else "layer"
                names = [self.program.fresh(f"{base}_{word}")]
                applied = list(self.program.helpers.layer_inputs(maker).values())
                for argument in maker.args:
                    if argument not in applied:
                        self._check_initial(argument, self.program.inputs(argument))
            else:
                word = "cell" if self.program.helpers.is_cell(maker) else "variable"
                names = [self.program.fresh(f"{base}_{word}")]
                self._check_initial(maker, self.program.inputs(maker))
            unit.preludes.append((maker, names))
        self._read_tensor(unit, small)
        unit.inputs |= {value.name: value for value in reused}
        for maker, names in unit.preludes:
            helper = self.program.helpers.called(maker)
            values: list[Value] = []
            for place, name in enumerate(names):
                inner = helper.split.variables[place] if helper and helper.split else ""
                layer = (
                    inner in helper.split.layers
                    if helper and helper.split
                    else self.program.helpers.is_layer(maker) or self.program.helpers.is_cell(maker)
                )
                kind = Kind.LAYER if layer else Kind.VARIABLE
                variable = self.program.bind(Value(name, kind, unit.line, unit))
                unit.inputs[name] = variable
                values.append(variable)
            if not self.program.is_metric(maker):
                self.program.scopes.record(maker, helper if helper and helper.split else None, values)

    def _shared(self, maker: cst.Call, helper: Helper | None) -> list[Value] | None:
        """The variables of an earlier call that a call shares."""
        if helper is not None and helper.split is None:
            return None
        if helper is None and not self.program.helpers.is_layer(maker):
            return None
        return None if self.program.is_metric(maker) else self.program.scopes.shared(maker, helper)

    def _holds_variables(self, value: cst.BaseExpression) -> bool:
        """True for a variable, or a display of nothing but variables."""
        if isinstance(value, (cst.Tuple, cst.List)):
            return all(self._holds_variables(element.value) for element in value.elements)
        if isinstance(value, cst.Dict):
            return all(self._holds_variables(element.value) for element in value.elements)
        if isinstance(value, cst.ListComp):
            return self._holds_variables(value.elt)
        return self.program.helpers.is_variable_call(value)

    def _check_initial(self, node: cst.CSTNode, inputs: Mapping[str, Value]) -> None:
        for value in inputs.values():
            if value.kind in (Kind.PLACEHOLDER, Kind.TENSOR):
                why = f"what the variable starts from depends on {value.name}, which is known only when the graph runs"
                self.program.refuse(node, "tf.Variable", why)

    def _read_tensor(self, unit: Unit, small: cst.Assign) -> None:
        value = small.value
        unit.inputs = self.program.inputs(value)
        kind = Kind.TENSOR if unit.preludes else self.program.shape_of(value)
        direct = {v.kind for n in name_reads(value) if (v := self.program.env.get(n.value)) is not None}
        foreign = direct & (GRAPH_ONLY - {Kind.PLACEHOLDER, Kind.TENSOR})
        if kind is not Kind.TENSOR and not foreign:
            self.program.keep(unit, kind)
            return
        if _is_collection(value) and direct <= {Kind.VARIABLE, Kind.VARIABLES}:
            self.program.keep(unit, Kind.VARIABLES)
            return
        if isinstance(value, cst.Name) and direct == {Kind.VARIABLE}:
            self.program.keep(unit, Kind.VARIABLE)
            return
        if foreign:
            what = " and the ".join(sorted(k.value for k in foreign))
            why = (
                f"the {what} is used in a way that is not understood (an optimizer only by minimize, so far)"
            )
            self.program.refuse(small, self.program.construct(value), why)
        if not all(list(target_names(t.target)) for t in small.targets):
            self.program.refuse(
                small,
                self.program.construct(value),
                "a tensor of the graph is stored into an object or a container",
            )
        self.program.move(unit, small)

    def read_augmented(self, unit: Unit, small: cst.AugAssign) -> None:
        """`loss += penalty`: the old value is read and a new one bound."""
        unit.inputs = self.program.inputs(small.value) | self.program.inputs(small.target)
        kinds = {self.program.shape_of(small.value), self.program.shape_of(small.target)}
        if kinds == {Kind.PYTHON}:
            self.program.keep(unit, Kind.PYTHON)
        elif self.program.helpers.variable_makers(small) or not kinds & {Kind.TENSOR, Kind.RANDOM}:
            self.program.refuse(
                small,
                self.program.construct(small.target),
                "only tensors of the graph can be added to in place",
            )
        else:
            self.program.move(unit, small)

    def read_variable_loop(self, unit: Unit, makers: list[cst.Call], kind: Kind) -> None:
        """A block at the top level that makes variables: only lists of them can be followed."""
        lists = set()
        for part in walk(unit.node):
            appended = _appended(part)
            if appended is not None and appended[1] in makers:
                lists.add(appended[0])
                makers = [m for m in makers if m is not appended[1]]
        if makers or (kind is Kind.TENSOR and any(v.kind in GRAPH_ONLY for v in unit.inputs.values())):
            self.program.refuse(
                unit.node,
                "tf.Variable",
                "variables are made inside a block; only lists of them can be followed",
            )
        self.program.keep(unit, Kind.PYTHON)
        for name in sorted(lists):
            self.program.history.pop(name, None)  # the list is filled here, not bound a second time
            unit.defines.append(self.program.bind(Value(name, Kind.VARIABLES, unit.line, unit)))
        self.program.scopes.note_unknown(unit.defines)

    def read_append(self, unit: Unit, small: cst.Expr) -> bool:
        """`tensors.append(x * 2)`: the list is made and filled in the function that needs it."""
        appended = _appended(small.value)
        if appended is None:
            return False
        kind, owner = self.program.shape_of(appended[1]), self.program.env.get(appended[0])
        if kind is Kind.CONSTANT and owner is not None and owner.kind is Kind.PYTHON:
            self.program.keep(unit, Kind.PYTHON)
            return True
        if kind not in (Kind.TENSOR, Kind.RANDOM):
            return False
        if self.program.helpers.variable_makers(small) or not self.take_list(unit, appended[0]):
            return False
        unit.inputs = self.program.inputs(small)
        self.program.move(unit, small)
        unit.defines.append(self.program.bind(Value(appended[0], Kind.TENSOR, unit.line, unit)))
        return True

    def take_list(self, unit: Unit, name: str) -> bool:
        """Moves the statement that made an empty list, where nothing but the graph uses the list; or says False."""
        value = self.program.env.get(name)
        if value is None or value.unit is None:
            return False
        if value.kind is Kind.TENSOR:
            return value in self.program.lists
        made = assigned_value(value.unit.node)
        if value.kind is not Kind.PYTHON or not (isinstance(made, cst.List) and not made.elements):
            return False
        between = self.program.units[value.unit.index + 1 : unit.index]
        functions = [helper.node for helper in self.program.helpers.by_name.values()]
        if any(
            n.value == name for node in [*(u.node for u in between), *functions] for n in name_reads(node)
        ):
            return False
        value.unit.action, value.kind = "move", Kind.TENSOR
        self.program.lists.add(value)
        return True

    def read_filled_lists(self, unit: Unit, stored: list[cst.CSTNode]) -> list[str] | None:
        """The lists that a block of the graph fills; None where it stores anything else."""
        names: list[str] = []
        for part in stored:
            appended = _appended(part.value) if isinstance(part, cst.Expr) else None
            if appended is None:
                return None
            if appended[0] not in names:
                names.append(appended[0])
        local = set(binds(unit.node))
        return names if all(n not in local and self.take_list(unit, n) for n in names) else None


def _is_collection(value: cst.BaseExpression) -> bool:
    """A display of names and of parts of what they name: `[w, weights["out"], *biases]`."""
    if isinstance(value, (cst.Tuple, cst.List, cst.Dict)):
        return all(_is_part(element.value) for element in value.elements)
    return False


def _is_part(node: cst.BaseExpression) -> bool:
    if (
        isinstance(node, cst.Subscript)
        and len(node.slice) == 1
        and isinstance(node.slice[0].slice, cst.Index)
    ):
        index = node.slice[0].slice.value
        return isinstance(index, (cst.SimpleString, cst.Integer, cst.UnaryOperation)) and _is_part(node.value)
    return isinstance(node, cst.Name)


def _appended(node: cst.CSTNode) -> tuple[str, cst.BaseExpression] | None:
    """The list and the value of `name.append(value)`."""
    if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and len(node.args) == 1):
        return None
    owner = node.func.value
    if node.func.attr.value != "append" or not isinstance(owner, cst.Name):
        return None
    return owner.value, node.args[0].value
