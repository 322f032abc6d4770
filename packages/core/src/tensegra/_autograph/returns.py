"""`return` inside of branches and loops: one value, one way out at the end."""

from __future__ import annotations

import ast

from . import _names as names
from ._analysis import blocks_of, statements
from .jumps import Restructured

Block = list[ast.stmt]


def lower_returns(node: ast.FunctionDef) -> None:
    """Changes a function so that it returns at its end only, where it returns from a branch or a loop."""
    if not _returns_inside(node.body):
        return
    end = ast.copy_location(ast.Return(ast.copy_location(ast.Constant(None), node)), node.body[-1])
    body, _, _ = Restructured(names.RETURN, _leaf, _loop).block([*node.body, end])
    begin: Block = [
        names.set_flag(names.RETURN, False),
        names.assign(names.VALUE, names.call("Undefined", ast.Constant(names.VALUE))),
    ]
    final: Block = [ast.Return(names.call("returned", names.load(names.VALUE)))]
    node.body = [*names.placed(begin, node.body[0]), *body, *names.placed(final, node.body[-1])]


def _returns_inside(body: Block) -> bool:
    return any(
        isinstance(inner, ast.Return)
        for each in statements(body)
        if isinstance(each, (ast.If, ast.For, ast.While))
        for inner in statements([each])
    )


def _leaf(node: ast.stmt) -> Block | None:
    if not isinstance(node, ast.Return):
        return None
    value = node.value or ast.copy_location(ast.Constant(None), node)
    return [names.set_flag(names.RETURN, True), names.assign(names.VALUE, value)]


def _loop(node: ast.stmt) -> tuple[Block, bool]:
    """A loop of the function itself: `return` leaves it."""
    body, body_may = _in_loop(node.body)  # type: ignore[attr-defined]
    orelse, else_may, _ = Restructured(names.RETURN, _leaf, _loop).block(node.orelse)  # type: ignore[attr-defined]
    node.body, node.orelse = body, orelse  # type: ignore[attr-defined]
    return [node], body_may or else_may


def _in_loop(block: Block) -> tuple[Block, bool]:
    made: Block = []
    may = False
    for node in block:
        jump = _leaf(node)
        if jump is not None:
            made += names.placed([*jump, ast.Break()], node)
            may = True
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            made.append(node)
            continue
        found = False
        for inner in blocks_of(node):
            inner[:], also = _in_loop(inner)
            found = found or also
        made.append(node)
        if found and isinstance(node, (ast.For, ast.While)):
            leave = ast.If(names.load(names.RETURN), [ast.Break()], [])
            made += names.placed([leave], node)
        may = may or found
    return made, may
