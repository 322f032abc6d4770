"""How a function or class written in Python gets its public names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def public(names: str) -> Callable[[T], T]:
    """Marks what the decorated object is called in public: `@public("math.zeros_like zeros_like")`.

    `tools/gen.py` finds the marks in the source and writes the namespaces from them, as it does from the names of the
    ops; nothing happens when the program runs.

    Args:
      names: public names, with blanks between them; a name without a dot is in `tg` itself.
    """

    def same(thing: T) -> T:
        return thing

    return same
