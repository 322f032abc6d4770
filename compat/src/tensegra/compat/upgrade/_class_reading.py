"""Reads the classes of a program: their building methods are a straight line, their other methods run the graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import libcst as cst

from ._classes import GraphClass, Held
from ._marks import marked, plain, scope_of
from ._names import binds, parameter_names
from ._tree import walk
from ._values import Kind, Unit, Value

if TYPE_CHECKING:
    from ._program import Program


class ClassReader:
    """Reads graph classes into the program that they are part of."""

    def __init__(self, program: Program, held: Held) -> None:
        self.program, self.held = program, held
        self.by_node = {c.node: c for c in held.classes.values() if c.node is not None}
        self._methods = {m.name.value: m for c in held.classes.values() for m in c.functions()}
        self._read: set[str] = set()

    def functions(self) -> list[cst.FunctionDef]:
        """The methods that do not build the graph: they are read like functions of the module."""
        return [m for c in self.held.classes.values() for m in c.functions() if c.scope(m) is None]

    def class_of(self, node: cst.CSTNode) -> GraphClass | None:
        """The class that a statement of the module defines."""
        return self.by_node.get(node)  # type: ignore[call-overload, no-any-return]

    def read(self, held: GraphClass) -> None:
        """One class: `__init__`, then what else builds the graph and is called from outside."""
        program = self.program
        node = held.node
        assert node is not None
        unit = Unit(len(program.units), node, program.lines.get(node, 0))
        program.units.append(unit)
        unit.defines.append(program.bind(Value(held.name, Kind.PYTHON, unit.line, unit)))
        for method in held.builders():
            if plain(method.name.value) not in held.called:
                self._build(held, method)
        for name in held.called:
            if marked(name, held.number) not in self._read:
                method = self._methods[marked(name, held.number)]
                why = "the method builds a part of the graph and is called in a block or a loop"
                program.refuse(method, f"{held.name}.{name}", why, "TG-7171")
        for name in sorted(held.rebound):
            line = program.lines.get(node, 0)
            program.history.setdefault(marked(name, held.number), []).append(
                Value(marked(name, held.number), Kind.PYTHON, line)
            )

    def called_builder(
        self, statement: cst.BaseStatement
    ) -> tuple[GraphClass, cst.FunctionDef, cst.Call] | None:
        """The method that a statement such as `self.build()` calls, where that builds a part of the graph."""
        if not (isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1):
            return None
        small = statement.body[0]
        if not (isinstance(small, cst.Expr) and isinstance(small.value, cst.Call)):
            return None
        call = small.value
        name = call.func.value if isinstance(call.func, cst.Name) else ""
        held = self.held.class_of(scope_of(name))
        method = self._methods.get(name)
        if held is None or method is None or held.scope(method) is None:
            return None
        return held, method, call

    def read_call(self, unit: Unit, held: GraphClass, method: cst.FunctionDef, call: cst.Call) -> None:
        """The statement stays, and the body of the method is read in its place."""
        program = self.program
        name = method.name.value
        for argument in call.args:
            if program.shape_of(argument.value) is not Kind.PYTHON:
                why = "the method builds a part of the graph and is given another part of it"
                program.refuse(call, f"{held.name}.{plain(name)}", why, "TG-7171")
        if name in self._read:
            why = "the method builds a part of the graph and is called twice"
            program.refuse(call, f"{held.name}.{plain(name)}", why, "TG-7171")
            return
        self._build(held, method)

    def _build(self, held: GraphClass, method: cst.FunctionDef) -> None:
        program = self.program
        self._read.add(method.name.value)
        scope = held.scope(method)
        assert scope is not None
        line = program.lines.get(method, 0)
        for name in parameter_names(method.params):
            program.bind(Value(name, Kind.PYTHON, line))
        for name in self.held.sessions.get((held.name, plain(method.name.value)), ()):
            program.bind(Value(marked(name, scope), Kind.SESSION, line))
        assert isinstance(method.body, cst.IndentedBlock)
        before = len(program.units)
        program.straight_line(method.body.body)
        for unit in program.units[before:]:
            unit.holder = held

    # ---- sessions that are passed on -----------------------------------------------------------------------------

    def session_parameters(self, function: cst.FunctionDef) -> list[str]:
        """The parameters of a function that held the session."""
        held = self.held.class_of(scope_of(function.name.value))
        return self.held.sessions.get((held.name if held else "", plain(function.name.value)), [])

    def owner(self, node: cst.CSTNode) -> str | None:
        """The object whose attributes a run fetches and is fed, None for `self` and for names of the module."""
        found = {self.held.owners[part] for part in walk(node) if part in self.held.owners}
        own = any(
            isinstance(part, cst.Name) and part not in self.held.owners and scope_of(part.value) is not None
            for part in walk(node)
        )
        if len(found) > 1 or (found and own):
            why = "a run fetches or is fed attributes of several objects"
            self.program.refuse(node, "run", why, "TG-7172")
        return next(iter(found), None)

    def is_alias(self, small: cst.Assign, env: Mapping[str, Value]) -> bool:
        """True for `self.sess = sess`."""
        value = small.value
        return (
            isinstance(value, cst.Name)
            and value.value in env
            and env[value.value].kind is Kind.SESSION
            and all(isinstance(t.target, cst.Name) for t in small.targets)
        )

    def check_left(self) -> None:
        """No attribute that the graph alone had may be reached by a way that was not followed."""
        program = self.program
        gone: dict[str, GraphClass] = {}
        for held in self.held.classes.values():
            for name in held.attributes:
                values = program.history.get(marked(name, held.number), [])
                if values and any(v.unit is not None and v.unit.action != "keep" for v in values):
                    gone[name] = held
        heads = set(program.tensorflow.names)
        for part in walk(program.module):
            if not (isinstance(part, cst.Attribute) and part.attr.value in gone):
                continue
            root: cst.BaseExpression = part.value
            while isinstance(root, cst.Attribute):
                root = root.value
            if isinstance(root, cst.Name) and (root.value in heads or self._imported(root.value)):
                continue
            held = gone[part.attr.value]
            why = f"it may be the attribute of a {held.name}, which is a part of its graph and goes"
            program.refuse(part, program.construct(part), why, "TG-7173")

    def _imported(self, name: str) -> bool:
        return any(
            isinstance(part, (cst.Import, cst.ImportFrom)) and name in binds(part)
            for statement in self.program.module.body
            for part in walk(statement)
        )
