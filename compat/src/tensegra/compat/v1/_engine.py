"""All contacts with the engine's private interface: graphs that stay open, plans that run, states of random ops.

`tg.function` cannot be used for these: a graph of 1.x grows as long as the program runs, shapes are asked for in
between, and each step is one call with flat arguments.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tensegra import _native, _tracing

lock = threading.RLock()
"""Held while a graph is traced."""


class Inference:
    """A graph that never runs: what is computed in it has the shapes and dtypes of the program's tensors."""

    def __init__(self) -> None:
        self._graph = _native.Graph("inference")
        self._depth = 0

    def __enter__(self) -> Inference:
        lock.acquire()
        self._graph.enter()
        _native.pause_tapes()
        _tracing.traces().append(_tracing.Trace("inference", 0))
        return self

    def __exit__(self, *exception: object) -> None:
        _tracing.traces().pop()
        _native.resume_tapes()
        self._graph.leave()
        lock.release()

    def add_input(self, number: int, dims: Sequence[int | None] | None) -> Any:
        """A value of a type."""
        return self._graph.add_input("value", number, dims)


class Plan:
    """A graph that runs: made by calling `emit` with one value for each of `specs` (dtype number, sizes)."""

    def __init__(
        self,
        name: str,
        specs: Sequence[tuple[int, Sequence[int | None] | None]],
        emit: Callable[[list[Any]], list[Any]],
    ) -> None:
        with lock:
            graph = _native.Graph(name)
            graph.enter()
            _tracing.traces().append(_tracing.Trace(name, None))
            try:
                inputs = [
                    graph.add_input(f"feed_{index}", number, dims)
                    for index, (number, dims) in enumerate(specs)
                ]
                outputs = emit(inputs)
            finally:
                _tracing.traces().pop()
                graph.leave()
            self.function = _native.Function.create(graph, outputs)
        self.call = self.function.call


@contextmanager
def outside() -> Iterator[None]:
    """Runs what is inside at once, though a graph is being traced."""
    _native.lift()
    _native.pause_tapes()
    try:
        yield
    finally:
        _native.resume_tapes()
        _native.leave()


def random_state(seed: int, seed2: int) -> Any:
    """A resource that a random op draws from."""
    with outside():
        return _native.execute("random_state", (), {"seed": seed, "seed2": seed2})


def execute(op: str, inputs: tuple[Any, ...], attributes: dict[str, Any] | None = None) -> Any:
    """Adds an op of the registry to the graph that is being traced."""
    return _native.execute(op, inputs, attributes)


def to_tensor(value: Any, number: int = 0) -> Any:
    """A concrete tensor with a copy of the value."""
    return _native.tensor(value, number)


def natural_dtype(value: Any) -> int:
    """The number of the dtype that the value would get, 0 where it is none."""
    return _native.natural_dtype(value)


def candidates(
    state: Any, kind: str, range_max: int, weights: Any, classes: Any, count: int, unique: bool
) -> tuple[Any, Any, Any]:
    """Draws candidate classes."""
    from tensegra._random._candidates import _table

    table = _table(kind, range_max, weights)
    if classes._dtype_number != 5:
        classes = _native.execute("cast", (classes,), {"dtype": 5})
    return _native.execute(
        "candidate_sampler", (state, table, classes), {"num_sampled": count, "unique": unique}
    )  # type: ignore[no-any-return]
