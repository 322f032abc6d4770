"""Where seeds come from that nobody gave: one stream, which `utils.set_random_seed` restarts."""

from __future__ import annotations

import random

_stream = random.Random()
_base = _stream.getrandbits(31)


def restart(seed: int) -> None:
    """Starts the stream at `seed`."""
    global _base
    _stream.seed(seed)
    _base = seed


def next_seed() -> int:
    """The next seed, in [0, 2**31)."""
    return _stream.getrandbits(31)


def base_seed() -> int:
    """The seed of this run; the order of shuffled data depends on it and on the step alone."""
    return _base
