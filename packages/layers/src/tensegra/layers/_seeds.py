"""Where seeds come from that nobody gave: one stream, which `utils.set_random_seed` restarts."""

from __future__ import annotations

import random
from typing import Any

_stream = random.Random()
_base = _stream.getrandbits(31)
_restarts = 0


def restart(seed: int) -> None:
    """Starts the stream at `seed`."""
    global _base, _restarts
    _stream.seed(seed)
    _base = seed
    _restarts += 1


def next_seed() -> int:
    """The next seed, in [0, 2**31)."""
    return _stream.getrandbits(31)


def order_seed(model: Any) -> int:
    """The seed of the order of a model's shuffled data: that of the run, or of the run that a file continues."""
    kept: tuple[int, int] | None = getattr(model, "_order_seed", None)
    if kept is not None and kept[1] == _restarts:
        return kept[0]
    return _base


def keep_order_seed(model: Any, seed: int) -> None:
    """Continues another run's order, until `utils.set_random_seed` begins a new one."""
    model._order_seed = (seed, _restarts)
