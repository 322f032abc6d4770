"""Iterators of 1.x: `get_next` is an op whose value the host gives before each run."""

from __future__ import annotations

from collections.abc import Iterator as PythonIterator
from typing import Any

from .._apply import convert_to_tensor, from_array
from .._core import tg
from .._errors import precondition
from .._graph import get_default_graph
from .._symbols import export
from .._tensor import Operation
from .dataset import Dataset, _shapes, _tupled
from .structure import Spec, as_leaf, leaves, packed


@export("data.Iterator")
class Iterator:
    """Gives the elements of a dataset, one with each run."""

    def __init__(self, structure: Any, specs: list[Spec]) -> None:
        self._structure, self._specs = structure, specs
        self._initializer: Operation | None = None

    output_types = property(lambda self: packed(self._structure, [each.dtype for each in self._specs]))
    output_shapes = property(lambda self: packed(self._structure, [each.shape for each in self._specs]))

    @property
    def initializer(self) -> Operation:
        """The op that begins."""
        if self._initializer is None:
            raise precondition(
                "data.Iterator",
                "the iterator must be an initializable one",
                repr(self),
                "See make_initializer.",
                "TG-7301",
            )
        return self._initializer

    @staticmethod
    def from_structure(
        output_types: Any, output_shapes: Any = None, shared_name: Any = None, output_classes: Any = None
    ) -> Iterator:
        """An iterator that several datasets can be given to."""
        return Iterator(*_described(output_types, output_shapes))

    @staticmethod
    def from_string_handle(
        string_handle: Any, output_types: Any, output_shapes: Any = None, output_classes: Any = None
    ) -> Iterator:
        """The iterator that a handle names in each run."""
        return _ByHandle(string_handle, *_described(output_types, output_shapes))

    def make_initializer(self, dataset: Dataset, name: str | None = None) -> Operation:
        """An op that begins with a dataset."""
        captures = list(dict.fromkeys(dataset._captures))

        def lower(emitter: Any, *given: Any) -> list[Any]:
            def begin(*arrays: Any) -> None:
                emitter.state.extra[self] = dataset._start(dict(zip(captures, arrays)))

            tg.numpy_function(begin, list(given), [])
            return []

        return get_default_graph().create(
            "MakeIterator", lower, captures, name, outputs=[], stateful=True, effect=True
        )

    def _current(self, session: Any, feeds: Any) -> PythonIterator[Any]:
        found = session.state.extra.get(self)
        if found is None:
            raise precondition(
                "data.Iterator.get_next",
                "the iterator must have been initialized",
                "none that has begun",
                "Run iterator.initializer.",
                "TG-7301",
            )
        return found  # type: ignore[no-any-return]

    def get_next(self, name: str | None = None) -> Any:
        """The next element: another one in each run.

        Raises:
            tg.errors.OutOfRangeError: When it runs and there is none (TG-7302).
        """
        specs = self._specs

        def host(session: Any, feeds: Any) -> list[Any]:
            try:
                element = next(self._current(session, feeds))
            except StopIteration:
                raise tg.errors.OutOfRangeError(
                    "[compat.v1.data.Iterator.get_next] End of sequence: there must be a next element. "
                    "Received: the end of the dataset. Catch tf.errors.OutOfRangeError, or repeat the dataset.",
                    code="TG-7302",
                ) from None
            return [from_array(as_leaf(array, spec.dtype), spec.dtype) for array, spec in zip(element, specs)]

        op = get_default_graph().create(
            "IteratorGetNext",
            lambda *values: list(values),
            (),
            name,
            outputs=[(each.dtype, each.shape) for each in specs],
            attributes={"host": host},
        )
        return packed(self._structure, list(op.outputs))

    def string_handle(self, name: str | None = None) -> Any:
        """A tensor that names it, to be fed to `from_string_handle`."""
        text = f"iterator_{id(self)}"

        def host(session: Any, feeds: Any) -> list[Any]:
            session.state.extra[text] = self
            return [tg.constant(text.encode())]

        op = get_default_graph().create(
            "IteratorToStringHandle",
            lambda *values: list(values),
            (),
            name,
            outputs=[(tg.string, [])],
            attributes={"host": host},
        )
        return op.outputs[0]


class OneShot(Iterator):
    """Begins by itself."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset._structure, dataset._specs)
        self._dataset = dataset

    def _current(self, session: Any, feeds: Any) -> PythonIterator[Any]:
        found = session.state.extra.get(self)
        if found is None:
            captures = list(dict.fromkeys(self._dataset._captures))
            values = session.run(captures) if captures else []
            found = session.state.extra[self] = self._dataset._start(dict(zip(captures, values)))
        return found  # type: ignore[no-any-return]


class Initializable(Iterator):
    """Begins when its initializer runs."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset._structure, dataset._specs)
        self._initializer = self.make_initializer(dataset)


class _ByHandle(Iterator):
    """Another iterator in each run."""

    def __init__(self, handle: Any, structure: Any, specs: list[Spec]) -> None:
        super().__init__(structure, specs)
        self._handle = convert_to_tensor(handle)

    def _current(self, session: Any, feeds: Any) -> PythonIterator[Any]:
        text = feeds[self._handle].numpy() if self._handle in feeds else session.run(self._handle)
        known = session.state.extra.get(text.decode() if isinstance(text, bytes) else str(text))
        if known is None:
            raise precondition(
                "data.Iterator",
                "the handle must be one of an iterator of this session",
                repr(text),
                "Run string_handle().",
                "TG-7301",
            )
        return known._current(session, feeds)  # type: ignore[no-any-return]

    def get_next(self, name: str | None = None) -> Any:
        """The next element of the iterator that the handle names."""
        made = super().get_next(name)
        for each in leaves(made):
            each.op.attributes["needs"] = [self._handle]
            break
        return made


def _described(output_types: Any, output_shapes: Any) -> tuple[Any, list[Spec]]:
    from .._tensor import core_dtype

    structure = _tupled(output_types)
    dtypes = [core_dtype(each) for each in leaves(structure)]
    shapes = [None] * len(dtypes) if output_shapes is None else _shapes(structure, output_shapes)
    return packed(structure, [0] * len(dtypes)), [Spec(a, b) for a, b in zip(dtypes, shapes)]


@export("data.make_one_shot_iterator")
def make_one_shot_iterator(dataset: Dataset) -> Any:
    """An iterator over all elements, once."""
    return dataset.make_one_shot_iterator()


@export("data.make_initializable_iterator")
def make_initializable_iterator(dataset: Dataset, shared_name: Any = None) -> Any:
    """An iterator that begins when its initializer runs."""
    return dataset.make_initializable_iterator()


@export("data.get_output_types")
def get_output_types(dataset_or_iterator: Any) -> Any:
    """The dtypes of elements."""
    return dataset_or_iterator.output_types


@export("data.get_output_shapes")
def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The shapes of elements."""
    return dataset_or_iterator.output_shapes
