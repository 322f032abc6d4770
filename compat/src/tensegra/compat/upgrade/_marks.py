"""Names that stand, while a program is read, for attributes of an object or locals of a method that builds a graph."""

from __future__ import annotations

import re

# A letter of identifiers that programs do not use: `loss·3` is a name for Python and for LibCST.
MARK = "·"
_SCOPE = re.compile(MARK + r"(\d+)")


def marked(name: str, scope: int) -> str:
    """The name in the scope of that number."""
    return f"{name}{MARK}{scope}"


def plain(name: str) -> str:
    """The name as the program spells it.

    >>> plain("loss·3"), plain("hidden·3_layer"), plain("loss")
    ('loss', 'hidden_layer', 'loss')
    """
    return _SCOPE.sub("", name) if MARK in name else name


def scope_of(name: str) -> int | None:
    """The number of the scope, or None for a name of the module.

    >>> scope_of("hidden·3_layer"), scope_of("loss")
    (3, None)
    """
    found = _SCOPE.search(name) if MARK in name else None
    return int(found.group(1)) if found else None
