"""From a function to the syntax tree of its source."""

from __future__ import annotations

import ast
import copy
import linecache
from dataclasses import dataclass, field
from types import CodeType, FunctionType

_KEPT_FILES = 64


@dataclass
class Source:
    """The tree of a function.

    Attributes:
        node: Its definition; a lambda has become one, with the name `ag__lambda`.
        class_name: The class whose body it is written in, for names that begin with two underscores.
    """

    node: ast.FunctionDef
    class_name: str | None


@dataclass
class _File:
    lines: list[str]
    functions: dict[tuple[str, int], list[tuple[ast.AST, str | None]]] = field(default_factory=dict)
    lambdas: dict[int, list[tuple[ast.Lambda, str | None]]] = field(default_factory=dict)


_files: dict[str, _File] = {}


def find(function: FunctionType) -> Source | None:
    """The source of a function, or None where there is none, or it has changed since."""
    code = function.__code__
    file = _file(code.co_filename, function.__globals__)
    if file is None:
        return None
    if code.co_name == "<lambda>":
        return _lambda(file, code)
    for node, class_name in file.functions.get((code.co_name, code.co_firstlineno), ()):
        if isinstance(node, ast.FunctionDef) and _parameters(node.args) == _names(code):
            return Source(_parsed_again(node, file.lines), class_name)
    return None


def _file(name: str, module_globals: dict[str, object]) -> _File | None:
    lines = linecache.getlines(name, module_globals)
    known = _files.get(name)
    if known is not None and known.lines is lines:
        return known
    if not lines:
        return None
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return None
    file = _File(lines)
    _index(tree, None, file)
    if len(_files) >= _KEPT_FILES:
        _files.clear()
    _files[name] = file
    return file


def _index(tree: ast.AST, class_name: str | None, file: _File) -> None:
    pending: list[tuple[ast.AST, str | None]] = [(tree, class_name)]
    while pending:
        node, name = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            file.functions.setdefault((node.name, first), []).append((node, name))
        elif isinstance(node, ast.Lambda):
            file.lambdas.setdefault(node.lineno, []).append((node, name))
        inner = node.name if isinstance(node, ast.ClassDef) else name
        pending += [(child, inner) for child in ast.iter_child_nodes(node)]


def _parameters(arguments: ast.arguments) -> list[str]:
    found = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    found += [each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return found


def _names(code: CodeType) -> list[str]:
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return list(code.co_varnames[:count])


def _parsed_again(node: ast.FunctionDef, lines: list[str]) -> ast.FunctionDef:
    """A copy of a definition without its decorators: parsing is quicker than copying."""
    end = node.end_lineno or node.lineno
    text = "".join(lines[node.lineno - 1 : end])
    before = 1
    if node.col_offset:
        text, before = "if 1:\n" + text, 2
    try:
        tree: ast.AST = ast.parse(text).body[0]
        made = tree.body[0] if isinstance(tree, ast.If) else tree
    except SyntaxError:  # behind a semicolon, say
        made = copy.deepcopy(node)
        before = node.lineno
    assert isinstance(made, ast.FunctionDef)
    ast.increment_lineno(made, node.lineno - before)
    made.decorator_list = []
    return made


def _lambda(file: _File, code: CodeType) -> Source | None:
    candidates = file.lambdas.get(code.co_firstlineno, [])
    fitting = [each for each in candidates if _parameters(each[0].args) == _names(code)]
    if len(fitting) > 1:  # the position of what is returned tells them apart
        positions = {(line, column) for line, _, column, _ in code.co_positions()}
        fitting = [each for each in fitting if (each[0].body.lineno, each[0].body.col_offset) in positions]
        whole = set(code.co_positions())
        exact = [each for each in fitting if _place(each[0].body) in whole]
        fitting = exact or fitting
    if len(fitting) != 1:
        return None
    node, class_name = copy.deepcopy(fitting[0][0]), fitting[0][1]
    result = ast.copy_location(ast.Return(node.body), node.body)
    made = ast.FunctionDef(name="ag__lambda", args=node.args, body=[result], decorator_list=[])
    made.type_params = []  # type: ignore[attr-defined]
    return Source(ast.copy_location(made, node), class_name)


def _place(node: ast.expr) -> tuple[int, int | None, int, int | None]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset
