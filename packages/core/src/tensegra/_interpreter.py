"""Refuses to be imported in a sub-interpreter, where the engine would wait for ever for the lock of the main one."""

from __future__ import annotations

import importlib


def _is_main() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):  # since Python 3.13, and before
        try:
            interpreters = importlib.import_module(name)
        except ImportError:
            continue
        return bool(interpreters.get_current() == interpreters.get_main())
    return True  # this Python makes none


if not _is_main():
    raise ImportError(
        "[import] tensegra works in the main interpreter of a process. Received: an import in a sub-interpreter. "
        "Import it in the main one, or use processes (in mod_wsgi: WSGIApplicationGroup %{GLOBAL}). (TG-0764)"
    )
