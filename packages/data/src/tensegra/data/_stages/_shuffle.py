"""Transformation: random order through a buffer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, ClassVar, TypeVar

import numpy as np

from .._arguments import integer, positive
from .._stage import Selection, Stage

T = TypeVar("T")

_DRAWS = 1024  # random numbers drawn at a time


class Shuffle(Selection):
    """Each element comes from a random place of a buffer, which the next element of the input then takes."""

    name: ClassVar[str] = "shuffle"

    def __init__(self, upstream: Stage, buffer_size: Any, seed: Any, reshuffle_each_iteration: bool) -> None:
        self.upstream = upstream
        self._buffer_size = positive(self.name, "buffer_size", buffer_size)
        if seed is None:
            self._seed = int(np.random.SeedSequence().entropy)  # type: ignore[arg-type]
        else:
            self._seed = integer(self.name, "seed", seed) % 2**64  # seeds of the generator are not negative
        self._reshuffle = bool(reshuffle_each_iteration)
        self._passes = 0
        self._lock = threading.Lock()

    def cardinality(self) -> int:
        return self.upstream.cardinality()

    def select(self, start: Callable[[], Iterator[T]]) -> Iterator[T]:
        with self._lock:
            number = self._passes
            self._passes += self._reshuffle
        random = np.random.Generator(np.random.PCG64([self._seed, number]))
        return _shuffled(start(), self._buffer_size, random)


def _shuffled(items: Iterator[T], buffer_size: int, random: np.random.Generator) -> Iterator[T]:
    buffer = list(islice(items, buffer_size))
    if len(buffer) == buffer_size:
        places = _places(buffer_size, random)
        for item in items:
            place = next(places)
            yield buffer[place]
            buffer[place] = item
    # The input is over: what is left comes in an order in which each permutation is as likely.
    yield from map(buffer.__getitem__, random.permutation(len(buffer)).tolist())


def _places(size: int, random: np.random.Generator) -> Iterator[int]:
    while True:
        yield from random.integers(size, size=_DRAWS).tolist()
