"""Sorts the statements of a graph into functions: what several runs share, and one function for each kind of run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import libcst as cst

from ._arguments import bind_arguments
from ._classes import GraphClass
from ._marks import marked, plain, scope_of
from ._names import assigned_value, name_reads
from ._program import Program
from ._tree import walk
from ._values import Item, Kind, Run, Train, Unit, Value

_MOVED = (Kind.TENSOR, Kind.RANDOM)


@dataclass(eq=False)
class Function:
    """One function of the output.

    Attributes:
        name: its name.
        parameters: placeholders, and for a shared part also results of other shared parts.
        units: its own statements, in order.
        calls: the shared parts that it calls first.
        results: values that it returns (a shared part).
        trains: the training operations that it performs.
        items: what it returns (a step).
        place: the statement after which it is written.
        holder: the class whose method it is, if any.
    """

    name: str = ""
    parameters: list[Value] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    calls: list[Function] = field(default_factory=list)
    results: list[Value] = field(default_factory=list)
    trains: list[Train] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    is_step: bool = False
    signed: bool = True
    needs: set[Unit] = field(default_factory=set)
    place: Unit | None = None
    holder: GraphClass | None = None


class Plan:
    """The functions of the output and which run calls which."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.steps: list[Function] = []
        self.shared: list[Function] = []
        self.step_of: dict[cst.Call, Function] = {}
        self.scalars = self._scalars()
        for run in sorted(program.runs.values(), key=lambda run: run.line):
            self._assign_step(run)
        self._merge_bare_steps()
        self._settle_random()
        self._share()
        for function in [*self.shared, *self.steps]:
            self._hold(function)
        for function in [*self.shared, *self.steps]:
            self._place(function)
        self._name()
        for function in [*self.shared, *self.steps]:
            self._check_names(function)
        for run in program.runs.values():
            self._check_feeds(run)

    def _scalars(self) -> set[Value]:
        """Placeholders without a shape that are fed nothing but numbers written in the source."""
        fed: dict[Value, list[bool]] = {}
        for run in self.program.runs.values():
            for value, node in run.feeds:
                fed.setdefault(value, []).append(self._is_number(node))
            for name in run.feed_keys:
                for value in self.program.history.get(name, []):
                    fed.setdefault(value, []).append(False)
        return {value for value, numbers in fed.items() if all(numbers) and not has_shape(value)}

    def _is_number(self, node: cst.BaseExpression | None) -> bool:
        if isinstance(node, cst.Name):
            bound = self.program.history.get(node.value, [])
            return len(bound) == 1 and self._is_number(assigned(bound[0].unit))
        return isinstance(node, cst.BaseNumber)

    # ---- which run needs what ----------------------------------------------------------------------------------

    def _assign_step(self, run: Run) -> None:
        trains = [i.value for i in run.items if i.kind is Kind.TRAIN]
        fetched = [i for i in run.items if i.kind is not Kind.TRAIN]
        if not trains and not any(i.kind in (*_MOVED, Kind.PLACEHOLDER) for i in fetched):
            return  # variables and constants are read directly
        wanted = [t for value, t in self.program.trains.items() if value in trains]
        for step in self.steps:
            if step.trains == wanted and self._same_items(step.items, fetched):
                self.step_of[run.call] = step
                return
        needs, placeholders = self.closure(self._roots(wanted, fetched))
        step = Function(is_step=True, trains=wanted, items=fetched, needs=needs)
        step.parameters = sorted(placeholders, key=_place_of)
        self.steps.append(step)
        self.step_of[run.call] = step

    def _same_items(self, one: list[Item], other: list[Item]) -> bool:
        def key(item: Item) -> object:
            return item.value if item.value is not None else self.program.module.code_for_node(item.node)

        same = [key(i) for i in one] == [key(i) for i in other]
        return same and all(i.inputs == j.inputs for i, j in zip(one, other, strict=True))

    def _roots(self, trains: list[Train], items: list[Item]) -> list[Value]:
        roots = [value for item in items for value in item.inputs.values()]
        for train in trains:
            roots += [*train.loss_inputs.values(), *train.rate_inputs.values()]
        return roots

    def closure(self, roots: Iterable[Value]) -> tuple[set[Unit], set[Value]]:
        units: set[Unit] = set()
        placeholders: set[Value] = set()
        stack = list(roots)
        while stack:
            value = stack.pop()
            if value.iterator and value.unit is not None:
                placeholders |= set(value.unit.defines)
            elif value.kind is Kind.PLACEHOLDER:
                placeholders.add(value)
            elif value.kind in _MOVED and value.unit is not None and value.unit not in units:
                units.add(value.unit)
                stack += value.unit.inputs.values()
        return units, placeholders

    def loss_needs(self, train: Train) -> set[Unit]:
        """The statements that the loss depends on."""
        return self.closure(train.loss_inputs.values())[0]

    def _merge_bare_steps(self) -> None:
        """A run of the training operation alone calls the step that also returns its loss."""
        for bare in [s for s in self.steps if s.trains and not s.items]:
            for full in self.steps:
                same = (
                    full.trains == bare.trains
                    and full.parameters == bare.parameters
                    and full.needs == bare.needs
                )
                if same and full.items and all(item.value for item in full.items):
                    self.steps.remove(bare)
                    self.step_of = {c: full if step is bare else step for c, step in self.step_of.items()}
                    break

    def _settle_random(self) -> None:
        """A random tensor that a run fetches is drawn in a function; one that only starts variables stays."""
        moving = {unit for step in self.steps for unit in step.needs}
        for unit in moving:
            if unit.action == "keep":
                unit.action = "move"
                self.program.check_moved(unit, unit.node)
        for unit in self.program.units:
            if unit.action != "keep":
                continue
            for value in unit.inputs.values():
                if value.unit in moving:
                    why = "it both starts a variable and is drawn anew in each run"
                    self.program.refuse(unit.node, value.name, why)

    # ---- what several runs share -------------------------------------------------------------------------------

    def _share(self) -> None:
        users: dict[Unit, frozenset[Function]] = {}
        for step in self.steps:
            for unit in step.needs:
                users[unit] = users.get(unit, frozenset()) | {step}
        groups: dict[frozenset[Function], list[Unit]] = {}
        for unit in sorted(users, key=lambda u: u.index):
            groups.setdefault(users[unit], []).append(unit)
        by_users: dict[frozenset[Function], Function] = {}
        for group, units in groups.items():
            if len(group) == 1:
                next(iter(group)).units = units
            else:
                by_users[group] = Function(units=units)
        order = sorted(by_users, key=lambda g: (-len(g), by_users[g].units[0].index))
        self.shared = [by_users[group] for group in order]
        for group in order:
            self._link(by_users[group])
        for step in self.steps:
            step.calls = [by_users[group] for group in order if step in group]

    def _link(self, part: Function) -> None:
        """Finds what a shared part takes and gives."""
        own = set(part.units)
        taken: dict[Value, None] = {}
        for unit in part.units:
            for value in unit.inputs.values():
                outside = value.kind in _MOVED and value.unit not in own
                if value.kind is Kind.PLACEHOLDER or (outside and value.unit and value.unit.action == "move"):
                    taken[value] = None
        part.parameters = sorted(taken, key=lambda v: v.unit.index if v.unit else 0)
        read: set[Value] = set()
        for unit in self.program.units:
            if unit not in own and unit.action == "move":
                read |= set(unit.inputs.values())
        for step in self.steps:
            read |= set(self._roots(step.trains, step.items))
        part.results = [value for unit in part.units for value in unit.defines if value in read]

    def _hold(self, function: Function) -> None:
        """Finds the class that a function is a method of."""
        values = [*function.parameters, *function.results]
        values += [v for unit in function.units for v in (*unit.defines, *unit.inputs.values())]
        values += self._roots(function.trains, function.items)
        values += [v for unit in function.needs for v in unit.defines]
        for train in function.trains:
            values += [train.value, *(train.collected or ())]
        held = self.program.classes.held
        holders = {held.class_of(scope_of(value.name)) for value in values} - {None}
        if len(holders) > 1:
            node = function.trains[0].unit.node if function.trains else function.items[0].node
            why = "one run needs the graphs of several classes"
            self.program.refuse(node, "run", why, "TG-7172")
        function.holder = next(iter(holders), None)

    # ---- where each function goes, and its name -----------------------------------------------------------------

    def _place(self, function: Function) -> None:
        units = [*function.units, *(v.unit for v in function.parameters if v.unit)]
        units += [unit for call in function.calls for unit in call.units]
        units += [train.unit for train in function.trains]
        if not units:
            units = [v.unit for item in function.items for v in item.inputs.values() if v.unit]
        function.place = max(units, key=lambda u: u.index) if units else None
        if function.place is None and self.program.units:
            function.place = self.program.units[0]
        if function.holder is not None:
            own = [u for u in self.program.units if u.holder is function.holder]
            if function.place is None or function.place.holder is not function.holder:
                function.place = own[-1]
        function.signed = all(has_shape(value) or value in self.scalars for value in function.parameters)
        if function.holder is not None:
            # The decorator of a method is evaluated with the class, when no object has given its sizes yet.
            function.signed &= all(not _reads_object(value) for value in function.parameters)

    def _name(self) -> None:
        for part in self.shared:
            fresh = self._fresh_for(part)
            results = "_".join(plain(value.name).strip("_") for value in part.results)
            part.name = fresh("forward" if len(self.shared) == 1 else f"forward_{results}")
        for step in self.steps:
            fresh = self._fresh_for(step)
            fetched = [self._item_name(item) for item in step.items]
            if len(step.trains) > 1:
                base = "_and_".join(plain(train.value.name) for train in step.trains)
                step.name = fresh(base, *([f"{base}_{'_'.join(fetched)}"] if fetched else []))
            elif step.trains:
                own = plain(step.trains[0].value.name)
                base = own if own.startswith("train") and own != "train" else "train_step"
                wishes = [base] if base == own and not self._named(step.trains[0].value.name) else []
                name = (
                    step.trains[0].value.name
                    if wishes
                    else fresh(base, *([f"{base}_{'_'.join(fetched)}"] if fetched else []))
                )
                step.name = name
            else:
                step.name = fresh("compute_" + ("_and_".join(fetched) if len(fetched) < 4 else "fetches"))

    def _fresh_for(self, function: Function) -> Callable[..., str]:
        """Gives the names of functions: those of methods are in the scope of their class."""
        fresh, holder = self.program.fresh, function.holder
        if holder is None:
            return fresh
        return lambda *wishes: fresh(*(marked(wish, holder.number) for wish in wishes))

    def _named(self, name: str) -> bool:
        return any(step.name == name for step in self.steps)

    def _item_name(self, item: Item) -> str:
        if item.value is not None:
            return plain(item.value.name).strip("_") or "value"
        if isinstance(item.node, cst.Call) and isinstance(item.node.func, cst.Attribute):
            return item.node.func.attr.value
        return "value"

    # ---- checks ------------------------------------------------------------------------------------------------

    def _check_names(self, function: Function) -> None:
        """Follows every name through a function: it must mean there what it meant in the script."""
        scope: dict[str, Value] = {}
        place = function.place.node if function.place else self.program.module
        for value in function.parameters:
            if value.name in scope:
                self.program.refuse(place, value.name, "two values of this name are needed at the same time")
            scope[value.name] = value
        bound = {v.name for unit in function.units for v in unit.defines}
        bound |= {v.name for call in function.calls for v in call.results} | set(scope)
        for call in function.calls:
            for value in call.parameters:
                self._expect(place, scope, value, bound)
            scope |= {value.name: value for value in call.results}
        for unit in function.units:
            for value in unit.inputs.values():
                self._expect(unit.node, scope, value, bound)
            scope |= {value.name: value for value in unit.defines}
        needed = self._roots(function.trains, function.items) if function.is_step else function.results
        for value in needed:
            self._expect(place, scope, value, bound)

    def taped_units(self, function: Function) -> tuple[list[Unit], list[Unit]]:
        """A step's own statements up to the last one that a loss needs, and those after it."""
        needed = {unit for train in function.trains for unit in self.loss_needs(train)}
        last = max((unit.index for unit in function.units if unit in needed), default=-1)
        taped = [unit for unit in function.units if unit.index <= last]
        return taped, function.units[len(taped) :]

    def _expect(self, node: cst.CSTNode, scope: dict[str, Value], value: Value, bound: set[str]) -> None:
        graph = value.kind is Kind.PLACEHOLDER or (
            value.kind in _MOVED and value.unit is not None and value.unit.action == "move"
        )
        if graph:
            if scope.get(value.name) is not value:
                self.program.refuse(
                    node, value.name, "the name is bound anew, and two of its values are needed"
                )
            return
        if value.name in bound:
            self.program.refuse(node, value.name, "the name stands for a plain value and later for a tensor")
        kept = [
            v for v in self.program.history.get(value.name, []) if not (v.unit and v.unit.action == "move")
        ]
        if len(kept) > 1:
            lines = ", ".join(str(v.line) for v in kept)
            why = f"the graph reads it, and it is bound on lines {lines}; a function would see the latest"
            self.program.refuse(node, value.name, why)

    def _check_feeds(self, run: Run) -> None:
        step = self.step_of.get(run.call)
        needed = step.parameters if step else []
        fed = {value for value, _ in run.feeds}
        for value in needed:
            known = value.name in run.feed_keys if run.feed_name else value in fed
            if value.iterator:
                if known:
                    why = f"{value.name} is an element of an iterator, and is fed as well"
                    self.program.refuse(run.call, "feed_dict", why)
                continue
            if not known:
                self.program.refuse(
                    run.call, "feed_dict", f"the placeholder {value.name} is needed but not fed"
                )
        for value, node in run.feeds:
            if value not in needed and any(isinstance(part, (cst.Call, cst.Await)) for part in walk(node)):
                why = f"the placeholder {value.name} is fed with a call, but nothing fetched depends on it"
                self.program.refuse(run.call, "feed_dict", why)

    # ---- training ----------------------------------------------------------------------------------------------

    def sources(self, train: Train) -> list[Value]:
        """The trainable variables that the loss may depend on, in the order they were made."""
        units, _ = self.closure(train.loss_inputs.values())
        values = set(train.loss_inputs.values())
        for unit in units:
            values |= set(unit.inputs.values())
        kinds = (Kind.VARIABLE, Kind.VARIABLES, Kind.LAYER)
        found = [v for v in values if v.kind in kinds and self.trainable(v)]
        return sorted(found, key=lambda v: v.order)

    def trainable(self, value: Value) -> bool:
        """False for a variable that says that it is not trained."""
        call = assigned(value.unit)
        if (
            value.kind is Kind.LAYER
            or not isinstance(call, cst.Call)
            or self.program.role(call) != "variable"
        ):
            return True
        symbol = self.program.references[call.func].symbol
        bound = bind_arguments(symbol.old, call.args) if symbol else None
        flag = bound["trainable"].value if bound and "trainable" in bound else None
        return not (isinstance(flag, cst.Name) and flag.value == "False")


def _place_of(value: Value) -> tuple[bool, int, int]:
    """Elements of iterators first, since they are passed on with a star."""
    unit = value.unit
    return (not value.iterator, unit.index if unit else 0, unit.defines.index(value) if unit else 0)


def assigned(unit: Unit | None) -> cst.BaseExpression | None:
    """The value of a unit that is one plain assignment."""
    return None if unit is None else assigned_value(unit.node)


def placeholder_parts(value: Value) -> tuple[cst.BaseExpression | None, cst.BaseExpression | None]:
    """The dtype and the shape that a placeholder was declared with."""
    assert value.call is not None
    bound = bind_arguments(("dtype", "shape", "name"), value.call.args) or {}
    dtype = bound["dtype"].value if "dtype" in bound else None
    shape = bound["shape"].value if "shape" in bound else None
    if isinstance(shape, cst.Name) and shape.value == "None":
        shape = None
    return dtype, shape


def _reads_object(value: Value) -> bool:
    """True where a placeholder was declared with sizes that an object holds."""
    nodes = [node for node in placeholder_parts(value) if node is not None]
    names = [name.value for node in nodes for name in name_reads(node)]
    return any(name == "self" or scope_of(name) is not None for name in names)


def has_shape(value: Value) -> bool:
    """True where the rank of a placeholder is known."""
    return value.call is not None and placeholder_parts(value)[1] is not None
