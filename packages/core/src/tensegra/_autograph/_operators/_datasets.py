"""Loops over data sets inside of a graph.

A data set is anything with `element_spec`, a nest of specs, over which Python can iterate; nothing else is known of it
here. Each run of the graph begins a new pass over a data set; an iterator goes on where it was.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from tensegra import _native, nest
from tensegra._control._cond import conditional
from tensegra._control._grouping import control_dependencies
from tensegra._control._print import ensure_shape
from tensegra._control._py_function import numpy_function
from tensegra._dtypes import bool_, int64, string
from tensegra._errors import InvalidArgumentError, OutOfRangeError
from tensegra._spec import TensorSpec
from tensegra._tensor import Tensor, convert_to_tensor

from ._tensors import as_tensor


class _Passes:
    """The passes that are under way, by number."""

    def __init__(self, values: Any) -> None:
        self._values = values
        self._open: dict[int, Any] = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def begin(self) -> np.int64:
        with self._lock:
            number = next(self._numbers)
            self._open[number] = iter(self._values)
        return np.int64(number)

    def end(self, number: Any) -> None:
        self._open.pop(int(number), None)

    def next(self, number: Any) -> Any:
        """The next element, or None."""
        return next(self._open[int(number)], None)


def _specs(values: Any) -> Any:
    spec = values.element_spec
    wrong = [leaf for leaf in nest.flatten(spec) if not isinstance(leaf, TensorSpec)]
    if wrong:
        raise InvalidArgumentError(
            "[autograph] the elements of a data set in a graph are nests of tensors. Received: "
            f"element_spec={spec!r}. Convert its elements to tensors, or iterate outside of tg.function.",
            code="TG-0807",
        )
    return spec


def _zeros(spec: TensorSpec) -> Any:
    shape = [size or 0 for size in spec.shape.as_list()] if spec.shape.rank is not None else []
    if spec.dtype is string:
        return np.full(shape, b"", dtype=object)
    return _native.execute("cast", (convert_to_tensor(np.zeros(shape, np.int8)),), {"dtype": spec.dtype})  # type: ignore[no-any-return]


def _read(spec: Any, read: Callable[..., Any], arguments: list[Any]) -> tuple[Tensor, Any]:
    """Whether there is another element, and the element."""
    leaves = nest.flatten(spec)

    def called(*values: Any) -> list[Any]:
        element = read(*values)
        if element is None:
            return [np.bool_(False), *map(_zeros, leaves)]
        return [np.bool_(True), *nest.flatten(element)]

    has, *found = numpy_function(called, arguments, [bool_, *(leaf.dtype for leaf in leaves)])
    shaped = [
        tensor if leaf.shape.rank is None else ensure_shape(tensor, leaf.shape)
        for tensor, leaf in zip(found, leaves)
    ]
    return ensure_shape(has, []), nest.pack_sequence_as(spec, shaped)


def loop_over(
    values: Any, extra_test: Callable[[], Any] | None, body: Callable[[Any], None], loop: Any
) -> None:
    """A `for` over a data set, or over an iterator of one.

    Args:
        values: The data set.
        extra_test: Whether there may be another iteration.
        body: One iteration.
        loop: Knows the variables.
    """
    spec = _specs(values)
    passes = _Passes(values)
    number = ensure_shape(numpy_function(passes.begin, [], int64), [])
    arguments = [number]
    has, first = _read(spec, passes.next, arguments)

    def step(go: Tensor, element: Any) -> tuple[Any, ...]:
        body(element)
        again = True if extra_test is None else extra_test()
        if again is True:
            return _read(spec, passes.next, arguments)
        # An element that nobody sees must stay where it is.
        return tuple(
            conditional(
                as_tensor(again),
                lambda: _read(spec, passes.next, arguments),
                lambda: (convert_to_tensor(False), element),
                "for",
                ("more", "no_more"),
            )
        )

    loop.run((has, first), lambda go, element: go, step)
    with control_dependencies([number]):
        numpy_function(passes.end, arguments, [])


def next_element(iterator: Any) -> Any:
    """`next(iterator)`, each time that the graph runs.

    Raises:
        tg.errors.OutOfRangeError: When the graph runs: there are no more elements.
    """
    spec = _specs(iterator)

    def read() -> Any:
        element = next(iterator, None)
        if element is None:
            raise OutOfRangeError(
                "[next] an element can be had only before the end of the data set. Received: a call after the last "
                "element. Stop before, or loop over the iterator.",
                code="TG-0808",
            )
        return element

    return _read(spec, read, [])[1]
