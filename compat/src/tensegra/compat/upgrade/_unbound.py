"""Names that a text reads and nothing in it binds: a rewritten program must not have more of them than it had."""

from __future__ import annotations

import builtins
import symtable

_ALWAYS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__spec__", "__annotations__"}


def unbound_names(text: str) -> frozenset[str]:
    """The global names that are read somewhere in a text of Python and bound nowhere in it.

    A text that is no Python by itself (a notebook with magics) has none.
    """
    try:
        top = symtable.symtable(text, "<text>", "exec")
    except SyntaxError:
        return frozenset()
    read: set[str] = set()
    bound: set[str] = set()
    stack = [top]
    while stack:
        table = stack.pop()
        stack += table.get_children()
        for symbol in table.get_symbols():
            outer = table is top or symbol.is_global()
            if outer and symbol.is_referenced():
                read.add(symbol.get_name())
            if outer and (symbol.is_assigned() or symbol.is_imported()):
                bound.add(symbol.get_name())
    return frozenset(read - bound - _ALWAYS)
