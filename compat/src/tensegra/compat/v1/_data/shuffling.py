"""The order in which TensorFlow's `shuffle` gives elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_BLOCKS = 256  # how many results are computed at a time


class Philox:
    """The counter-based generator (J. Salmon et al., 2011), four numbers of 32 bits for each count."""

    def __init__(self, seed: int, seed2: int) -> None:
        self._key = seed & (1 << 64) - 1
        self._high = seed2 & (1 << 64) - 1
        self._count = 0
        self._ready: list[int] = []
        self._place = 0

    def __call__(self) -> int:
        """The next number."""
        if self._place == len(self._ready):
            self._ready = self._next(self._count)
            self._count += _BLOCKS
            self._place = 0
        self._place += 1
        return self._ready[self._place - 1]

    def _next(self, start: int) -> list[int]:
        count = np.arange(start, start + _BLOCKS, dtype=np.uint64)
        low = np.uint64(0xFFFFFFFF)
        shift = np.uint64(32)
        c0, c1 = count & low, count >> shift
        c2 = np.full(_BLOCKS, self._high & 0xFFFFFFFF, np.uint64)
        c3 = np.full(_BLOCKS, self._high >> 32, np.uint64)
        k0, k1 = self._key & 0xFFFFFFFF, self._key >> 32
        for _ in range(10):
            p0, p1 = c0 * np.uint64(_M0), c2 * np.uint64(_M1)
            c0, c1, c2, c3 = (
                (p1 >> shift) ^ c1 ^ np.uint64(k0), p1 & low, (p0 >> shift) ^ c3 ^ np.uint64(k1), p0 & low,
            )  # fmt: skip
            k0, k1 = (k0 + _W0) & 0xFFFFFFFF, (k1 + _W1) & 0xFFFFFFFF
        return np.stack([c0, c1, c2, c3], 1).reshape(-1).tolist()  # type: ignore[no-any-return]


def shuffled(
    start: Callable[[], Iterator[Any]], size: int, seed: int, seed2: int, count: int | None = 1
) -> Iterator[Any]:
    """Elements in the order of a buffer of `size`, over `count` passes (None: for ever)."""
    draw = Philox(seed, seed2)
    buffer: list[Any] = [None] * size
    slices: list[list[int]] = []
    held = passes = 0
    source: Iterator[Any] | None = None
    while True:
        while held < size and not (len(slices) > 3 and held > 0):
            if source is None:
                if count is not None and passes >= count:
                    break
                source = start()
                slices.append([slices[-1][1] if slices else 0] * 2)
                empty = True
            try:
                item = next(source)
            except StopIteration:
                source = None
                passes += 1
                if empty and count is None:
                    return
                continue
            empty = False
            buffer[slices[-1][1] % size] = item
            slices[-1][1] += 1
            held += 1
        if held == 0:
            return
        while slices and slices[0][0] == slices[0][1]:
            slices.pop(0)
        first = slices[0]
        index = (first[0] + draw() % (first[1] - first[0])) % size
        chosen = buffer[index]
        buffer[index] = buffer[first[0] % size]
        buffer[first[0] % size] = None
        first[0] += 1
        held -= 1
        yield chosen
