"""Small changes before all others: what later steps need not know of any more."""

from __future__ import annotations

import ast

from . import _names as names
from ._analysis import activity, parameters_of

_DIRECTIVE = "set_loop_options"


def prepare(node: ast.FunctionDef) -> set[str]:
    """Changes the body of a function in place; the names that it deletes.

    `super()` gets its arguments, since it is going to be called in an inner function; `del x` makes x undefined;
    annotations of local variables go; `x.append(y)` in a branch or a loop becomes an assignment to x; and the options
    of a loop are noted at the loop.
    """
    found = activity(node.body)
    local = (parameters_of(node) | found.writes) - found.declared
    first = [*node.args.posonlyargs, *node.args.args][:1]
    visitor = _Prepare(local, first[0].arg if first else None)
    visitor.in_place(node.body)
    return visitor.deleted


class _Prepare(ast.NodeTransformer):
    def __init__(self, local: set[str], first: str | None) -> None:
        self._local = local
        self._first = first
        self._depth = 0
        self.deleted: set[str] = set()

    def in_place(self, body: list[ast.stmt]) -> None:
        changed: list[ast.stmt] = []
        for statement in body:
            made = self.visit(statement)
            changed += made if isinstance(made, list) else [made]
        body[:] = changed

    def _nested(self, node: ast.AST) -> ast.AST:
        return node

    visit_ClassDef = visit_FunctionDef = visit_AsyncFunctionDef = _nested

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def _compound(self, node: ast.If | ast.For | ast.While) -> ast.AST:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1
        if not isinstance(node, ast.If):
            options = [each for each in node.body if _is_directive(each)]
            if options:
                node.body = [each for each in node.body if each not in options] or [
                    ast.copy_location(ast.Pass(), node)
                ]
                node.ag_options = _options(options)  # type: ignore[union-attr]
        return node

    visit_If = visit_For = visit_While = _compound

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        is_super = isinstance(node.func, ast.Name) and node.func.id == "super"
        if is_super and self._first is not None and not node.args and not node.keywords:
            node.args = [ast.copy_location(names.load(each), node) for each in ("__class__", self._first)]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_Delete(self, node: ast.Delete) -> ast.AST | list[ast.stmt]:
        made: list[ast.stmt] = []
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id in self._local:
                self.deleted.add(target.id)
                # Reading it first raises the error that `del` raises.
                made.append(ast.Expr(names.load(target.id)))
                made.append(names.assign(target.id, names.call("Undefined", ast.Constant(target.id))))
            else:
                made.append(ast.Delete([target]))
        return names.placed(made, node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        call = node.value
        if (
            self._depth
            and isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "append"
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in self._local
            and len(call.args) == 1
            and not isinstance(call.args[0], ast.Starred)
            and not call.keywords
        ):
            name = call.func.value.id
            made = names.assign(name, names.call("list_append", names.load(name), call.args[0]))
            made.ag_list = name  # type: ignore[attr-defined]
            return names.placed([made], node)[0]
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if self._depth and isinstance(node.target, ast.Name) and isinstance(node.value, ast.List):
            name = node.target.id
            if isinstance(node.op, ast.Add) and name in self._local:
                made = names.assign(name, names.call("list_extend", names.load(name), node.value))
                made.ag_list = name  # type: ignore[attr-defined]
                return names.placed([made], node)[0]
        return node


def _is_directive(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    called = node.value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
    return name == _DIRECTIVE


def _options(directives: list[ast.stmt]) -> ast.expr:
    """`lambda: ag__.loop_options(...)`: evaluated where the loop begins."""
    calls = [each.value for each in directives if isinstance(each, ast.Expr)]
    made = names.call("loop_options")
    for call in calls:
        assert isinstance(call, ast.Call)
        made.args += call.args
        made.keywords += call.keywords
    return ast.copy_location(names.thunk(made), calls[0])
