"""From a Python function to a graph."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from tensegra import _native, _seeds, _variable, _variable_registry
from tensegra._dtypes import dtype_from_number, resource
from tensegra._errors import FailedPreconditionError
from tensegra._tracebacks import of_the_user
from tensegra._tracing import Trace, current_trace, traces
from tensegra._variable import Variable

from ._concrete import ConcreteFunction, to_outputs
from ._parameters import Parameters
from ._structure import Leaf, name_leaves, pack, to_leaves


def trace(
    python_function: Callable[..., Any],
    name: str,
    parameters: Parameters,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    shapes: Sequence[Any] | None,
    may_create_variables: bool,
    autograph: bool = False,
) -> ConcreteFunction:
    """Runs a Python function on values of a new graph.

    Args:
        python_function: What is traced.
        name: Its name, for messages.
        parameters: Its parameters.
        args: Positional arguments in canonical form; their tensors, arrays and specs become arguments of the graph.
        kwargs: Keyword arguments, likewise.
        shapes: The shapes of these in order, or None to take those they have.
        may_create_variables: Whether variables may be made.
        autograph: Whether its control flow is converted.
    """
    leaves: list[Leaf] = []
    structure = to_leaves((args, kwargs), leaves, shapes)
    names: dict[int, str] = {}
    for index, item in enumerate(structure[0]):
        name_leaves(item, parameters.path(index), names)
    name_leaves(structure[1], "", names)

    outer = current_trace()
    inner = Trace(name, _seeds.global_seed() if outer is None else outer.seed)
    inner.autograph = autograph
    traced = python_function
    if autograph:
        from tensegra._autograph import converted

        traced = converted(python_function, requested=True)
    graph = _native.Graph(name)
    owner = threading.get_ident()

    def creation_hook(arguments: dict[str, Any]) -> None:
        if may_create_variables or threading.get_ident() != owner or _native.executing_eagerly():
            return
        raise FailedPreconditionError(
            f"[{name}] variables are made on the first call of a tg.function only. Received: a new variable "
            f"name={arguments['name']!r} in a later trace. Make it outside, or keep it in an attribute and make it "
            "when that is None.",
            code="TG-0304",
        )

    tensors: list[Any] = []
    graph.enter()
    traces().append(inner)
    _variable.creation_hook.append(creation_hook)
    try:
        with _variable_registry.KeepNew() as created:
            placeholders = [
                graph.add_input(names[leaf.index], leaf.spec.dtype._number, leaf.spec.shape._dims)
                for leaf in leaves
            ]
            traced_args, traced_kwargs = pack(structure, placeholders)
            outputs = to_outputs(traced(*traced_args, **traced_kwargs), tensors, name)
    except BaseException as error:
        error.__traceback__ = of_the_user(error.__traceback__)
        raise
    finally:
        _variable.creation_hook.pop()
        traces().pop()
        graph.leave()
    _native.lift()  # freezing may run ops, which belong to no graph
    try:
        native = _native.Function.create(graph, tensors)
    finally:
        _native.leave()
    return ConcreteFunction(
        native,
        parameters,
        structure,
        outputs,
        [names[leaf.index] for leaf in leaves],
        [leaf.spec for leaf in leaves],
        captured_variables(native, created),
    )


def captured_variables(native: _native.Function, candidates: Sequence[Variable] = ()) -> list[Variable]:
    """The variables among the captures of a function, in order."""
    known = {variable.handle._id: variable for variable in candidates}
    found = []
    for index in range(native.num_captures):
        handle = native.capture(index)
        if dtype_from_number(handle._dtype_number) is resource:
            variable = known.get(handle._id)
            if variable is None:
                variable = _variable_registry.find(handle)
            if variable is not None:
                found.append(variable)
    return found
