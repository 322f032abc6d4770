"""Names that Keras gives: `dense`, `dense_1`, `dense_2`."""

from __future__ import annotations

import re
from collections import Counter

_used: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """`GlobalAveragePooling2D` -> `global_average_pooling2d`, as Keras spells it."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(base: str) -> str:
    """`base`, then `base_1` and so on."""
    count = _used[base]
    _used[base] += 1
    return f"{base}_{count}" if count else base


def clear() -> None:
    """Starts every count again."""
    _used.clear()
