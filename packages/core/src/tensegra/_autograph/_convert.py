"""The steps of the conversion, and the functions that were converted already."""

from __future__ import annotations

import ast
import functools
import inspect
import types
import warnings
import weakref
from collections.abc import Callable
from typing import Any

from . import _names as names
from . import _rules, _source
from ._analysis import Activity, Flow, activity, blocks_of, is_generator, parameters_of, statements
from ._verbosity import say
from .expressions import Expressions
from .if_ import convert_if
from .jumps import lower_breaks, without_unread_flags
from .loops import convert_for, convert_while
from .prepare import prepare
from .returns import lower_returns

_converted: weakref.WeakKeyDictionary[types.CodeType, types.CodeType | None] = weakref.WeakKeyDictionary()
_made: dict[int, types.CodeType] = {}
_LOOPS_AND_BRANCHES = ("JUMP", "FOR_ITER")


class NoSource(Exception):
    """Why a function cannot be converted."""


def converted(function: Any, requested: bool = False) -> Any:
    """What is called instead of a function while a graph is traced; itself where it is left alone.

    Args:
        function: Anything that can be called.
        requested: Whether the user asked for it, so that it is converted even where its module is a library.
    """
    kind = type(function)
    if kind is types.FunctionType:
        return _converted_function(function, requested)
    if kind is types.MethodType:
        inner = converted(function.__func__, requested)
        return function if inner is function.__func__ else types.MethodType(inner, function.__self__)
    if kind is functools.partial:
        inner = converted(function.func, requested)
        if inner is function.func:
            return function
        return functools.partial(inner, *function.args, **function.keywords)
    if isinstance(function, (type, types.BuiltinFunctionType, types.BuiltinMethodType)):
        return function
    method = getattr(kind, "__call__", None)  # noqa: B004 - the class's own, not the object's
    if type(method) is not types.FunctionType or not _rules.is_user_code(method):
        return function
    inner = _converted_function(method, requested)
    return function if inner is method else types.MethodType(inner, function)


def is_converted(code: types.CodeType) -> bool:
    """Whether a code object was made here."""
    return id(code) in _made


def _converted_function(function: types.FunctionType, requested: bool) -> Any:
    code = function.__code__
    if id(code) in _made or function.__dict__.get("_tensegra_converts") is False:
        return function
    if not requested and not _rules.is_user_code(function):
        return function
    if code in _converted:
        new = _converted[code]
    else:
        try:
            new = converted_code(function)
            say(1, f"converted {function.__qualname__} ({code.co_filename}:{code.co_firstlineno})")
        except NoSource as reason:
            new = None
            _warn(function, str(reason))
        _converted[code] = new
    if new is None:
        return function
    return _with_code(function, new)


def _with_code(function: types.FunctionType, code: types.CodeType) -> types.FunctionType:
    from . import _operators

    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    cells[names.OPERATORS] = types.CellType(_operators)
    closure = tuple(cells[name] for name in code.co_freevars)
    made = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
    made.__kwdefaults__ = function.__kwdefaults__
    made.__qualname__, made.__doc__ = function.__qualname__, function.__doc__
    made.__dict__.update(function.__dict__)
    return made


_CONVERTED = "ag__converted"


def converted_code(function: types.FunctionType) -> types.CodeType:
    """The code of the converted function.

    Raises:
        NoSource: It cannot be converted; the message says why.
    """
    code = function.__code__
    tree = tree_of(function)
    class_name = tree.class_name
    factory = _factory(tree.node, code.co_freevars, class_name)
    module = ast.Module([factory], type_ignores=[])
    try:
        compiled = compile(module, code.co_filename, "exec", dont_inherit=True, flags=_future_flags(code))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise NoSource(f"it is too complicated ({error})") from error
    found = _find(compiled, _CONVERTED)
    found = _renamed(found, code.co_name, code.co_qualname)
    _register(found)
    return found


def tree_of(function: types.FunctionType) -> _source.Source:
    """The converted tree of a function.

    Raises:
        NoSource: It cannot be converted.
    """
    source = _source.find(function)
    if source is None:
        raise NoSource("its source was not found, or is not unique on its line")
    if is_generator(source.node):
        raise NoSource("")
    _Function(source.node, set()).convert()
    return source


def _future_flags(code: types.CodeType) -> int:
    import __future__

    return code.co_flags & __future__.annotations.compiler_flag


def _factory(node: ast.FunctionDef, free: tuple[str, ...], class_name: str | None) -> ast.stmt:
    """A function that has the free variables of the original, so that the compiler takes them as such."""
    arguments = node.args
    arguments.defaults = [ast.copy_location(ast.Constant(None), node) for _ in arguments.defaults]
    arguments.kw_defaults = [
        each and ast.copy_location(ast.Constant(None), node) for each in arguments.kw_defaults
    ]
    node.returns = None
    node.name = _CONVERTED  # a function that calls itself means the name outside, which may be a global one
    for each in ast.walk(arguments):
        if isinstance(each, ast.arg):
            each.annotation = None
    inner: ast.stmt = node
    if class_name is not None:
        inner = ast.ClassDef(name=class_name, bases=[], keywords=[], body=[node], decorator_list=[])
        inner.type_params = []  # type: ignore[attr-defined]
    made = names.function("ag__factory", [names.OPERATORS, *free], [inner])
    return names.placed([made], node)[0]


def _find(code: types.CodeType, name: str) -> types.CodeType:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            if each.co_name == name:
                return each
            if each.co_name == "ag__factory" or code.co_name == "ag__factory":
                return _find(each, name)
    raise NoSource("it is too complicated")


def _renamed(code: types.CodeType, name: str, qualified: str) -> types.CodeType:
    """Parts of a function carry its name in tracebacks."""
    consts = []
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            if each.co_name.startswith("ag__"):
                each = _renamed(each, name, qualified)
            else:
                each = _renamed(each, each.co_name, each.co_qualname.replace("ag__factory.<locals>.", ""))
        consts.append(each)
    return code.replace(co_consts=tuple(consts), co_name=name, co_qualname=qualified)


def _register(code: types.CodeType) -> None:
    _made[id(code)] = code
    for each in code.co_consts:
        # The methods of classes inside are not converted yet; the code of a class is not optimized.
        if isinstance(each, types.CodeType) and each.co_flags & inspect.CO_OPTIMIZED:
            _register(each)


def _warn(function: types.FunctionType, reason: str) -> None:
    """Says that a function runs as it is, where that may matter: it has branches or loops."""
    import dis

    if not reason:
        return
    jumps = any(
        part in step.opname for step in dis.get_instructions(function) for part in _LOOPS_AND_BRANCHES
    )
    if jumps:
        warnings.warn(
            f"[autograph] {function.__qualname__} runs as it is, without conversion: {reason}. Python control flow "
            "in it cannot depend on tensors. Put it into a file, or mark it with "
            "tg.autograph.experimental.do_not_convert.",
            RuntimeWarning,
            stacklevel=2,
        )


class _Function:
    """One function on its way.

    Args:
        node: Its definition, which is changed.
        outside: Variables of functions around it that may have no value.
    """

    def __init__(self, node: ast.FunctionDef, outside: set[str]) -> None:
        self._node = node
        self._outside = outside
        self._number = 0

    def convert(self) -> None:
        node = self._node
        deleted = prepare(node)
        self._refuse(node)
        lower_returns(node)
        node.body = lower_breaks(node.body, [0])
        without_unread_flags(node.body)
        whole = activity(node.body)
        parameters = parameters_of(node)
        Flow(node.body, parameters, whole.captured | whole.declared)
        undefined: set[str] = set()
        node.body = self._block(node.body, whole, undefined)
        undefined -= parameters | whole.declared
        begin: list[ast.stmt] = [
            names.assign(name, names.call("Undefined", ast.Constant(name))) for name in sorted(undefined)
        ]
        undefined |= deleted
        where = _after_declarations(node.body)
        node.body[where:where] = names.placed(begin, node.body[0])
        local = (parameters | whole.writes) - whole.declared
        expressions = Expressions((self._outside - local) | undefined, self._nested)
        made: list[ast.stmt] = []
        for statement in node.body:
            result: Any = expressions.visit(statement)
            made += result if isinstance(result, list) else [result]
        node.body = made

    def _nested(self, node: ast.FunctionDef, undefined: set[str]) -> ast.AST:
        if not is_generator(node):
            _Function(node, undefined).convert()
        return node

    @staticmethod
    def _refuse(node: ast.FunctionDef) -> None:
        for each in statements(node.body):
            if isinstance(each, (ast.Try, ast.TryStar)):
                inside = statements(each.finalbody)
                if any(isinstance(jump, (ast.Return, ast.Break, ast.Continue)) for jump in inside):
                    raise NoSource("it jumps out of a finally block")

    def _block(self, block: list[ast.stmt], whole: Activity, undefined: set[str]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for node in block:
            if isinstance(node, (ast.If, ast.While, ast.For)):
                made += self._control(node, whole, undefined)
                continue
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for inner in blocks_of(node):
                    inner[:] = self._block(inner, whole, undefined)
            made.append(node)
        return made

    def _control(
        self, node: ast.If | ast.While | ast.For, whole: Activity, undefined: set[str]
    ) -> list[ast.stmt]:
        head: list[ast.AST] = []
        if isinstance(node, ast.While):
            head = [node.test]
        elif isinstance(node, ast.For):
            head = [node.target]
        found = activity([*head, *node.body, *node.orelse])
        undefined |= found.writes - node.ag_defined  # type: ignore[union-attr]
        node.body = self._block(node.body, whole, undefined)
        node.orelse = self._block(node.orelse, whole, undefined)
        self._number += 1
        convert: Callable[..., list[ast.stmt]] = convert_if
        if not isinstance(node, ast.If):
            convert = convert_while if isinstance(node, ast.While) else convert_for
        return convert(node, found, whole, self._number)


def _after_declarations(body: list[ast.stmt]) -> int:
    """Where statements may be put: after the docstring, `global` and `nonlocal`."""
    position = 0
    for node in body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text and not isinstance(node, (ast.Global, ast.Nonlocal)):
            break
        position += 1
    return position
