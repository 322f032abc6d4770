"""`tg.function`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from tensegra._errors import InvalidArgumentError

from ._function import Function
from ._options import options_of


@overload
def function(
    func: Callable[..., Any],
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool | None = None,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: bool | None = None,
    experimental_compile: bool | None = None,
    experimental_follow_type_hints: bool | None = None,
) -> Function: ...
@overload
def function(
    func: None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool | None = None,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: bool | None = None,
    experimental_compile: bool | None = None,
    experimental_follow_type_hints: bool | None = None,
) -> Callable[[Callable[..., Any]], Function]: ...
def function(
    func: Callable[..., Any] | None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool | None = None,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: bool | None = None,
    experimental_compile: bool | None = None,
    experimental_follow_type_hints: bool | None = None,
) -> Any:
    """Turns a Python function into one that runs as a graph.

    It is traced when it is called: Python runs once, on values of a graph, and later calls run the graph. A new trace
    is made for a new structure of the arguments, new dtypes, or new Python values among them. The first trace has the
    shapes of the first call; at the first call with other sizes, the sizes that differ become unknown in one more
    trace, which then takes any size. Python numbers are part of what is traced: pass what changes as a tensor.

    Variables are captured, and may be made on the first call only. Python effects (print, append) happen while
    tracing. Python's ``if``, ``while``, ``for``, ``and``, ``assert`` and so on may depend on tensors: AutoGraph makes
    control flow of the graph of them (see docs/functions.md).

    Args:
        func: The function or method; without it, a decorator is returned.
        input_signature: One nest of `tg.TensorSpec` for each argument without default. There is then exactly one trace.
        autograph: Whether Python control flow is converted, here and in the functions that it calls.
        jit_compile: Accepted: there is one way to run a graph, which plans and fuses it whatever this says.
        reduce_retracing: False makes a trace for each set of shapes.
        experimental_implements: Not there.
        experimental_autograph_options: `tg.autograph.experimental.Feature`s; all of them are always on.
        experimental_attributes: Not there.
        experimental_relax_shapes: The old name of `reduce_retracing`.
        experimental_compile: The old name of `jit_compile`.
        experimental_follow_type_hints: Ignored.

    Returns:
        A callable with `get_concrete_function`. As a method it has traces of its own for each object.

    Raises:
        tg.errors.InvalidArgumentError: `input_signature` is not made of specs (TG-0305) or does not fit (TG-0303), or
            two names of one option contradict each other (TG-0532).
        tg.errors.UnimplementedError: An option that is not there is used (TG-0531).

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
    options = options_of(
        autograph,
        jit_compile,
        reduce_retracing,
        experimental_implements,
        experimental_autograph_options,
        experimental_attributes,
        experimental_relax_shapes,
        experimental_compile,
    )

    def decorate(decorated: Any) -> Function:
        if isinstance(decorated, Function):
            decorated = decorated.python_function
        if not callable(decorated):
            raise InvalidArgumentError(
                f"[tg.function] what is traced must be callable. Received: func={decorated!r}. Give a Python "
                "function.",
                code="TG-0305",
            )
        return Function(decorated, input_signature, options)

    return decorate if func is None else decorate(func)
