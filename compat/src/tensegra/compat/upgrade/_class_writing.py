"""Turns the names of graph classes back into attributes, and their methods into methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import libcst as cst

from ._classes import GraphClass, Held
from ._marks import MARK, plain, scope_of
from ._names import binds, function_locals, name_reads, parameter_names
from ._tree import walk

# What tg.Module gives its objects: a class that has an attribute of that name stays a plain one.
_OF_MODULES = frozenset(["name", "variables", "trainable_variables", "non_trainable_variables", "submodules"])
Refuse = Callable[[str, str], None]


def write_classes(module: cst.Module, held: Held, root: str, refuse: Refuse) -> cst.Module:
    """The finished module.

    Args:
        module: the rewritten module, with names for attributes.
        held: its classes.
        root: the name under which Tensegra is known.
        refuse: notes what cannot be written, as (construct, why).
    """
    if not held.classes:
        return module
    writers = {name: _Writer(found, module, refuse) for name, found in held.classes.items()}
    body: list[Any] = []
    for statement in module.body:
        if isinstance(statement, cst.ClassDef) and statement.name.value in writers:
            statement = writers[statement.name.value].write(statement, root)
        body.append(statement)
    outside = _Outside(held, writers)
    return module.with_changes(body=body).visit(outside)


class _Writer:
    """Writes one class."""

    def __init__(self, held: GraphClass, module: cst.Module, refuse: Refuse) -> None:
        self.held, self.refuse = held, refuse
        self.attributes: dict[str, str] = {}
        self.parameters: dict[str, dict[str, str]] = {}
        node = next(s for s in module.body if isinstance(s, cst.ClassDef) and s.name.value == held.name)
        self.functions = [
            s for s in node.body.body if isinstance(s, cst.FunctionDef) and MARK in s.name.value
        ]
        own = {plain(f.name.value) for f in self.functions}
        self.taken = own | set(held.methods)
        for function in self.functions:
            self.attributes[function.name.value] = plain(function.name.value)
        for part in walk(node):
            if (
                isinstance(part, cst.Attribute)
                and isinstance(part.value, cst.Name)
                and part.value.value == "self"
            ):
                self.taken.add(part.attr.value)
        written = {plain(f.name.value) for f in self.functions} - set(held.methods)
        for name in sorted(held.attributes - written):
            self.attributes[f"{name}{MARK}{held.number}"] = name
            self.taken.add(name)
        self._locals()
        self.promoted = self._promoted()

    def is_builder(self, function: cst.FunctionDef) -> bool:
        """True for a method that builds the graph."""
        return self.held.scope(function) is not None

    def attribute(self, name: str) -> str:
        """The attribute that a name becomes."""
        if name not in self.attributes:
            wish = plain(name)
            found, number = wish, 2
            while found in self.taken:
                found, number = f"{wish}_{number}", number + 1
            self.taken.add(found)
            self.attributes[name] = found
        return self.attributes[name]

    def _locals(self) -> None:
        """The final names of the locals of each method that was written."""
        self.local: dict[str, dict[str, str]] = {}
        for function in self.functions:
            original = plain(function.name.value) in self.held.methods
            if original and not self.is_builder(function):
                self.local[function.name.value] = {}
                continue
            scope = self.held.scope(function)
            names = [n for n in function_locals(function) if MARK in n]
            if original:
                names = [n for n in names if scope_of(n) == scope]
            given = [n for n in parameter_names(function.params) if n in names]
            taken = {n.value for n in name_reads(function)} | set(function_locals(function))
            chosen: dict[str, str] = {}
            for name in [*given, *sorted(set(names) - set(given))]:
                wish = plain(name)
                found, number = wish, 2
                while found in taken or found in chosen.values():
                    found, number = f"{wish}_{number}", number + 1
                chosen[name] = found
            self.local[function.name.value] = chosen
            self.parameters[function.name.value] = {n: chosen[n] for n in given}

    def _promoted(self) -> set[str]:
        """Locals of building methods that other methods read: they are kept in `self`."""
        scopes = {scope: name for name, scope in self.held.scopes.items()}
        found: set[str] = set()
        for function in self.functions:
            for name in name_reads(function):
                scope = scope_of(name.value)
                if scope in scopes and scopes[scope] != plain(function.name.value):
                    found.add(name.value)
        return found

    def write(self, node: cst.ClassDef, root: str) -> cst.ClassDef:
        """The class."""
        is_module = not _OF_MODULES & (self.held.attributes | self.held.methods)
        body: list[Any] = []
        for statement in node.body.body:
            if statement in self.functions:
                statement = self._method(cast(cst.FunctionDef, statement), is_module)
            body.append(statement)
        node = node.with_changes(body=node.body.with_changes(body=body))
        if not is_module:
            return node
        base = cst.Arg(cst.parse_expression(f"{root}.Module"))
        return node.with_changes(bases=[base], lpar=cst.LeftParen(), rpar=cst.RightParen())

    def _method(self, function: cst.FunctionDef, is_module: bool) -> cst.FunctionDef:
        name = function.name.value
        kept = [n for n in parameter_names(function.params) if n in self.promoted]
        aliases = {} if not self.is_builder(function) else self._aliases(function, kept)
        local = dict(self.local[name])
        if self.is_builder(function):
            mine = {n for n in self.promoted if scope_of(n) == self.held.scope(function)}
            for promoted in mine - set(kept):
                local.pop(promoted, None)
                self._check_attribute(function, promoted)
        changed = cast(cst.FunctionDef, function.visit(Spell(local, self.attribute)))
        params = [cst.Param(cst.Name("self")), *changed.params.params]
        space = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        if (
            len(params) > 1
            or changed.params.star_arg is not cst.MaybeSentinel.DEFAULT
            or changed.params.star_kwarg
        ):
            params[0] = params[0].with_changes(comma=space)
        changed = changed.with_changes(
            name=cst.Name(self.attribute(name)), params=changed.params.with_changes(params=params)
        )
        first: list[Any] = []
        if is_module and plain(name) == "__init__" and not _calls_super(changed):
            first.append(cst.parse_statement("super().__init__()"))
        for parameter in kept:
            if parameter not in aliases:
                attribute = self.attribute(parameter)
                first.append(cst.parse_statement(f"self.{attribute} = {self.local[name][parameter]}"))
        return _starting_with(changed, first) if first else changed

    def _aliases(self, function: cst.FunctionDef, kept: Iterable[str]) -> dict[str, str]:
        """Parameters that the method stores as they are: `self.rate = rate`."""
        bound: dict[str, int] = {}
        for inner in self.functions:
            for part in binds(inner.body):
                bound[part] = bound.get(part, 0) + 1
        found: dict[str, str] = {}
        for statement in function.body.body:
            if not (
                isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Assign)
            ):
                continue
            small = statement.body[0]
            target = small.targets[0].target
            value = small.value
            if not (len(small.targets) == 1 and isinstance(target, cst.Name) and isinstance(value, cst.Name)):
                continue
            stored = scope_of(target.value) == self.held.number and bound[target.value] == 1
            if value.value in kept and stored and value.value not in bound:
                found[value.value] = self.attributes[value.value] = self.attribute(target.value)
        return found

    def _check_attribute(self, function: cst.FunctionDef, name: str) -> None:
        for part in walk(function.body):
            if isinstance(part, cst.FunctionDef) and part.name.value == name:
                self.refuse(plain(name), "a function that is defined in a method is needed in another one")


class Spell(cst.CSTTransformer):
    """Writes names as locals or as attributes of `self`."""

    def __init__(self, local: dict[str, str], attribute: Callable[[str], str]) -> None:
        super().__init__()
        self.local, self.attribute = local, attribute

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        """The name behind a dot is an attribute already."""
        if MARK in original_node.attr.value:
            return updated_node.with_changes(attr=original_node.attr)
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        """So is a keyword, which is that of a parameter."""
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> Any:
        """A name with a scope."""
        name = original_node.value
        if MARK not in name:
            return updated_node
        if name in self.local:
            return updated_node.with_changes(value=self.local[name])
        target = cst.Attribute(cst.Name("self"), cst.Name(self.attribute(name)))
        return target.with_changes(lpar=updated_node.lpar, rpar=updated_node.rpar)

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:
        """The name of a function stays a name."""
        return updated_node.with_changes(
            name=cst.Name(self.local.get(original_node.name.value, original_node.name.value))
        )


class _Outside(cst.CSTTransformer):
    """Keywords of the methods that were written, and attributes of objects."""

    def __init__(self, held: Held, writers: dict[str, _Writer]) -> None:
        super().__init__()
        self.held, self.writers = held, writers

    def _attribute(self, name: str) -> str:
        found = self.held.class_of(scope_of(name))
        return plain(name) if found is None else self.writers[found.name].attribute(name)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        """`model.loss`."""
        if MARK not in updated_node.attr.value:
            return updated_node
        return updated_node.with_changes(attr=cst.Name(self._attribute(updated_node.attr.value)))

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        """`train(x=...)`."""
        if updated_node.keyword is None or MARK not in updated_node.keyword.value:
            return updated_node
        return updated_node.with_changes(keyword=cst.Name(plain(updated_node.keyword.value)))


def _calls_super(function: cst.FunctionDef) -> bool:
    return any(
        isinstance(part, cst.Call) and isinstance(part.func, cst.Name) and part.func.value == "super"
        for part in walk(function.body)
    )


def _starting_with(function: cst.FunctionDef, first: list[Any]) -> cst.FunctionDef:
    """The function with statements before the others, behind its docstring."""
    body = list(function.body.body)
    place = 0
    small = body[0].body[0] if body and isinstance(body[0], cst.SimpleStatementLine) else None
    if isinstance(small, cst.Expr) and isinstance(small.value, (cst.SimpleString, cst.ConcatenatedString)):
        place = 1
    if len(body) == place + 1 and cst.Module([]).code_for_node(body[place]).strip() == "pass":
        body = body[:place]
    return function.with_changes(body=function.body.with_changes(body=[*body[:place], *first, *body[place:]]))
