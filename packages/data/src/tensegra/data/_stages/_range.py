"""Source: evenly spaced integers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .._arguments import integer
from .._errors import invalid
from .._stage import Rows, Stage, Table
from .._structure import Nest
from .._tensors import make_spec


@dataclass(frozen=True)
class _Numbers(Table):
    values: range
    dtype: np.dtype

    def record(self, index: int) -> Nest:
        return np.asarray(self.values[index], dtype=self.dtype)

    def gather(self, indices: Sequence[int]) -> Nest:
        return (self.values.start + self.values.step * np.asarray(indices, dtype=np.int64)).astype(self.dtype)


class Range(Stage):
    """The numbers of Python's `range`, which are never held all at once."""

    name: ClassVar[str] = "range"

    def __init__(self, args: tuple[Any, ...], output_type: Any) -> None:
        if not 1 <= len(args) <= 3:
            raise invalid(
                self.name,
                "range takes stop, or start and stop, or start, stop and step.",
                f"{len(args)} arguments",
                "Give one to three integers.",
                "TG-2013",
            )
        numbers = [integer(self.name, "each argument", value) for value in args]
        if len(numbers) == 3 and numbers[2] == 0:
            raise invalid(
                self.name, "step must not be 0.", "step=0", "Give a positive or negative step.", "TG-2014"
            )
        self._spec = make_spec([], output_type)
        self._numbers = _Numbers(range(*numbers), np.dtype(self._spec.dtype.as_numpy_dtype))

    def spec(self) -> Nest:
        return self._spec

    def cardinality(self) -> int:
        return len(self._numbers.values)

    def rows(self) -> Rows:
        return Rows(self._numbers, lambda: iter(range(len(self._numbers.values))))

    def records(self) -> Iterator[Nest]:
        return (np.asarray(value, dtype=self._numbers.dtype) for value in self._numbers.values)
