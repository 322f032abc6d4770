"""`and`, `or`, `not`, chains of comparisons, conditional expressions, calls, `assert`, and reads of variables."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from . import _names as names
from ._analysis import parameters_of

_COMPARISONS = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Is: "is_",
    ast.IsNot: "is_not",
    ast.In: "in_",
    ast.NotIn: "not_in",
}


class Expressions(ast.NodeTransformer):
    """Replaces the expressions of one function.

    Args:
        undefined: The variables that may have no value; reading them is checked.
        nested: Converts a function inside.
    """

    def __init__(self, undefined: set[str], nested: Callable[[ast.FunctionDef, set[str]], ast.AST]) -> None:
        self._undefined = undefined
        self._nested = nested

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        if getattr(node, "ag_raw", False):
            return node
        if not getattr(node, "ag_generated", False):
            self._visit_list(node.args.defaults)
            self._visit_list(node.args.kw_defaults)
            return self._nested(node, self._undefined)
        self._visit_list(node.body)
        return node

    def _visit_list(self, nodes: list[Any]) -> None:
        made: list[Any] = []
        for each in nodes:
            result = each if each is None else self.visit(each)
            made += result if isinstance(result, list) else [result]
        nodes[:] = made

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        self._visit_list(node.args.defaults)
        self._visit_list(node.args.kw_defaults)
        outer = self._undefined
        self._undefined = outer - parameters_of(node)
        node.body = self.visit(node.body)
        self._undefined = outer
        return node

    def visit_Name(self, node: ast.Name) -> Any:
        if not isinstance(node.ctx, ast.Load) or node.id not in self._undefined:
            return node
        return _at(names.call("ld", node), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        node.value = self.visit(node.value)
        if not isinstance(node.target, ast.Name):
            node.target = self.visit(node.target)
        elif node.target.id in self._undefined:
            read = _at(names.call("ld", names.load(node.target.id)), node)
            return [ast.copy_location(names.assign(node.target.id, read), node), node]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        binds_first = _binds(node.values[0])
        binds_later = any(map(_binds, node.values[1:]))
        self.generic_visit(node)
        if binds_later:
            return node
        kind = "and_" if isinstance(node.op, ast.And) else "or_"
        first, *rest = node.values
        if binds_first:  # it is evaluated in any case, so it need not be in a function of its own
            return _at(names.call(kind + "then", first, *map(names.thunk, rest)), node)
        return _at(names.call(kind, *map(names.thunk, node.values)), node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        return _at(names.call("not_", node.operand), node) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> Any:
        binds = _binds(node)
        self.generic_visit(node)
        if len(node.ops) == 1 or binds:
            return node
        pairs = [
            ast.Tuple([ast.Constant(_COMPARISONS[type(op)]), names.thunk(right)], ast.Load())
            for op, right in zip(node.ops, node.comparators)
        ]
        return _at(names.call("compare", node.left, *pairs), node)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        binds = _binds(node)
        self.generic_visit(node)
        if binds:
            return node
        return _at(names.call("if_exp", node.test, names.thunk(node.body), names.thunk(node.orelse)), node)

    def visit_Call(self, node: ast.Call) -> Any:
        ours = (
            isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", None) == names.OPERATORS
        )
        self.generic_visit(node)
        if not ours:
            node.func = _at(names.call("fn", node.func), node.func)
        return node

    def visit_Assert(self, node: ast.Assert) -> Any:
        if not __debug__ or _binds(node):
            return self.generic_visit(node)
        self.generic_visit(node)
        message = ast.Constant(None) if node.msg is None else names.thunk(node.msg)
        return names.placed([ast.Expr(names.call("assert_stmt", node.test, message))], node)


def _binds(node: ast.AST) -> bool:
    """Whether there is a `:=` in it, which must stay in its function."""
    return any(isinstance(each, ast.NamedExpr) for each in ast.walk(node))


def _at(made: ast.expr, like: ast.expr | ast.stmt) -> ast.expr:
    names.placed([ast.copy_location(ast.Expr(made), like)], like)
    return made
