"""How ops with the arguments of 1.x are written: a table row or a decorated function."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ._apply import apply, convert_to_tensor
from ._operators import binary
from ._symbols import export


def unary(names: str, type: str, function: Callable[[Any], Any]) -> None:
    """Exports an op of one tensor."""

    @export(names)
    def op(x: Any, name: str | None = None) -> Any:
        return apply(type, function, convert_to_tensor(x), op_name=name)

    _label(op, names, f"The op {type} of one tensor.")


def binary_op(names: str, type: str, function: Callable[[Any, Any], Any]) -> None:
    """Exports an op of two tensors."""

    @export(names)
    def op(x: Any, y: Any, name: str | None = None) -> Any:
        return binary(type, function, x, y, name or type)

    _label(op, names, f"The op {type} of two tensors.")


def _label(op: Any, names: str, doc: str) -> None:
    op.__name__ = op.__qualname__ = names.split()[0].rpartition(".")[2]
    op.__doc__ = doc


def renamed(**old: str) -> Callable[[Any], Any]:
    """Lets a function take arguments under their older names: `renamed(keep_dims="keepdims")`."""

    def wrap(function: Any) -> Any:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            for before, now in old.items():
                if before in kwargs:
                    value = kwargs.pop(before)
                    if value is not None or now not in kwargs:
                        kwargs[now] = value
            return function(*args, **kwargs)

        return call

    return wrap
