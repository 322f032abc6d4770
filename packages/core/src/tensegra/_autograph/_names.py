"""Small helpers for building syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable

OPERATORS = "ag__"
RETURN, VALUE = "ag__return", "ag__value"


def load(name: str) -> ast.Name:
    """Reads a variable."""
    return ast.Name(name, ast.Load())


def assign(name: str, value: ast.expr) -> ast.Assign:
    """`name = value`."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def set_flag(name: str, value: bool) -> ast.Assign:
    """`name = True` or `name = False`."""
    return assign(name, ast.Constant(value))


def negated(expression: ast.expr) -> ast.UnaryOp:
    """`not expression`."""
    return ast.UnaryOp(ast.Not(), expression)


def operator(name: str) -> ast.Attribute:
    """`ag__.name`."""
    return ast.Attribute(load(OPERATORS), name, ast.Load())


def call(name: str, *arguments: ast.expr) -> ast.Call:
    """`ag__.name(arguments)`."""
    return ast.Call(operator(name), list(arguments), [])


def thunk(expression: ast.expr) -> ast.Lambda:
    """`lambda: expression`."""
    none = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Lambda(none, expression)


def function(name: str, parameters: Iterable[str], body: list[ast.stmt]) -> ast.FunctionDef:
    """`def name(parameters): body`, marked as one that the user has not written."""
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(each) for each in parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    made = ast.FunctionDef(name=name, args=arguments, body=body or [ast.Pass()], decorator_list=[])
    made.type_params = []  # type: ignore[attr-defined]
    made.ag_generated = True  # type: ignore[attr-defined]
    return made


def raw(made: ast.FunctionDef) -> ast.FunctionDef:
    """Marks a function whose body is final."""
    made.ag_raw = True  # type: ignore[attr-defined]
    return made


def placed(statements: list[ast.stmt], like: ast.AST) -> list[ast.stmt]:
    """Gives new statements the place of another one; what has a place keeps it."""
    for statement in statements:
        _place(statement, like)
    return statements


def _place(node: ast.AST, like: ast.AST) -> None:
    if "lineno" in node._attributes and not hasattr(node, "lineno"):
        ast.copy_location(node, like)
        if node.end_lineno != node.lineno:  # type: ignore[attr-defined]
            # Of a call on several lines Python reports the last one.
            node.end_lineno = node.lineno  # type: ignore[attr-defined]
            node.end_col_offset = node.col_offset + 1  # type: ignore[attr-defined]
    for child in ast.iter_child_nodes(node):
        _place(child, node if hasattr(node, "lineno") else like)
