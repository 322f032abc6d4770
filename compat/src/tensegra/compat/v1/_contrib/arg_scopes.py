"""`arg_scope`: default arguments of functions for a while."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .._errors import invalid, wrong_type
from .._symbols import export

_scopes: list[dict[str, dict[str, Any]]] = [{}]
_decorated: dict[str, tuple[str, ...]] = {}


def _export(name: str) -> Callable[[Any], Any]:
    return export(f"contrib.framework.{name} contrib.slim.{name}")


@_export("arg_scope_func_key")
def arg_scope_func_key(op: Any) -> str:
    """The key of a function in a scope."""
    return getattr(op, "_key_op", str(op))


@_export("current_arg_scope")
def current_arg_scope() -> dict[str, dict[str, Any]]:
    """The arguments that are given by the scopes around, by function."""
    return _scopes[-1]


@_export("has_arg_scope")
def has_arg_scope(func: Any) -> bool:
    """Whether `add_arg_scope` decorates a function."""
    return arg_scope_func_key(func) in _decorated


@_export("arg_scoped_arguments")
def arg_scoped_arguments(func: Any) -> tuple[str, ...]:
    """The names of the arguments that a scope may give: those with defaults.

    Raises:
        ValueError: `add_arg_scope` does not decorate it (TG-7388).
    """
    return _decorated[_key(func)]


def _key(func: Any) -> str:
    key = arg_scope_func_key(func)
    if key not in _decorated:
        raise invalid(
            "contrib.framework.arg_scope", "a function of a scope is decorated with add_arg_scope",
            getattr(func, "__name__", str(func)), "Decorate it.", "TG-7388",
        )  # fmt: skip
    return key


@_export("arg_scope")
@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[dict[str, dict[str, Any]]]:
    """Default arguments of functions, within a `with`; what a call gives itself goes first.

    Args:
        list_ops_or_scope: The functions, each decorated with `add_arg_scope`; or a scope, as `with ... as scope` gave
            it, which is then in force again.
        **kwargs: The arguments.

    Raises:
        TypeError: The first argument is neither (TG-7388).
        ValueError: A function is not decorated, or there are arguments beside a scope (TG-7388).
    """
    where = "contrib.framework.arg_scope"
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise invalid(
                where, "a scope that is used again takes no more arguments", f"{sorted(kwargs)}",
                "Open another scope inside.", "TG-7388",
            )  # fmt: skip
        made = dict(list_ops_or_scope)
    elif isinstance(list_ops_or_scope, (list, tuple)):
        made = dict(current_arg_scope())
        for op in list_ops_or_scope:
            key = _key(op)
            made[key] = {**made.get(key, {}), **kwargs}
    else:
        raise wrong_type(
            where, "the first argument is a list of functions, or a scope", type(list_ops_or_scope).__name__,
            "Give a list.", "TG-7388",
        )  # fmt: skip
    _scopes.append(made)
    try:
        yield made
    finally:
        _scopes.pop()


@_export("add_arg_scope")
def add_arg_scope(func: Any) -> Any:
    """Decorates a function so that `arg_scope` gives it arguments."""
    key = str(func)

    @functools.wraps(func)
    def scoped(*args: Any, **kwargs: Any) -> Any:
        given = current_arg_scope().get(key)
        return func(*args, **(kwargs if given is None else {**given, **kwargs}))

    scoped._key_op = key  # type: ignore[attr-defined]
    parameters = inspect.signature(func).parameters.values()
    _decorated[key] = tuple(each.name for each in parameters if each.default is not inspect.Parameter.empty)
    return scoped


def layer(names: str) -> Callable[[Any], Any]:
    """Decorates a layer with `add_arg_scope`, and exports it under both namespaces."""
    public = " ".join(f"contrib.layers.{name} contrib.slim.{name}" for name in names.split())
    return lambda function: export(public)(add_arg_scope(function))
