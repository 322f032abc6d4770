"""Writes `docs/migration_symbols.md` from the tables of the upgrader: `python compat/tools/symbol_page.py`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tensegra.compat.upgrade._api import api
from tensegra.compat.upgrade._candidates import REFUSALS
from tensegra.compat.upgrade._old_names import RENAMED
from tensegra.compat.upgrade._symbols import Symbol, symbol_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "migration_symbols.md"
_ROLES = {
    "placeholder": "an argument of the functions that need it",
    "session": "goes; what it ran is called directly",
    "graph": "goes",
    "scope": "goes",
    "config": "goes",
    "optimizer": "its updates are written out in the step",
    "initializer": "goes; variables hold their first values as soon as they are made",
    "group": "goes, for initializers",
    "dropped": "goes; it has no effect any more",
}


def becomes(symbol: Symbol) -> str:
    """What takes the place of a symbol in a native program."""
    if symbol.template:
        return f"`{symbol.template.format(tf='tg', **{name: name for name in symbol.old})}`"
    if symbol.target is None:
        return _ROLES.get(symbol.role, "goes")
    return f"`tg.{symbol.target}`"


def changes(symbol: Symbol) -> str:
    """What becomes of its arguments, and what else is to be known."""
    said = []
    if not symbol.template and symbol.target is not None:
        said += [f"`{old}` is `{new}`" for old, new in symbol.rename.items() if new]
        lost = [f"`{old}`" for old, new in symbol.rename.items() if not new and old != symbol.input]
        said += [f"{', '.join(lost)} without effect"] if lost else []
        said += [f"`{symbol.extra}` unless given"] if symbol.extra else []
    if symbol.role == "layer":
        said.append("made once, then called")
    if symbol.role == "random":
        said.append("the same distribution, other numbers")
    if symbol.note:
        said.append(symbol.note)
    return "; ".join(said)


def page() -> str:
    """The text of the page."""
    kinds = Counter(
        "contrib" if n.startswith("tf.contrib") else "public" for n, e in api().items() if e.kind != "m"
    )
    lines = [
        "# Symbols of TensorFlow 1.15",
        "",
        "This page is written from the upgrader's own tables.",
        "",
        f"The upgrader knows {kinds['public']} public symbols of 1.15 and {kinds['contrib']} of contrib, each with its",
        f"parameters and defaults, and {len(RENAMED)} names that were older. A native rewrite uses those below. In a",
        "program for the runtime, names stay as they are, and each is looked up in the installed `tensegra.compat.v1`;",
        "what it does not have is reported with its line.",
        "",
        "## Native",
        "",
        "| 1.15 | becomes | change |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {becomes(symbol)} | {changes(symbol)} |"
        for name, symbol in sorted(symbol_table().items())
    ]
    lines += ["", "## Older names", "", "| before | in 1.15 |", "|---|---|"]
    lines += [f"| `{old}` | `{new}` |" for old, new in sorted(RENAMED.items())]
    lines += ["", "## Not supported", "", "| names | reason |", "|---|---|"]
    lines += [f"| `{name}` and below | {why} |" for name, why in sorted(REFUSALS.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
