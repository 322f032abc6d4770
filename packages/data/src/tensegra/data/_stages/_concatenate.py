"""Transformation: one data set after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .._constants import INFINITE_CARDINALITY, UNKNOWN_CARDINALITY
from .._errors import invalid
from .._stage import Stage
from .._structure import Nest, flatten, pack, same_structure
from .._tensors import joined_spec


class Concatenate(Stage):
    """The elements of the first input, then those of the second."""

    name: ClassVar[str] = "concatenate"
    upstream: Stage

    def __init__(self, upstream: Stage, second: Stage) -> None:
        self.upstream, self._second = upstream, second
        ours, theirs = upstream.spec(), second.spec()
        if not same_structure(ours, theirs) or any(
            a.dtype != b.dtype for a, b in zip(flatten(ours), flatten(theirs), strict=True)
        ):
            raise invalid(
                self.name,
                "both data sets must have elements of the same structure and dtypes.",
                f"{ours!r} and {theirs!r}",
                "Bring them to one form with map.",
                "TG-2031",
            )

    def spec(self) -> Nest:
        ours, theirs = self.upstream.spec(), self._second.spec()
        return pack(ours, map(joined_spec, flatten(ours), flatten(theirs)))

    def cardinality(self) -> int:
        sizes = (self.upstream.cardinality(), self._second.cardinality())
        if INFINITE_CARDINALITY in sizes:
            return INFINITE_CARDINALITY
        return UNKNOWN_CARDINALITY if UNKNOWN_CARDINALITY in sizes else sum(sizes)

    def records(self) -> Iterator[Nest]:
        for stage in (self.upstream, self._second):
            yield from stage.records()
