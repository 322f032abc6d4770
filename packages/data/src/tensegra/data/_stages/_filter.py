"""Transformation: only the elements for which a predicate holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from .._arguments import function
from .._constants import UNKNOWN_CARDINALITY
from .._errors import call, function_name, invalid
from .._stage import Stage
from .._structure import Nest
from .._tensors import is_tensor, to_tensors


class Filter(Stage):
    """The elements for which ``predicate(element)`` is true."""

    name: ClassVar[str] = "filter"
    upstream: Stage

    def __init__(self, upstream: Stage, predicate: Any) -> None:
        self.upstream = upstream
        self._predicate = function(self.name, "predicate", predicate)

    def spec(self) -> Nest:
        return self.upstream.spec()

    def cardinality(self) -> int:
        return 0 if self.upstream.cardinality() == 0 else UNKNOWN_CARDINALITY

    def records(self) -> Iterator[Nest]:
        return filter(self._keeps, self.upstream.records())

    def _keeps(self, record: Nest) -> bool:
        answer = call(self.name, self._predicate, to_tensors(record), "TG-2024")
        array = np.asarray(answer.numpy() if is_tensor(answer) else answer)
        if array.dtype != np.bool_ or array.ndim != 0:
            raise invalid(
                self.name,
                "the predicate must return one bool.",
                f"predicate={function_name(self._predicate)} that returned {repr(answer)[:120]}",
                "Compare, and reduce with tg.reduce_all or tg.reduce_any.",
                "TG-2025",
            )
        return bool(array)
