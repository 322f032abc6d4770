"""Transformation: a function of each element."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from .._arguments import function, parallelism
from .._constants import AUTOTUNE
from .._errors import call, function_name, invalid
from .._stage import Stage
from .._structure import Nest, flatten, map_leaves
from .._tensors import array_spec, dims, make_spec, to_array, to_tensors, traced_specs


class Map(Stage):
    """``fn(element)``; several calls may run at once on threads."""

    name: ClassVar[str] = "map"
    upstream: Stage

    def __init__(self, upstream: Stage, fn: Any, num_parallel_calls: Any, deterministic: bool) -> None:
        self.upstream = upstream
        self._fn = function(self.name, "map_func", fn)
        parallel = parallelism(self.name, num_parallel_calls)
        self._calls = (os.cpu_count() or 1) if parallel == AUTOTUNE else parallel
        self._in_order = deterministic

    @cached_property
    def _spec(self) -> Nest:
        inputs = self.upstream.spec()
        try:
            return traced_specs(self._fn, inputs if type(inputs) is tuple else (inputs,))
        except Exception:
            # The function needs real values (or is at fault, which the first element will show).
            return self._spec_of_first(inputs)

    def _spec_of_first(self, inputs: Nest) -> Nest:
        for record in self.records():
            if all(None not in (dims(spec) or [None]) for spec in flatten(inputs)):
                return map_leaves(array_spec, record)
            return map_leaves(lambda array: make_spec([None] * array.ndim, array_spec(array).dtype), record)
        raise invalid(
            self.name,
            "element_spec of a function that needs real values is found from the first element.",
            f"fn={function_name(self._fn)} after an empty data set",
            "Use operations that can be traced, or give the data set elements.",
            "TG-2020",
        )

    def spec(self) -> Nest:
        return self._spec

    def cardinality(self) -> int:
        return self.upstream.cardinality()

    def records(self) -> Iterator[Nest]:
        if self._calls is None:
            return map(self._apply, self.upstream.records())
        return self._ordered(self._calls) if self._in_order else self._as_completed(self._calls)

    def _apply(self, record: Nest) -> Nest:
        result = call(self.name, self._fn, to_tensors(record), "TG-2021")
        leaves = flatten(result)
        if not leaves or any(leaf is None for leaf in leaves):
            raise invalid(
                self.name,
                "the function given to map must return tensors.",
                f"fn={function_name(self._fn)} that returned {result!r}",
                "Return a tensor, or a tuple or dict of tensors.",
                "TG-2022",
            )
        return map_leaves(self._output, result)

    def _output(self, value: Any) -> np.ndarray:
        try:
            return to_array(value)
        except Exception as error:
            raise invalid(
                self.name,
                "the function given to map must return what a tensor can hold.",
                f"fn={function_name(self._fn)} that returned a {type(value).__name__}: {repr(value)[:80]}",
                "Return tensors, arrays or numbers, in tuples and dicts.",
                "TG-2023",
            ) from error

    def _pool(self, calls: int) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(calls, thread_name_prefix=f"tensegra.data.{self.name}")

    def _ordered(self, calls: int) -> Iterator[Nest]:
        pool = self._pool(calls)
        pending: deque[Future[Nest]] = deque()
        try:
            for record in self.upstream.records():
                pending.append(pool.submit(self._apply, record))
                if len(pending) >= 2 * calls:  # one running and one waiting for each thread
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _as_completed(self, calls: int) -> Iterator[Nest]:
        pool = self._pool(calls)
        pending: set[Future[Nest]] = set()
        try:
            for record in self.upstream.records():
                pending.add(pool.submit(self._apply, record))
                if len(pending) >= 2 * calls:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
