"""`tg.function`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from tensegra._errors import InvalidArgumentError

from ._function import Function


@overload
def function(
    func: Callable[..., Any],
    input_signature: Sequence[Any] | None = None,
    reduce_retracing: bool | None = None,
) -> Function: ...
@overload
def function(
    func: None = None, input_signature: Sequence[Any] | None = None, reduce_retracing: bool | None = None
) -> Callable[[Callable[..., Any]], Function]: ...
def function(
    func: Callable[..., Any] | None = None,
    input_signature: Sequence[Any] | None = None,
    reduce_retracing: bool | None = None,
) -> Any:
    """Turns a Python function into one that runs as a graph.

    It is traced when it is called: Python runs once, on values of a graph, and later calls run the graph. A new trace
    is made for a new structure of the arguments, new dtypes, or new Python values among them. The first trace has the
    shapes of the first call; at the first call with other sizes, the sizes that differ become unknown in one more
    trace, which then takes any size. Python numbers are part of what is traced: pass what changes as a tensor.

    Variables are captured, and may be made on the first call only. Python effects (print, append) happen while
    tracing. Python ``if`` and ``while`` cannot depend on tensors yet; use `tg.where`.

    Args:
        func: The function or method; without it, a decorator is returned.
        input_signature: One nest of `tg.TensorSpec` for each argument without default. There is then exactly one trace.
        reduce_retracing: False makes a trace for each set of shapes.

    Returns:
        A callable with `get_concrete_function`. As a method it has traces of its own for each object.

    Raises:
        tg.errors.InvalidArgumentError: `input_signature` is not made of specs (TG-0305) or does not fit (TG-0303).

    >>> import tensegra as tg
    >>> @tg.function
    ... def norm(x):
    ...     return tg.sqrt(tg.reduce_sum(x * x))
    >>> norm(tg.constant([3.0, 4.0])).numpy().item()
    5.0
    >>> for n in range(1, 6):
    ...     _ = norm(tg.ones([n]))
    >>> norm.experimental_get_tracing_count()
    2
    """
    if func is None:
        return lambda decorated: function(decorated, input_signature, reduce_retracing)
    if isinstance(func, Function):
        func = func.python_function
    if not callable(func):
        raise InvalidArgumentError(
            f"[tg.function] what is traced must be callable. Received: func={func!r}. Give a Python function.",
            code="TG-0305",
        )
    return Function(func, input_signature, reduce_retracing)
