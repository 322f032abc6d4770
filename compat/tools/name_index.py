"""Writes the index of the names of the 1.x runtime: `python compat/tools/name_index.py`, in a fresh process.

Each line is a module of the package and the names that it defines.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tensegra.compat.v1 import _symbols

PATH = Path(__file__).resolve().parents[1] / "src/tensegra/compat/v1/name_index.txt"


def text() -> str:
    """The index of what is there now: all modules are imported, and who gives a name is noted."""
    homes: dict[str, str] = {}
    original = _symbols.put

    def put(name: str, thing: Any) -> None:
        frame: Any = sys._getframe(1)
        while frame.f_code.co_name != "<module>" or not frame.f_globals["__name__"].startswith(_symbols.ROOT):
            frame = frame.f_back
        homes[name] = frame.f_globals["__name__"].removeprefix(f"{_symbols.ROOT}.")
        original(name, thing)

    _symbols.put = put
    for namespace in _symbols.PROVIDERS:
        _symbols.names(namespace)
    modules: dict[str, list[str]] = defaultdict(list)
    for name, module in homes.items():
        modules[module].append(name)
    return "".join(f"{module} {' '.join(sorted(found))}\n" for module, found in sorted(modules.items()))


if __name__ == "__main__":
    if "--show" in sys.argv:
        sys.stdout.write(text())
    else:
        PATH.write_text(text(), encoding="utf-8")
