"""Where batches come from: arrays, data sets, generators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

import tensegra as tg

from .._base._node import flatten, map_nest
from .._errors import check_positive, check_range, invalid
from ._batch import unpack

Batch = tuple[Any, Any, Any]


class Source:
    """Batches for any number of epochs.

    Attributes:
        steps: The number of batches in an epoch, None when not known.
        single_pass: Whether there are batches for one pass only.
    """

    steps: int | None = None
    single_pass = False

    def batches(self, order_seed: tuple[int, int]) -> Iterator[Batch]:
        """The batches of one epoch; `order_seed` decides on the order of shuffled examples."""
        return iter(())


class ArraySource(Source):
    """Batches cut from arrays."""

    def __init__(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        batch_size: int | None,
        shuffle: bool,
        where: str = "fit",
    ) -> None:
        self.parts = map_nest(_as_array, (x, y, sample_weight))
        self.batch_size = check_positive(where, "batch_size", 32 if batch_size is None else batch_size)
        self.shuffle = shuffle
        self.size = _common_length(where, self.parts)
        self.steps = -(-self.size // self.batch_size)

    def batches(self, order_seed: tuple[int, int]) -> Iterator[Batch]:
        """The batches of one epoch."""
        order = np.random.default_rng(order_seed).permutation(self.size) if self.shuffle else None
        for start in range(0, self.size, self.batch_size):
            stop = min(start + self.batch_size, self.size)
            rows: Any = slice(start, stop) if order is None else order[start:stop]
            yield map_nest(_row_taker(rows), self.parts)

    def split(self, share: float) -> tuple[ArraySource, ArraySource]:
        """The examples before and after the last `share` of them."""
        check_range("fit", "validation_split", share, 0.0, 1.0)
        border = int(self.size * (1.0 - share))
        if border == 0 or border == self.size:
            raise invalid(
                "fit",
                "validation_split must leave examples on both sides.",
                f"validation_split={share} of {self.size} examples",
                "Choose another share.",
                "TG-1024",
            )
        x, y, weight = map_nest(_row_taker(slice(0, border)), self.parts)
        train = ArraySource(x, y, weight, self.batch_size, self.shuffle)
        x, y, weight = map_nest(_row_taker(slice(border, None)), self.parts)
        rest = ArraySource(x, y, weight, self.batch_size, False)
        return train, rest


class IterableSource(Source):
    """The batches of a data set: anything that `iter` gives a fresh pass over."""

    def __init__(self, data: Iterable[Any]) -> None:
        self.data = data
        self.steps = _length(data)
        self.single_pass = isinstance(data, Iterator)

    def batches(self, order_seed: tuple[int, int]) -> Iterator[Batch]:
        """The batches of one pass."""
        for element in self.data:
            yield unpack(element)


def make_source(
    where: str,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    shuffle: bool = False,
) -> Source:
    """A source for whatever `fit`, `evaluate` and `predict` take as data."""
    if _is_arrays(x):
        return ArraySource(x, y, sample_weight, batch_size, shuffle, where)
    if isinstance(x, list | tuple | dict) and not x:
        raise invalid(where, "there must be at least one example.", f"x={x!r}", "Give data.", "TG-1022")
    if isinstance(x, Iterable):
        for name, value in (("y", y), ("sample_weight", sample_weight), ("batch_size", batch_size)):
            if value is not None:
                raise invalid(
                    where,
                    f"with a data set or generator, {name} is not given apart.",
                    f"x of type {type(x).__name__} and {name}",
                    "Let it yield batches (x, y) or (x, y, sample_weight).",
                    "TG-1023",
                )
        return IterableSource(x)
    raise invalid(
        where,
        "x is an array, a tensor, a list or dict of them, a data set, or a generator.",
        f"{type(x).__name__}",
        "Convert it with numpy.asarray.",
        "TG-1023",
    )


def _is_arrays(x: Any) -> bool:
    if isinstance(x, dict):
        return bool(x) and all(map(_is_arrays, x.values()))
    if isinstance(x, list | tuple):
        return bool(x) and all(_is_arrays(item) or isinstance(item, int | float | bool) for item in x)
    return isinstance(x, tg.Tensor | tg.Variable | np.ndarray) or (
        hasattr(x, "__array__") and hasattr(x, "shape")
    )


def _as_array(value: Any) -> Any:
    if value is None:
        return None
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype == np.float64 else array


def _row_taker(rows: Any) -> Callable[[Any], Any]:
    return lambda array: None if array is None else array[rows]


def _common_length(where: str, parts: Any) -> int:
    arrays = [array for array in flatten(parts) if array is not None]
    if any(array.ndim == 0 for array in arrays):
        raise invalid(
            where,
            "arrays have the examples along their first axis.",
            "a scalar, or a list of numbers, which is taken for a list of inputs",
            "Give arrays with one row per example: numpy.asarray(data).",
            "TG-1021",
        )
    lengths = {len(array) for array in arrays}
    if len(lengths) > 1:
        x, y, weight = ([len(a) for a in flatten(part) if a is not None] for part in parts)
        received = ", ".join(
            f"{name} of {', '.join(map(str, sizes))}"
            for name, sizes in (("x", x), ("y", y), ("sample_weight", weight))
            if sizes
        )
        raise invalid(
            where,
            "all arrays must have the same number of examples.",
            received,
            "Check the first axis of each.",
            "TG-1021",
        )
    if lengths == {0} or not lengths:
        raise invalid(where, "there must be at least one example.", "empty arrays", "Give data.", "TG-1022")
    return lengths.pop()


def _length(data: Any) -> int | None:
    """The number of batches of a data set, if it says so."""
    if hasattr(data, "cardinality"):
        count = int(data.cardinality())
        return count if count >= 0 else None
    try:
        return len(data)
    except TypeError:
        return None
