"""Which calls may move into a traced function: those whose time and number of calls make no difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from ._helpers import Helpers, walk
from ._imports import dotted_name

_BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "divmod",
        "enumerate",
        "float",
        "getattr",
        "hasattr",
        "int",
        "isinstance",
        "len",
        "list",
        "map",
        "max",
        "min",
        "pow",
        "range",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "zip",
    ]
)
_MODULES = frozenset({"np", "numpy", "math", "operator", "functools", "itertools"})
_METHODS = frozenset(
    [
        "append",
        "as_list",
        "astype",
        "copy",
        "extend",
        "format",
        "get",
        "get_shape",
        "index",
        "initialized_value",
        "items",
        "join",
        "keys",
        "reshape",
        "tolist",
        "transpose",
        "values",
        "zero_state",
    ]
)
_GENERATORS = ("RandomState", "default_rng", "Random", "SystemRandom")


def impure_calls(
    node: cst.CSTNode,
    helpers: Helpers,
    is_tensor_function: Callable[[str], bool],
    seen: frozenset[str] = frozenset(),
) -> Iterator[tuple[cst.Call, str]]:
    """Calls below `node` of which nothing is known, helpers' own included, each with the name called."""
    local = {p.name.value for p in walk(node) if isinstance(p, (cst.Param, cst.FunctionDef))}
    for part in walk(node):
        if not isinstance(part, cst.Call) or helpers.symbol_role(part.func) or helpers.is_unknown(part.func):
            continue
        helper = helpers.called(part)
        if helper is not None:
            if helper.name not in seen:
                inner = impure_calls(helper.node.body, helpers, is_tensor_function, seen | {helper.name})
                parameters = {p.name.value for p in walk(helper.node) if isinstance(p, cst.Param)}
                yield from ((part, name) for _, name in inner if name not in parameters)
            continue
        name = dotted_name(part.func)
        if isinstance(part.func, cst.Name):
            if (
                part.func.value in _BUILTINS
                or part.func.value in local
                or is_tensor_function(part.func.value)
            ):
                continue
        elif isinstance(part.func, cst.Attribute):
            root = (name or "").split(".")
            if part.func.attr.value in _METHODS or (root[0] in _MODULES and "random" not in root):
                continue
        elif isinstance(part.func, cst.Lambda):
            continue
        yield part, name or "a computed function"


def is_generator(node: cst.CSTNode | None) -> bool:
    """True for `np.random.RandomState(...)` and the like."""
    if not isinstance(node, cst.Call):
        return False
    return (dotted_name(node.func) or "").split(".")[-1] in _GENERATORS
