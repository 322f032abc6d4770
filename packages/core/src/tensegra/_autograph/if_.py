"""`if` statements become calls of `ag__.if_stmt`; the parts that all statements share."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from . import _names as names
from ._analysis import Activity, root_of

Block = list[ast.stmt]


@dataclass
class State:
    """The variables that a statement changes, as code.

    Attributes:
        names: The variables and places that are needed afterwards; variables that only the other branch needs may
            follow in the state.
        written: All variables that the statement binds.
        declarations: What functions that contain the parts of the statement begin with.
        getter: Defines the function that reads the state.
        setter: Defines the function that writes it.
    """

    names: list[str]
    written: set[str]
    declarations: Block
    getter: ast.FunctionDef
    setter: ast.FunctionDef

    def names_node(self) -> ast.Tuple:
        """The names as a tuple of strings."""
        return ast.Tuple([ast.Constant(each) for each in self.names], ast.Load())


def state_of(node: ast.stmt, found: Activity, function: Activity, number: int) -> State:
    """The state of a branch or loop.

    Args:
        node: The statement, annotated by `Flow`.
        found: What it does.
        function: What the whole function does.
        number: Makes names unique.
    """
    written = found.writes - found.declared
    live: set[str] = node.ag_live  # type: ignore[attr-defined]
    variables = sorted(written & live)
    inside: set[str] = getattr(node, "ag_live_inside", set())
    restored = sorted((written & inside) - live)
    places = {text: place for text, place in sorted(found.places.items()) if root_of(place) not in written}
    declarations = _declarations(written, function)

    def read(name: str) -> ast.expr:
        value = names.load(name)
        return names.call("peek", names.thunk(value)) if name in function.declared else value

    reads: list[ast.expr] = [read(name) for name in variables]
    reads += [names.call("peek", names.thunk(_as_load(place))) for place in places.values()]
    reads += [read(name) for name in restored]
    writes: Block = []
    state = "ag__state"
    for index, name in enumerate(variables):
        writes.append(names.assign(name, _item(state, index)))
    for index, place in enumerate(places.values(), len(variables)):
        target: ast.AST = place
        assert isinstance(target, (ast.Attribute, ast.Subscript))
        is_attribute = isinstance(target, ast.Attribute)
        key = ast.Constant(target.attr) if isinstance(target, ast.Attribute) else target.slice
        kind = "put_attribute" if is_attribute else "put_item"
        writes.append(ast.Expr(names.call(kind, _as_load(target.value), key, _item(state, index))))
    for index, name in enumerate(restored, len(variables) + len(places)):
        writes.append(names.assign(name, _item(state, index)))
    getter = names.function(f"ag__get_{number}", [], [ast.Return(ast.Tuple(reads, ast.Load()))])
    setter = names.function(
        f"ag__set_{number}",
        [state],
        [*_declarations({*variables, *restored}, function), *(writes or [ast.Pass()])],
    )
    return State([*variables, *places], written, declarations, names.raw(getter), names.raw(setter))


def _declarations(written: set[str], function: Activity) -> Block:
    made: Block = []
    outer = sorted(written - function.global_names)
    if outer:
        made.append(ast.Nonlocal(outer))
    if written & function.global_names:
        made.append(ast.Global(sorted(written & function.global_names)))
    return made


def _item(name: str, index: int) -> ast.Subscript:
    return ast.Subscript(names.load(name), ast.Constant(index), ast.Load())


def _as_load(node: ast.expr) -> ast.expr:
    made: ast.expr = ast.parse(ast.unparse(node), mode="eval").body
    for each in ast.walk(made):
        for attribute in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if hasattr(each, attribute):
                delattr(each, attribute)
    return made


def convert_if(node: ast.If, found: Activity, function: Activity, number: int) -> Block:
    """The statements for an `if` whose blocks are converted already; `found` is what they did before."""
    state = state_of(node, found, function, number)
    then = names.function(f"ag__then_{number}", [], [*state.declarations, *node.body])
    other = names.function(f"ag__else_{number}", [], [*state.declarations, *node.orelse])
    call = names.call(
        "if_stmt",
        node.test,
        *(names.load(each.name) for each in (then, other, state.getter, state.setter)),
        state.names_node(),
        *lists_of(found),
    )
    return names.placed([then, other, state.getter, state.setter, ast.Expr(call)], node)


def lists_of(found: Activity) -> list[ast.expr]:
    """The names of the lists that a statement appends to, as one argument; none where there are none."""
    lists = sorted(found.lists)
    return [ast.Tuple([ast.Constant(each) for each in lists], ast.Load())] if lists else []
