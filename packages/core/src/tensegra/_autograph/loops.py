"""`while` and `for` statements become calls of `ag__.while_stmt` and `ag__.for_stmt`."""

from __future__ import annotations

import ast

from . import _names as names
from ._analysis import Activity
from .if_ import lists_of, state_of

Block = list[ast.stmt]


def convert_while(node: ast.While, found: Activity, function: Activity, number: int) -> Block:
    """The statements for a `while` whose body is converted already; `found` is what test and body did before."""
    extra = getattr(node, "ag_extra_test", None)
    test = node.test if extra is None else ast.BoolOp(ast.And(), [extra, node.test])
    state = state_of(node, found, function, number)
    tested = names.function(f"ag__test_{number}", [], [*state.declarations, ast.Return(test)])
    body = names.function(f"ag__body_{number}", [], [*state.declarations, *node.body])
    call = names.call(
        "while_stmt",
        *(names.load(each.name) for each in (tested, body, state.getter, state.setter)),
        state.names_node(),
    )
    _add_options(call, node, found)
    return names.placed([tested, body, state.getter, state.setter, ast.Expr(call)], node)


def convert_for(node: ast.For, found: Activity, function: Activity, number: int) -> Block:
    """The statements for a `for` whose body is converted already; `found` is what target and body did before."""
    item = "ag__item"
    bound: Block = [ast.Assign([node.target], names.load(item))]
    names.placed(bound, node)
    state = state_of(node, found, function, number)
    body = names.function(f"ag__body_{number}", [item], [*state.declarations, *bound, *node.body])
    extra = getattr(node, "ag_extra_test", None)
    call = names.call(
        "for_stmt",
        node.iter,
        ast.Constant(None) if extra is None else names.thunk(extra),
        *(names.load(each.name) for each in (body, state.getter, state.setter)),
        state.names_node(),
    )
    _add_options(call, node, found)
    return names.placed([body, state.getter, state.setter, ast.Expr(call)], node)


def _add_options(call: ast.Call, node: ast.For | ast.While, found: Activity) -> None:
    lists, options = lists_of(found), getattr(node, "ag_options", None)
    if lists:
        call.keywords.append(ast.keyword("lists", lists[0]))
    if options is not None:
        call.keywords.append(ast.keyword("options", options))
