"""Calls: what is called instead of a function or a builtin."""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor

from .._convert import converted
from ._iterables import Enumerated, Zipped, source_of
from ._lists import StagedList
from ._logic import and_, or_
from ._tensors import as_tensor, is_symbolic


def fn(function: Any) -> Any:
    """What is called where the source calls `function`."""
    kind = type(function)
    if kind is types.BuiltinFunctionType or kind is type:
        return _BUILTINS.get(function, function)
    if kind is types.FunctionType and function.__module__ == "tensegra._ops.shape":
        return _ops().get(function, function)
    return converted(function)


def _ops() -> dict[Any, Callable[..., Any]]:
    """Functions of Tensegra that take a list of tensors."""
    if not _OPS:
        from tensegra._ops import shape

        _OPS[shape.stack] = _stack
        _OPS[shape.concat] = _concat
    return _OPS


_OPS: dict[Any, Callable[..., Any]] = {}


def _stack(values: Any, axis: int = 0, name: str | None = None) -> Tensor:
    from tensegra._ops.shape import stack

    return values.stack(axis) if isinstance(values, StagedList) else stack(values, axis, name)


def _concat(values: Any, axis: int = 0, name: str | None = None) -> Tensor:
    from tensegra._ops.shape import concat

    if not isinstance(values, StagedList):
        return concat(values, axis, name)
    if axis != 0:
        raise InvalidArgumentError(
            "[concat] a list that grows where a tensor decides is joined along the first dimension. Received: "
            f"axis={axis}. Use tg.stack and tg.reshape.",
            code="TG-0804",
        )
    return values.concat()


def _any_symbolic(*values: Any) -> bool:
    return any(is_symbolic(value) for value in values)


def _range(*args: Any) -> Any:
    if not _any_symbolic(*args):
        return builtins.range(*args)
    from tensegra._composites.creation import range as tensor_range

    return tensor_range(*args)


def _len(value: Any) -> Any:
    if isinstance(value, StagedList):
        return value.size()
    if is_symbolic(value):
        tensor = as_tensor(value)
        shape = tensor._shape
        if shape is None or (shape and shape[0] < 0):
            return _native.execute("array_read", (_native.execute("shape", (tensor,)), 0))
        return len(tensor)
    return len(value)


def _print(*values: Any, **options: Any) -> None:
    if not _any_symbolic(*values) or options.keys() - {"sep", "end"}:
        print(*values, **options)
        return
    import sys

    from tensegra._control._print import print_

    print_(*values, output_stream=sys.stdout, **options)


def _int(value: Any = 0, *base: Any) -> Any:
    from tensegra._dtypes import int32

    return _cast(value, int32) if is_symbolic(value) else int(value, *base)


def _float(value: Any = 0.0) -> Any:
    from tensegra._dtypes import float32

    return _cast(value, float32) if is_symbolic(value) else float(value)


def _bool(value: Any = False) -> Any:
    from tensegra._dtypes import bool_

    return _cast(value, bool_) if is_symbolic(value) else bool(value)


def _cast(value: Any, dtype: Any) -> Tensor:
    return _native.execute("cast", (as_tensor(value),), {"dtype": dtype})  # type: ignore[no-any-return]


def _of_two(function: Callable[..., Any], op: str, reduction: str) -> Callable[..., Any]:
    """`min` and `max`."""

    def called(*args: Any, **options: Any) -> Any:
        if options or not args:
            return function(*args, **options)
        if len(args) == 1:
            if not is_symbolic(args[0]):
                return called(*args[0]) if _holds_symbolic(args[0]) else function(args[0])
            if as_tensor(args[0]).shape.rank != 1:
                raise _reduced(function.__name__, args[0])
            return _native.execute(reduction, (as_tensor(args[0]),))
        if not _any_symbolic(*args):
            return function(*args)
        result = args[0]
        for each in args[1:]:
            result = _native.execute(op, (result, each))
        return result

    return called


def _holds_symbolic(values: Any) -> bool:
    return isinstance(values, (list, tuple)) and _any_symbolic(*values) and len(values) > 1


def _whole(function: Callable[..., Any], reduction: str) -> Callable[..., Any]:
    """`sum`, `any` and `all` of a tensor."""

    def called(values: Any, *more: Any, **options: Any) -> Any:
        if isinstance(values, StagedList):
            values = values.stack()
        if function is not sum and isinstance(values, (list, tuple)) and _any_symbolic(*values):
            join = and_ if function is all else or_
            return _bool(join(*(lambda each=each: each for each in values)))
        if not is_symbolic(values) or options:
            return function(values, *more, **options)
        if as_tensor(values).shape.rank != 1:
            raise _reduced(function.__name__, values)
        total = _native.execute(reduction, (as_tensor(values),))
        return total + more[0] if more else total

    return called


def _reduced(name: str, value: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[{name}] of a tensor in a graph goes over its elements, so it has one dimension. Received: "
        f"shape={as_tensor(value).shape}. Use a reduction of tg with an axis.",
        code="TG-0805",
    )


def _enumerate(values: Any, start: Any = 0) -> Any:
    source = source_of(values)
    return enumerate(values, start) if source is None else Enumerated(source, start)


def _zip(*values: Any, **options: Any) -> Any:
    sources = [source_of(each) for each in values]
    if options or not values or any(source is None for source in sources):
        return zip(*values, **options)
    return Zipped([source for source in sources if source is not None])


def _map(function: Any, *values: Any) -> Any:
    return map(fn(function), *values)


def _filter(function: Any, values: Any) -> Any:
    return filter(function and fn(function), values)


def _sorted(values: Any, /, *, key: Any = None, reverse: bool = False) -> Any:
    if key is None and is_symbolic(values):
        from tensegra._ops.index import sort

        return sort(as_tensor(values), direction="DESCENDING" if reverse else "ASCENDING")
    return sorted(values, key=key and fn(key), reverse=reverse)


def _next(iterator: Any, *default: Any) -> Any:
    if not _native.executing_eagerly() and hasattr(iterator, "element_spec") and not default:
        from ._datasets import next_element

        return next_element(iterator)
    return next(iterator, *default)


def _isinstance(value: Any, kinds: Any) -> bool:
    if type(value) is StagedList and (kinds is list or (isinstance(kinds, tuple) and list in kinds)):
        return True
    return isinstance(value, kinds)


_BUILTINS: dict[Any, Callable[..., Any]] = {
    all: _whole(all, "reduce_all"),
    any: _whole(any, "reduce_any"),
    bool: _bool,
    enumerate: _enumerate,
    filter: _filter,
    float: _float,
    int: _int,
    isinstance: _isinstance,
    len: _len,
    map: _map,
    max: _of_two(max, "maximum", "reduce_max"),
    min: _of_two(min, "minimum", "reduce_min"),
    next: _next,
    print: _print,
    range: _range,
    sorted: _sorted,
    sum: _whole(sum, "reduce_sum"),
    zip: _zip,
}
