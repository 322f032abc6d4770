"""Functions with a gradient of their own: `tg.custom_gradient`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tensegra import _native, _variable_registry, nest
from tensegra._control._branch import Branch
from tensegra._control._structure import as_list
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._tracing import as_traced
from tensegra._variable import Variable


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a function a gradient of its own, for example one that is numerically stable.

    Args:
        f: Takes tensors and returns ``(y, grad_fn)``. ``grad_fn(*dy)`` gets the gradient of each tensor of `y` and
            returns that of each tensor among the positional arguments. Where `f` reads trainable variables, `grad_fn`
            is called with ``variables=[...]`` and returns a pair: those gradients, and a list with one for each
            variable. Keyword arguments get no gradient.

    Returns:
        A function that returns `y`.

    Raises:
        tg.errors.InvalidArgumentError: `f` does not return such a pair, or `grad_fn` the wrong number of gradients.

    Where a graph is traced, `grad_fn` is traced too, whether or not a gradient is taken, and becomes part of the graph:
    tapes outside of a `tg.function` use it, and so do branches, loops and saved models. If it raises an error then, the
    error is raised again when a gradient is taken (TG-0760).

    >>> import tensegra as tg
    >>> @tg.custom_gradient
    ... def clipped(x):
    ...     return x, lambda dy: tg.minimum(dy, 1.0)
    >>> x = tg.constant(2.0)
    >>> with tg.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = 5.0 * clipped(x)
    >>> tape.gradient(y, x).numpy().item()
    1.0
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        return _call(f, args, kwargs)

    return decorated


def _call(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    name = getattr(f, "__name__", type(f).__name__)
    inputs = [_as_input(leaf) for leaf in nest.flatten(args)]
    args = nest.pack_sequence_as(args, [_as_tensor(leaf) for leaf in inputs])
    watcher = _native.Tape(False, True)
    watcher._start()
    try:
        result = as_traced(f)(*args, **kwargs)
    finally:
        watcher._stop()
    if not isinstance(result, tuple) or len(result) != 2 or not callable(result[1]):
        raise InvalidArgumentError(
            f"[custom_gradient] {name} must return a pair: the result and a gradient function. "
            f"Received: {result!r}. Return (y, grad_fn).",
            code="TG-0305",
        )
    outputs, grad_fn = result
    handles = [leaf.handle if isinstance(leaf, Variable) else leaf for leaf in inputs]
    known = {handle._id for handle in handles}
    read = [handle for handle in watcher._watched_variables() if handle._id not in known]
    variables = [_variable_registry.find(handle) for handle in read]

    values = [convert_to_tensor(leaf) for leaf in nest.flatten(outputs)]

    def backward(seeds: list[Tensor]) -> list[Tensor | None]:
        if not variables:
            return _gradients(grad_fn(*seeds), len(handles), name, "argument")
        result = grad_fn(*seeds, variables=variables)
        if not isinstance(result, tuple) or len(result) != 2:
            raise InvalidArgumentError(
                f"[custom_gradient] the gradient function of {name}, which reads variables, must return a pair: the "
                f"gradients of the arguments and a list of those of the variables. Received: {result!r}. "
                "Return (gradients, variable_gradients).",
                code="TG-0305",
            )
        return _gradients(result[0], len(handles), name, "argument") + _gradients(
            result[1], len(variables), name, "variable"
        )

    connect = _record if _native.executing_eagerly() else _add_to_graph
    return nest.pack_sequence_as(outputs, connect(name, values, handles + read, backward))


def _record(
    name: str, values: list[Tensor], sources: list[Tensor], backward: Callable[[list[Tensor]], list[Any]]
) -> list[Tensor]:
    """Results that the tapes connect with the sources."""
    # New tensors, that no tape connects with what f computed inside.
    _native.pause_tapes()
    try:
        results = [_native.execute("identity", (value,)) for value in values]
    finally:
        _native.resume_tapes()

    def gradient(output_gradients: list[Tensor | None]) -> list[Tensor | None]:
        return backward(
            [
                _native.execute("zeros_like", (result,)) if given is None else given
                for result, given in zip(results, output_gradients, strict=True)
            ]
        )

    _native.record_custom(name, sources, results, gradient)
    return results


def _add_to_graph(
    name: str, values: list[Tensor], sources: list[Tensor], backward: Callable[[list[Tensor]], list[Any]]
) -> list[Tensor]:
    """Results that a node of the graph connects with the sources: it holds the gradient as a function."""
    failure = ""
    gradients: list[Tensor | None] = [None] * len(sources)
    with Branch(f"{name}_gradient") as branch:
        seeds = [branch.add_input_like(f"gradient_{index}", value) for index, value in enumerate(values)]
        try:
            gradients = backward(seeds)
        except Exception as error:  # who takes no gradient needs none
            failure = f"{name} raised {type(error).__name__}: {error}"
        branch.set_outputs(each for each in gradients if each is not None)
    attributes = {
        "gradient": branch.freeze(),
        "results": len(values),
        "sources": [int(each is not None) for each in gradients],
        "failure": failure,
    }
    return as_list(_native.execute("with_gradient", ([*values, *sources],), attributes))


def _as_input(leaf: Any) -> Any:
    return leaf if isinstance(leaf, Variable) else convert_to_tensor(leaf)


def _as_tensor(leaf: Any) -> Any:
    return leaf._as_tensor() if isinstance(leaf, Variable) else leaf


def _gradients(result: Any, count: int, name: str, what: str) -> list[Tensor | None]:
    gradients = nest.flatten(result)
    if len(gradients) != count:
        raise InvalidArgumentError(
            f"[custom_gradient] the gradient function of {name} must return one gradient for each {what}. "
            f"Received: {len(gradients)} for {count}. Return None where there is none.",
            code="TG-0110",
        )
    return [None if gradient is None else convert_to_tensor(gradient) for gradient in gradients]
