"""The operators of tensors and variables: `a + b`, `a[1:]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ._apply import apply, convert_to_tensor, is_graph_value, like
from ._core import tg
from ._static import as_key, constant_value
from ._tensor import Tensor


def typed(value: Any) -> Any:
    """A tensor as it is; anything else as a constant."""
    return value if isinstance(value, Tensor) else convert_to_tensor(value)


def binary(type: str, function: Callable[[Any, Any], Any], x: Any, y: Any, name: str | None = None) -> Any:
    """An op of two tensors of one dtype, one of which may be a Python value."""
    x = _densified(x)
    y = _densified(y)
    if is_graph_value(x):
        x = typed(x)
        y = typed(y) if is_graph_value(y) or isinstance(y, (list, tuple)) else like(y, x)
        if not isinstance(y, Tensor):
            y = convert_to_tensor(y, dtype_hint=x.dtype)
    elif is_graph_value(y):
        y = typed(y)
        x = convert_to_tensor(like(x, y), dtype_hint=y.dtype)
    else:
        x = convert_to_tensor(x)
        y = convert_to_tensor(y, dtype_hint=x.dtype)
    return apply(type, function, x, y, op_name=name)


def _densified(value: Any) -> Any:
    return value._as_dense() if hasattr(value, "_as_dense") else value


def div(x: Any, y: Any, name: str | None = None) -> Any:
    """Division of Python 2: floor for integers."""
    return binary("div", _python2, x, y, name)


def _python2(x: Any, y: Any) -> Any:
    return tg.floordiv(x, y) if x.dtype.is_integer else tg.truediv(x, y)


def _logical(boolean: Any, integer: Any) -> Callable[[Any, Any], Any]:
    def choose(x: Any, y: Any) -> Any:
        return boolean(x, y) if x.dtype == tg.bool else integer(x, y)

    return choose


def _truediv(x: Any, y: Any) -> Any:
    return tg.truediv(x, y)


_BINARY: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "add": ("add", tg.add),
    "sub": ("sub", tg.subtract),
    "mul": ("mul", tg.multiply),
    "truediv": ("truediv", _truediv),
    "floordiv": ("floordiv", tg.floordiv),
    "div": ("div", _python2),
    "mod": ("mod", tg.math.floormod),
    "pow": ("pow", tg.pow),
    "matmul": ("matmul", tg.matmul),
    "and": ("and", _logical(tg.logical_and, tg.bitwise.bitwise_and)),
    "or": ("or", _logical(tg.logical_or, tg.bitwise.bitwise_or)),
    "xor": ("xor", _logical(tg.math.logical_xor, tg.bitwise.bitwise_xor)),
}
_COMPARE: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "lt": ("Less", tg.less),
    "le": ("LessEqual", tg.less_equal),
    "gt": ("Greater", tg.greater),
    "ge": ("GreaterEqual", tg.greater_equal),
}


def _invert(x: Any) -> Any:
    return tg.logical_not(x) if x.dtype == tg.bool else tg.bitwise.invert(x)


def _methods() -> dict[str, Callable[..., Any]]:
    made: dict[str, Callable[..., Any]] = {}

    def forward(type: str, function: Any) -> Callable[..., Any]:
        return lambda self, other: _given(self, other) and binary(type, function, self, other)

    def backward(type: str, function: Any) -> Callable[..., Any]:
        return lambda self, other: binary(type, function, other, self)

    for name, (type_, function) in _BINARY.items():
        made[f"__{name}__"] = forward(type_, function)
        made[f"__r{name}__"] = backward(type_, function)
    for name, (type_, function) in _COMPARE.items():
        made[f"__{name}__"] = forward(type_, function)
    made["__neg__"] = lambda self: apply("Neg", tg.negative, self)
    made["__abs__"] = lambda self: apply("Abs", tg.abs, self)
    made["__invert__"] = lambda self: apply("LogicalNot", _invert, self)
    made["__getitem__"] = getitem
    return made


def _given(self: Any, other: Any) -> bool:
    return True


def getitem(self: Any, key: Any) -> Any:
    """`tensor[key]`: ints, slices with ints or tensors in them, `...`, `tf.newaxis`, a mask."""
    parts = list(key) if isinstance(key, tuple) else [key]
    if len(parts) == 1 and isinstance(parts[0], Tensor) and parts[0].dtype == tg.bool:
        return apply("boolean_mask", tg.boolean_mask, self, parts[0])
    cleaned: list[Any] = []
    for part in parts:
        if isinstance(part, slice):
            cleaned.append(("slice", _index(part.start), _index(part.stop), _index(part.step)))
        else:
            cleaned.append(_index(part))
    return apply("strided_slice", _sliced, self, cleaned, attributes={"parts": cleaned})


def _index(part: Any) -> Any:
    if is_graph_value(part):
        value = constant_value(typed(part))
        return part if value is None else int(value)
    if hasattr(part, "value") and not isinstance(part, (int, np.generic)):
        return part.value
    return int(part) if isinstance(part, np.integer) else part


def _sliced(tensor: Any, parts: list[Any]) -> Any:
    return tensor[as_key(parts)]


def install(cls: type) -> None:
    """Gives a class the operators."""
    for name, method in _methods().items():
        method.__name__ = name
        setattr(cls, name, method)


install(Tensor)
