"""Takes sessions out of signatures: a parameter that only ever holds the session goes, with its arguments."""

from __future__ import annotations

from typing import Any

import libcst as cst

from ._arguments import settle_commas
from ._names import parameter_names

SESSIONS = frozenset(["sess", "session", "tf_session", "_sess", "_session"])
# (class or "", function) -> the parameters that went
Dropped = dict[tuple[str, str], list[str]]


def drop_sessions(module: cst.Module) -> tuple[cst.Module, Dropped]:
    """The module without parameters that hold the session, and which those were.

    A parameter goes where its name says what it is and every call of the function in the module passes
    something that is named like a session.
    """
    found: dict[tuple[str, str], cst.FunctionDef] = {}
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef):
            found["", statement.name.value] = statement
        elif isinstance(statement, cst.ClassDef):
            for inner in statement.body.body:
                if isinstance(inner, cst.FunctionDef):
                    found[statement.name.value, inner.name.value] = inner
    dropped: Dropped = {}
    for key, function in found.items():
        names = [n for n in parameter_names(function.params) if n in SESSIONS]
        if names and not function.params.posonly_params:
            dropped[key] = names
    calls = _Calls(found, dropped)
    module.visit(calls)
    for key in calls.unclear:
        dropped.pop(key, None)
    if not dropped:
        return module, {}
    return module.visit(_Drop(dropped, calls)), dropped


class _Calls(cst.CSTVisitor):
    """Which function each call means, and which functions are used in ways that are not calls."""

    def __init__(self, found: dict[tuple[str, str], cst.FunctionDef], dropped: Dropped) -> None:
        self.found, self.dropped = found, dropped
        self.target: dict[cst.CSTNode, tuple[str, str]] = {}
        self.unclear: set[tuple[str, str]] = set()
        self.functions: set[cst.CSTNode] = set()

    def _meant(self, node: cst.CSTNode) -> list[tuple[str, str]]:
        if isinstance(node, cst.Name):
            return [k for k in self.dropped if k == ("", node.value) or k == (node.value, "__init__")]
        if isinstance(node, cst.Attribute):
            return [k for k in self.dropped if k[0] and k[1] == node.attr.value and k[1] != "__init__"]
        return []

    def visit_Call(self, node: cst.Call) -> None:
        """A call of one of the functions."""
        self.functions.add(node.func)
        meant = self._meant(node.func)
        if len(meant) != 1:
            self.unclear |= set(meant)
            return
        key = meant[0]
        self.target[node] = key
        passed = session_arguments(self.found[key], self.dropped[key], bool(key[0]), node)
        if passed is None or not all(_is_session(argument.value) for argument in passed):
            self.unclear.add(key)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        """A method as a value."""
        if node not in self.functions:
            self.unclear |= set(self._meant(node))


def _is_session(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.Attribute):
        return node.attr.value in SESSIONS
    if isinstance(node, cst.Call):
        return "Session" in cst.Module([]).code_for_node(node.func)
    return isinstance(node, cst.Name) and node.value in SESSIONS


def session_arguments(
    function: cst.FunctionDef, names: list[str], is_method: bool, call: cst.Call
) -> list[cst.Arg] | None:
    """The arguments of a call that hold sessions; None where that cannot be told."""
    places = [p.name.value for p in function.params.params][1 if is_method else 0 :]
    found = []
    for index, argument in enumerate(call.args):
        if argument.star:
            return None
        name = argument.keyword.value if argument.keyword else (places[index] if index < len(places) else "")
        if name in names:
            found.append(argument)
    return found


class _Drop(cst.CSTTransformer):
    def __init__(self, dropped: Dropped, calls: _Calls) -> None:
        super().__init__()
        self.dropped, self.calls = dropped, calls
        self.going = {calls.found[key].params: names for key, names in dropped.items()}

    def leave_Parameters(self, original_node: cst.Parameters, updated_node: cst.Parameters) -> cst.Parameters:
        """Parameters go."""
        names = self.going.get(original_node)
        if names is None:
            return updated_node
        kept = [p for p in updated_node.params if p.name.value not in names]
        if kept:
            kept[-1] = kept[-1].with_changes(comma=updated_node.params[-1].comma)
        keywords = [p for p in updated_node.kwonly_params if p.name.value not in names]
        return updated_node.with_changes(params=kept, kwonly_params=keywords)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """Their arguments go too."""
        key = self.calls.target.get(original_node)
        if key not in self.dropped or key is None:
            return updated_node
        passed: Any = session_arguments(self.calls.found[key], self.dropped[key], bool(key[0]), original_node)
        pairs = zip(original_node.args, updated_node.args, strict=True)
        kept = [new for old, new in pairs if old not in passed]
        return updated_node.with_changes(args=settle_commas(kept, updated_node.args))
