"""`Dataset`: a recipe for elements, followed anew by each iterator."""

from __future__ import annotations

import glob as python_glob
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

import numpy as np

from .._apply import as_array, convert_to_tensor, is_graph_value
from .._core import tg
from .._errors import invalid
from .._graph import get_seed
from .._shapes import TensorShape
from .._symbols import export
from .._tensor import core_dtype
from .functions import Recorded
from .shuffling import Philox, shuffled
from .structure import Spec, leaves, packed

Values = dict[Any, Any]
Start = Callable[[Values], Iterator[list[Any]]]


class _Rows:
    """Elements that are rows of arrays: passed on as their numbers as long as nobody looks at them."""

    def __init__(
        self, arrays: Callable[[Values], list[np.ndarray]], numbers: Callable[[Values], Iterator[int]]
    ) -> None:
        self.arrays, self.numbers = arrays, numbers


@export("data.Dataset")
class Dataset:
    """Elements of one structure, given one after the other."""

    def __init__(
        self,
        structure: Any,
        specs: list[Spec],
        start: Start | None,
        captures: Any = (),
        rows: _Rows | None = None,
    ) -> None:
        self._structure, self._specs, self._captures, self._rows = structure, specs, list(captures), rows
        self._start = start if start is not None else self._from_rows

    def _from_rows(self, values: Values) -> Iterator[list[Any]]:
        assert self._rows is not None
        arrays = self._rows.arrays(values)
        return ([array[number] for array in arrays] for number in self._rows.numbers(values))

    # ---- what it is

    @property
    def output_types(self) -> Any:
        """The dtypes in the structure of elements."""
        return packed(self._structure, [each.dtype for each in self._specs])

    @property
    def output_shapes(self) -> Any:
        """The shapes in the structure of elements."""
        return packed(self._structure, [each.shape for each in self._specs])

    @property
    def output_classes(self) -> Any:
        """Tensors, in the structure of elements."""
        from .._tensor import Tensor

        return packed(self._structure, [Tensor for _ in self._specs])

    def __repr__(self) -> str:
        return f"<Dataset shapes: {self.output_shapes}, types: {self.output_types}>"

    def _selected(self, select: Callable[[Values, Callable[[], Iterator[Any]]], Iterator[Any]]) -> Dataset:
        """The same elements, others of them or in another order."""
        if self._rows is not None:
            rows = self._rows
            made = _Rows(rows.arrays, lambda values: select(values, lambda: rows.numbers(values)))
            return Dataset(self._structure, self._specs, None, self._captures, made)
        return Dataset(
            self._structure,
            self._specs,
            lambda values: select(values, lambda: self._start(values)),
            self._captures,
        )

    # ---- where elements come from

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """One element."""
        structure, flat, specs, captures = _inputs(tensors)
        return Dataset(
            structure, specs, lambda values: iter([[_value(each, values) for each in flat]]), captures
        )

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """The rows of tensors."""
        structure, flat, specs, captures = _inputs(tensors)
        inner = [Spec(each.dtype, each.shape[1:]) for each in specs]

        def arrays(values: Values) -> list[np.ndarray]:
            found = [np.asarray(_value(each, values)) for each in flat]
            if len({len(each) for each in found}) > 1:
                raise invalid(
                    "data.Dataset.from_tensor_slices",
                    "all tensors must have as many rows",
                    f"{[len(each) for each in found]}",
                    "Compare them.",
                    "TG-7300",
                )
            return found

        return Dataset(
            structure,
            inner,
            None,
            captures,
            _Rows(arrays, lambda values: iter(range(len(arrays(values)[0])))),
        )

    @staticmethod
    def from_generator(
        generator: Any, output_types: Any, output_shapes: Any = None, args: Any = None
    ) -> Dataset:
        """What a Python generator gives."""
        structure = _tupled(output_types)
        dtypes = [core_dtype(each) for each in leaves(structure)]
        shapes = [None] * len(dtypes) if output_shapes is None else _shapes(structure, output_shapes)
        given = [convert_to_tensor(each) for each in args or ()]

        def start(values: Values) -> Iterator[list[Any]]:
            for element in generator(*[values[each] for each in given]):
                flat = leaves(_like(structure, element))
                yield [
                    as_array(each, dtype, "data.Dataset.from_generator") for each, dtype in zip(flat, dtypes)
                ]

        return Dataset(structure, [Spec(a, b) for a, b in zip(dtypes, shapes)], start, given)

    @staticmethod
    def range(*args: int) -> Dataset:
        """Numbers as Python's `range` gives them."""
        numbers = range(*[int(each) for each in args])
        return Dataset(0, [Spec(tg.int64, [])], lambda values: ([np.int64(each)] for each in numbers))

    @staticmethod
    def zip(datasets: Any) -> Dataset:
        """Elements of several datasets beside each other."""
        parts = leaves(datasets)
        structure = packed(datasets, [each._structure for each in parts])
        specs = [spec for each in parts for spec in each._specs]

        def start(values: Values) -> Iterator[list[Any]]:
            for together in zip(*[each._start(values) for each in parts]):
                yield [leaf for element in together for leaf in element]

        return Dataset(structure, specs, start, [tensor for each in parts for tensor in each._captures])

    @staticmethod
    def list_files(file_pattern: Any, shuffle: Any = None, seed: int | None = None) -> Dataset:
        """The files that fit a pattern."""
        patterns = [file_pattern] if isinstance(file_pattern, (str, bytes)) else list(file_pattern)
        texts = [each.decode() if isinstance(each, bytes) else each for each in patterns]
        found = sorted(path for each in texts for path in python_glob.glob(each))
        if not found:
            raise invalid(
                "data.Dataset.list_files",
                "the pattern must fit a file",
                repr(file_pattern),
                "Check the path.",
                "TG-7300",
            )
        made = Dataset.from_tensor_slices(np.array(found, dtype=object))
        return made.shuffle(len(found), seed) if shuffle is None or shuffle else made

    # ---- what is made of them

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Dataset:
        """What a function of the graph gives for each element."""
        recorded = Recorded(map_func, self._structure, self._specs)

        def start(values: Values) -> Iterator[list[Any]]:
            return (recorded(element, values) for element in self._start(values))

        return Dataset(recorded.structure, recorded.specs, start, [*self._captures, *recorded.captures])

    def _datasets(
        self, function: Callable[..., Any]
    ) -> tuple[Recorded, Any, Callable[[list[Any], Values], Iterator[Any]]]:
        """A function that gives a dataset for each element."""
        recorded = Recorded(function, self._structure, self._specs)
        inner = recorded.result
        if not isinstance(inner, Dataset):
            raise invalid(
                "data.Dataset.flat_map",
                "the function must return a dataset",
                repr(inner),
                "Wrap it.",
                "TG-7300",
            )

        def elements(element: list[Any], values: Values) -> Iterator[Any]:
            found = recorded.evaluate(inner._captures, element, values)
            return inner._start(dict(zip(inner._captures, found)))

        return recorded, inner, elements

    def flat_map(self, map_func: Callable[..., Any]) -> Dataset:
        """The elements of the datasets that a function gives, one after the other."""
        recorded, inner, elements = self._datasets(map_func)

        def start(values: Values) -> Iterator[list[Any]]:
            return chain.from_iterable(elements(element, values) for element in self._start(values))

        return Dataset(inner._structure, inner._specs, start, [*self._captures, *recorded.captures])

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: int = 1,
        block_length: int = 1,
        num_parallel_calls: Any = None,
    ) -> Dataset:
        """The elements of the datasets that a function gives, `block_length` of each of `cycle_length` in turn."""
        recorded, inner, elements = self._datasets(map_func)

        def start(values: Values) -> Iterator[list[Any]]:
            source = self._start(values)
            opened: list[Any] = [elements(each, values) for each in islice(source, cycle_length)]
            place = 0
            while opened:
                block = list(islice(opened[place], block_length))
                yield from block
                if len(block) < block_length:
                    following = next(source, None)
                    if following is None:
                        opened.pop(place)
                        place = 0 if place >= len(opened) else place
                        continue
                    opened[place] = elements(following, values)
                    if block:
                        place = (place + 1) % len(opened)
                    continue
                place = (place + 1) % len(opened)

        return Dataset(inner._structure, inner._specs, start, [*self._captures, *recorded.captures])

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements for which a function of the graph is true."""
        recorded = Recorded(predicate, self._structure, self._specs)

        def start(values: Values) -> Iterator[list[Any]]:
            return (element for element in self._start(values) if bool(recorded(element, values)[0]))

        return Dataset(self._structure, self._specs, start, [*self._captures, *recorded.captures])

    def batch(self, batch_size: Any, drop_remainder: Any = False) -> Dataset:
        """So many elements in one."""
        size = _lazy(batch_size)
        static = None if size[1] else int(size[0]) if drop_remainder else None
        specs = [Spec(each.dtype, TensorShape([static]).concatenate(each.shape)) for each in self._specs]
        captures = [*self._captures, *([size[0]] if size[1] else [])]

        def start(values: Values) -> Iterator[list[Any]]:
            count = int(_value(size[0], values))
            if self._rows is not None:
                arrays = self._rows.arrays(values)
                numbers = self._rows.numbers(values)
                while chosen := list(islice(numbers, count)):
                    if len(chosen) == count or not drop_remainder:
                        yield [array[chosen] for array in arrays]
                return
            source = self._start(values)
            while elements := list(islice(source, count)):
                if len(elements) == count or not drop_remainder:
                    yield [_stacked(column) for column in zip(*elements)]

        return Dataset(self._structure, specs, start, captures)

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: Any = False,
    ) -> Dataset:
        """So many elements in one, filled up to one shape."""
        count = int(batch_size)
        shapes = [each.shape for each in self._specs] if padded_shapes is None else [
            TensorShape(each) for each in _shapes(self._structure, padded_shapes)
        ]  # fmt: skip
        fill = [None] * len(shapes) if padding_values is None else leaves(padding_values)
        static = count if drop_remainder else None
        specs = [
            Spec(each.dtype, TensorShape([static]).concatenate(shape))
            for each, shape in zip(self._specs, shapes)
        ]

        def start(values: Values) -> Iterator[list[Any]]:
            source = self._start(values)
            while elements := list(islice(source, count)):
                if len(elements) == count or not drop_remainder:
                    yield [
                        _padded(column, shape, value)
                        for column, shape, value in zip(zip(*elements), shapes, fill)
                    ]

        return Dataset(self._structure, specs, start, self._captures)

    def shuffle(
        self, buffer_size: Any, seed: int | None = None, reshuffle_each_iteration: bool | None = None
    ) -> Dataset:
        """Random order through a buffer: the order that TensorFlow gives for the seeds of graph and op."""
        first, second = get_seed(seed)
        size = _lazy(buffer_size)

        def seeds() -> Callable[[], tuple[int, int]]:
            if first is None or second is None:
                entropy = np.random.SeedSequence()
                return lambda: tuple(int(each) for each in entropy.spawn(1)[0].generate_state(2))  # type: ignore[return-value]
            if reshuffle_each_iteration is False:
                return lambda: (first, second)
            generator = Philox(first, second)
            return lambda: (generator(), generator())

        generators: dict[int, Callable[[], tuple[int, int]]] = {}

        def select(values: Values, again: Callable[[], Iterator[Any]]) -> Iterator[Any]:
            # One generator of seeds for each iterator over the whole pipeline.
            owner = id(values)
            if owner not in generators:
                generators.clear()
                generators[owner] = seeds()
            return shuffled(again, int(_value(size[0], values)), *generators[owner]())

        return self._selected(select)._with(size)

    def _with(self, lazy: tuple[Any, bool]) -> Dataset:
        if lazy[1]:
            self._captures = [*self._captures, lazy[0]]
        return self

    def repeat(self, count: Any = None) -> Dataset:
        """The elements several times, by default for ever."""
        times = _lazy(-1 if count is None else count)

        def select(values: Values, again: Callable[[], Iterator[Any]]) -> Iterator[Any]:
            left = int(_value(times[0], values))
            while left != 0:
                empty = True
                for item in again():
                    empty = False
                    yield item
                if empty:
                    return
                left -= 1

        return self._selected(select)._with(times)

    def take(self, count: Any) -> Dataset:
        """The first elements; -1: all."""
        number = _lazy(count)

        def select(values: Values, again: Callable[[], Iterator[Any]]) -> Iterator[Any]:
            most = int(_value(number[0], values))
            return again() if most < 0 else islice(again(), most)

        return self._selected(select)._with(number)

    def skip(self, count: Any) -> Dataset:
        """All but the first elements."""
        number = _lazy(count)
        return self._selected(
            lambda values, again: islice(again(), int(_value(number[0], values)), None)
        )._with(number)

    def shard(self, num_shards: int, index: int) -> Dataset:
        """One in so many elements."""
        return self._selected(lambda values, again: islice(again(), int(index), None, int(num_shards)))

    def cache(self, filename: str = "") -> Dataset:
        """Keeps the elements after the first time."""
        kept: dict[str, list[Any]] = {}

        def select(values: Values, again: Callable[[], Iterator[Any]]) -> Iterator[Any]:
            if "all" in kept:
                yield from kept["all"]
                return
            found = []
            for item in again():
                found.append(item)
                yield item
            kept["all"] = found

        return self._selected(select)

    def prefetch(self, buffer_size: Any) -> Dataset:
        """The same: elements are made when they are asked for."""
        return self._selected(lambda values, again: again())

    def concatenate(self, dataset: Dataset) -> Dataset:
        """The elements of another one behind."""
        specs = [
            Spec(a.dtype, a.shape if a.shape == b.shape else _relaxed(a.shape, b.shape))
            for a, b in zip(self._specs, dataset._specs)
        ]
        return Dataset(
            self._structure, specs, lambda values: chain(self._start(values), dataset._start(values)),
            [*self._captures, *dataset._captures],
        )  # fmt: skip

    def enumerate(self, start: int = 0) -> Dataset:
        """Elements with their numbers."""
        return Dataset(
            (0, self._structure),
            [Spec(tg.int64, []), *self._specs],
            lambda values: (
                [np.int64(index), *each] for index, each in enumerate(self._start(values), start)
            ),
            self._captures,
        )

    def unbatch(self) -> Dataset:
        """The rows of elements."""

        def start(values: Values) -> Iterator[list[Any]]:
            for element in self._start(values):
                for index in range(len(element[0])):
                    yield [leaf[index] for leaf in element]

        return Dataset(
            self._structure, [Spec(each.dtype, each.shape[1:]) for each in self._specs], start, self._captures
        )

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """What a function makes of it."""
        return transformation_func(self)

    def with_options(self, options: Any) -> Dataset:
        """The same: there are no options."""
        return self

    def options(self) -> Any:
        """No options."""
        return Options()

    # ---- iterators

    def make_one_shot_iterator(self) -> Any:
        """An iterator over all elements, once."""
        from .iterators import OneShot

        get_seed(None)  # TensorFlow gives the iterator a seed of its own: later ops are numbered behind it
        return OneShot(self)

    def make_initializable_iterator(self, shared_name: Any = None) -> Any:
        """An iterator that begins when its initializer runs."""
        from .iterators import Initializable

        return Initializable(self)


@export("data.Options")
class Options:
    """Options of datasets; without effect."""


def _tupled(structure: Any) -> Any:
    return tuple(_tupled(each) for each in structure) if isinstance(structure, (list, tuple)) else structure


def _shapes(structure: Any, shapes: Any) -> list[Any]:
    """The shapes in the order of the leaves; a list of sizes is a shape."""
    if isinstance(structure, tuple):
        return [shape for each, inner in zip(structure, shapes) for shape in _shapes(each, inner)]
    if isinstance(structure, dict):
        return [shape for key in sorted(structure) for shape in _shapes(structure[key], shapes[key])]
    return [shapes]


def _like(structure: Any, element: Any) -> Any:
    if isinstance(structure, tuple):
        return tuple(_like(each, part) for each, part in zip(structure, element))
    if isinstance(structure, dict):
        return {key: _like(structure[key], element[key]) for key in structure}
    return element


def _inputs(tensors: Any) -> tuple[Any, list[Any], list[Spec], list[Any]]:
    structure = (
        tensors
        if not isinstance(tensors, list) or any(is_graph_value(each) for each in tensors)
        else np.asarray(tensors)
    )
    if isinstance(structure, list):
        structure = convert_to_tensor(structure)
    flat: list[Any] = []
    specs: list[Spec] = []
    captures: list[Any] = []
    for leaf in leaves(structure):
        if is_graph_value(leaf):
            tensor = convert_to_tensor(leaf)
            flat.append(tensor)
            captures.append(tensor)
            specs.append(Spec(tensor.dtype, tensor.shape))
        else:
            array = as_array(leaf, None, "data.Dataset")
            flat.append(array)
            specs.append(Spec(tg.string if array.dtype == object else tg.as_dtype(array.dtype), array.shape))
    return packed(structure, [0] * len(flat)), flat, specs, captures


def _lazy(value: Any) -> tuple[Any, bool]:
    """A number, or a tensor whose value an iterator gets."""
    return (convert_to_tensor(value), True) if is_graph_value(value) else (value, False)


def _value(thing: Any, values: Values) -> Any:
    return values[thing] if is_graph_value(thing) else thing


def _stacked(column: Any) -> np.ndarray:
    if isinstance(column[0], (bytes, str)) or np.asarray(column[0]).dtype.kind == "O":
        made = np.empty((len(column), *np.shape(column[0])), dtype=object)
        for index, each in enumerate(column):
            made[index] = each if np.ndim(each) or isinstance(each, (bytes, str)) else np.asarray(each).item()
        return made
    return np.stack(column)


def _padded(column: Any, shape: TensorShape, value: Any) -> np.ndarray:
    arrays = [np.asarray(each) for each in column]
    sizes = [
        max(array.shape[axis] for array in arrays) if size is None else size
        for axis, size in enumerate(shape._list if shape._list is not None else [None] * arrays[0].ndim)
    ]
    if value is None:
        value = b"" if arrays[0].dtype == object else 0
    made: Any = np.full((len(arrays), *sizes), value, dtype=arrays[0].dtype)
    for index, array in enumerate(arrays):
        made[(index, *(slice(0, size) for size in array.shape))] = array
    return made


def _relaxed(first: TensorShape, second: TensorShape) -> TensorShape:
    if first._list is None or second._list is None or len(first._list) != len(second._list):
        return TensorShape(None)
    return TensorShape([a if a == b else None for a, b in zip(first._list, second._list)])
