"""The public face of a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Iterator as AbstractIterator
from typing import Any

import tensegra as tg

from ._arguments import function
from ._constants import INFINITE_CARDINALITY
from ._errors import invalid
from ._iterator import Iterator
from ._stage import Stage
from ._stages._batch import Batch
from ._stages._cache import Cache
from ._stages._concatenate import Concatenate
from ._stages._enumerate import Enumerate
from ._stages._filter import Filter
from ._stages._from_generator import FromGenerator
from ._stages._from_tensor_slices import FromTensorSlices
from ._stages._from_tensors import FromTensors
from ._stages._map import Map
from ._stages._prefetch import Prefetch
from ._stages._range import Range
from ._stages._repeat import Repeat
from ._stages._shard import Shard
from ._stages._shuffle import Shuffle
from ._stages._skip import Skip
from ._stages._take import Take
from ._stages._unbatch import Unbatch
from ._stages._zip import Zip
from ._structure import Nest, flatten, map_leaves
from ._tensors import scalar


class Dataset(Iterable[Nest]):
    """A pipeline of elements: a source and the transformations after it.

    Elements are nests (tuples and dicts) of tensors. A data set holds no position: each ``iter(dataset)`` is a pass of
    its own. Names and behaviour are those of ``tf.data.Dataset``.

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> images = np.arange(6, dtype=np.float32).reshape(3, 2)
        >>> ds = tg.data.Dataset.from_tensor_slices((images, [0, 1, 2])).batch(2)
        >>> for x, y in ds:
        ...     print(x.numpy().tolist(), y.numpy().tolist())
        [[0.0, 1.0], [2.0, 3.0]] [0, 1]
        [[4.0, 5.0]] [2]
    """

    def __init__(self, stage: Stage) -> None:
        if not isinstance(stage, Stage):
            raise invalid(
                "Dataset",
                "a data set is made by one of the static methods.",
                f"an argument of type {type(stage).__name__}",
                "Call Dataset.from_tensor_slices, from_tensors, range, from_generator or zip.",
                "TG-2007",
            )
        self._stage = stage

    # Sources.

    @staticmethod
    def from_tensor_slices(tensors: Nest) -> Dataset:
        """A data set whose element i is row i of each array.

        Args:
            tensors: A nest of arrays, tensors or lists with one common first dimension. A writable array is copied; a
                read-only one (a memory map opened for reading, say) is shared.

        Raises:
            tg.errors.InvalidArgumentError: Nothing to slice, a scalar, or first dimensions that differ.

        Example:
            >>> import tensegra as tg
            >>> ds = tg.data.Dataset.from_tensor_slices({"a": [1, 2], "b": [3.0, 4.0]})
            >>> [(int(e["a"]), float(e["b"])) for e in ds]
            [(1, 3.0), (2, 4.0)]
        """
        return Dataset(FromTensorSlices(tensors))

    @staticmethod
    def from_tensors(tensors: Nest) -> Dataset:
        """A data set of one element: the nest itself.

        Example:
            >>> import tensegra as tg
            >>> [e.numpy().tolist() for e in tg.data.Dataset.from_tensors([1, 2])]
            [[1, 2]]
        """
        return Dataset(FromTensors(tensors))

    @staticmethod
    def range(*args: Any, output_type: Any = tg.int64) -> Dataset:
        """The integers of Python's `range`: stop; start, stop; or start, stop, step.

        Raises:
            tg.errors.InvalidArgumentError: No integers, or a step of 0.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(5, 0, -2)]
            [5, 3, 1]
        """
        return Dataset(Range(args, output_type))

    @staticmethod
    def from_generator(generator: Callable[[], Iterable[Any]], output_signature: Nest = None) -> Dataset:
        """A data set of what ``generator()`` yields; each pass calls it anew.

        Python numbers and lists take the dtype of the signature; what has a dtype of its own must have that dtype.

        Args:
            generator: A callable without parameters that gives an iterable.
            output_signature: A nest of `tg.TensorSpec` that each yielded value must satisfy.

        Raises:
            tg.errors.InvalidArgumentError: No such callable or signature; while iterating, a value of another
                structure, dtype or shape.

        Example:
            >>> import tensegra as tg
            >>> spec = tg.TensorSpec([], tg.float32)
            >>> ds = tg.data.Dataset.from_generator(lambda: (n / 2 for n in range(3)), output_signature=spec)
            >>> [float(e) for e in ds]
            [0.0, 0.5, 1.0]
        """
        return Dataset(FromGenerator(generator, output_signature))

    @staticmethod
    def zip(*args: Any, datasets: Nest = None) -> Dataset:
        """Elements of several data sets side by side, until the shortest ends.

        Args:
            *args: Data sets, or one tuple or dict of data sets, whose structure the elements then have.
            datasets: The same nest as a keyword.

        Raises:
            tg.errors.InvalidArgumentError: Something is not a data set.

        Example:
            >>> import tensegra as tg
            >>> a, b = tg.data.Dataset.range(3), tg.data.Dataset.range(10, 12)
            >>> [(int(x), int(y)) for x, y in tg.data.Dataset.zip((a, b))]
            [(0, 10), (1, 11)]
        """
        nest = (args[0] if len(args) == 1 else args) if args else datasets
        leaves = flatten(nest)
        if not leaves or not all(isinstance(leaf, Dataset) for leaf in leaves):
            raise invalid(
                "zip",
                "zip takes data sets, or a tuple or dict of data sets.",
                f"datasets={nest!r}",
                "Make each part a tg.data.Dataset.",
                "TG-2008",
            )
        return Dataset(Zip(map_leaves(lambda dataset: dataset._stage, nest)))

    # Transformations.

    def map(
        self, map_func: Any, num_parallel_calls: int | None = None, deterministic: bool | None = True
    ) -> Dataset:
        """Apply a function to each element.

        The function receives tensors, a tuple spread over its parameters, and runs eagerly. `element_spec` traces it
        once with symbolic tensors; if it needs real values, the first element is computed instead.

        Args:
            map_func: Returns a tensor, array or number, or a nest of them.
            num_parallel_calls: How many calls may run at once on threads; None: one after the other; `AUTOTUNE`: one
                per processor.
            deterministic: Keep the order of the input; False: elements come as their calls end.

        Raises:
            tg.errors.InvalidArgumentError: Wrong arguments; while iterating, a function that returns no tensors. An
                error inside the function is raised as the canonical error nearest to it, with the stage named.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(3).map(lambda n: n * n)]
            [0, 1, 4]
        """
        return Dataset(Map(self._stage, map_func, num_parallel_calls, deterministic in (None, True)))

    def filter(self, predicate: Any) -> Dataset:
        """Keep the elements for which `predicate` returns true.

        Raises:
            tg.errors.InvalidArgumentError: While iterating, an answer that is not one bool.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(6).filter(lambda n: n % 2 == 0)]
            [0, 2, 4]
        """
        return Dataset(Filter(self._stage, predicate))

    def batch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """Stack consecutive elements along a new first dimension.

        Straight after arrays (through shuffle, repeat, take, skip, shard and cache too) a batch is one gather per
        component.

        Args:
            batch_size: Elements per batch.
            drop_remainder: Leave out a last batch that is smaller.

        Raises:
            tg.errors.InvalidArgumentError: `batch_size` below 1; while iterating, elements of different shapes,
                dtypes or structures.

        Example:
            >>> import tensegra as tg
            >>> [e.numpy().tolist() for e in tg.data.Dataset.range(5).batch(2)]
            [[0, 1], [2, 3], [4]]
        """
        return Dataset(Batch(self._stage, batch_size, drop_remainder))

    def unbatch(self) -> Dataset:
        """Split each element along its first dimension.

        Raises:
            tg.errors.InvalidArgumentError: While iterating, components without a common first dimension.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(5).batch(2).unbatch()]
            [0, 1, 2, 3, 4]
        """
        return Dataset(Unbatch(self._stage))

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True
    ) -> Dataset:
        """Draw elements at random from a buffer that the input refills.

        The element at place k is one of the first ``buffer_size + k`` of the input. A buffer as large as the data
        set gives every order with the same probability. The order follows NumPy's PCG64 generator seeded with `seed`
        and the number of the pass, so a program run again sees the same orders.

        Args:
            buffer_size: Elements held at a time.
            seed: An integer; None draws one from the system when the data set is made.
            reshuffle_each_iteration: Another order in each pass.

        Raises:
            tg.errors.InvalidArgumentError: `buffer_size` below 1.

        Example:
            >>> import tensegra as tg
            >>> ds = tg.data.Dataset.range(4).shuffle(4, seed=7)
            >>> sorted(int(e) for e in ds)
            [0, 1, 2, 3]
        """
        return Dataset(Shuffle(self._stage, buffer_size, seed, reshuffle_each_iteration))

    def repeat(self, count: int | None = None) -> Dataset:
        """Pass over the data set `count` times; None or -1: without end.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(2).repeat(2)]
            [0, 1, 0, 1]
        """
        return Dataset(Repeat(self._stage, count))

    def take(self, count: int) -> Dataset:
        """At most the first `count` elements; -1: all.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(9).take(2)]
            [0, 1]
        """
        return Dataset(Take(self._stage, count))

    def skip(self, count: int) -> Dataset:
        """All but the first `count` elements; -1: none.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(4).skip(2)]
            [2, 3]
        """
        return Dataset(Skip(self._stage, count))

    def shard(self, num_shards: int, index: int) -> Dataset:
        """Every `num_shards`-th element, beginning with number `index`: the part of one of several workers.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(7).shard(3, 1)]
            [1, 4]
        """
        return Dataset(Shard(self._stage, num_shards, index))

    def cache(self) -> Dataset:
        """Keep the elements of the first complete pass in memory for the later ones.

        Example:
            >>> import tensegra as tg
            >>> ds = tg.data.Dataset.range(2).map(lambda n: n + 1).cache()
            >>> [int(e) for e in ds], [int(e) for e in ds]
            ([1, 2], [1, 2])
        """
        return Dataset(Cache(self._stage))

    def enumerate(self, start: int = 0) -> Dataset:
        """Pairs of an int64 number, counted from `start`, and an element.

        Example:
            >>> import tensegra as tg
            >>> ds = tg.data.Dataset.from_tensor_slices([7.0, 8.0]).enumerate(start=5)
            >>> [(int(n), float(e)) for n, e in ds]
            [(5, 7.0), (6, 8.0)]
        """
        return Dataset(Enumerate(self._stage, start))

    def concatenate(self, dataset: Dataset) -> Dataset:
        """The elements of this data set, then those of `dataset`.

        Raises:
            tg.errors.InvalidArgumentError: Not a data set, or elements of another structure or other dtypes.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(2).concatenate(tg.data.Dataset.range(5, 7))]
            [0, 1, 5, 6]
        """
        if not isinstance(dataset, Dataset):
            raise invalid(
                "concatenate",
                "dataset must be a tg.data.Dataset.",
                f"dataset of type {type(dataset).__name__}",
                "Make one, for example with Dataset.from_tensor_slices.",
                "TG-2009",
            )
        return Dataset(Concatenate(self._stage, dataset._stage))

    def prefetch(self, buffer_size: int) -> Dataset:
        """Let the stages before run ahead on a background thread.

        Leaving an iteration early ends the thread.

        Args:
            buffer_size: Elements (batches, after `batch`) kept ready; `AUTOTUNE` lets the pipeline choose.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(3).prefetch(tg.data.AUTOTUNE)]
            [0, 1, 2]
        """
        return Dataset(Prefetch(self._stage, buffer_size))

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """``transformation_func(self)``, for transformations made of others.

        Example:
            >>> import tensegra as tg
            >>> [int(e) for e in tg.data.Dataset.range(9).apply(lambda ds: ds.skip(3).take(2))]
            [3, 4]
        """
        return function("apply", "transformation_func", transformation_func)(self)  # type: ignore[no-any-return]

    # Reading.

    def __iter__(self) -> Iterator:
        return Iterator(self._stage)

    def as_numpy_iterator(self) -> AbstractIterator[Nest]:
        """One pass with NumPy arrays (scalars for rank 0) in the place of tensors; the arrays are the caller's own.

        Example:
            >>> import tensegra as tg
            >>> [n.item() for n in tg.data.Dataset.range(2).as_numpy_iterator()]
            [0, 1]
        """
        return (map_leaves(lambda array: array.copy()[()], record) for record in self._stage.records())

    @property
    def element_spec(self) -> Nest:
        """A nest of `tg.TensorSpec`: shapes (None where a dimension varies) and dtypes of the elements.

        Example:
            >>> import tensegra as tg
            >>> tg.data.Dataset.range(3).batch(2).element_spec.shape.as_list()
            [None]
        """
        return self._stage.spec()

    def cardinality(self) -> tg.Tensor:
        """The number of elements, an int64 tensor, or `INFINITE_CARDINALITY` or `UNKNOWN_CARDINALITY`.

        Example:
            >>> import tensegra as tg
            >>> int(tg.data.Dataset.range(5).batch(2).cardinality())
            3
        """
        return scalar(self._stage.cardinality())

    def __len__(self) -> int:
        size = self._stage.cardinality()
        if size >= 0:
            return size
        # A TypeError, since list() and others ask for a length first and pass over only this class.
        kind = "infinite" if size == INFINITE_CARDINALITY else "unknown"
        raise TypeError(
            f"[data.len] only a data set of known size has a length. Received: a data set of {kind} size. Use"
            " cardinality(), or count while iterating. (TG-2032)"
        )

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        names: list[str] = []
        stage: Stage | None = self._stage
        while stage is not None:
            names.append(stage.name)
            stage = stage.upstream
        return f"<tg.data.Dataset: {'.'.join(reversed(names))}>"
