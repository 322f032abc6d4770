"""Tells the engine where the wheel scipy-openblas32 (extra `linalg`) keeps LAPACK. Nothing is loaded here."""

from __future__ import annotations

import os
from importlib.machinery import PathFinder


def locate() -> str | None:
    """The path of the shared library, or None where the wheel is not installed."""
    spec = PathFinder.find_spec("scipy_openblas32")
    for folder in (spec.submodule_search_locations if spec else None) or []:
        libraries = os.path.join(folder, "lib")
        if os.path.isdir(libraries):
            for name in sorted(os.listdir(libraries)):
                if name.startswith("libscipy_openblas") and (
                    ".so" in name or name.endswith((".dylib", ".dll"))
                ):
                    return os.path.join(libraries, name)
    return None


_path = locate()
if _path is not None:
    os.environ.setdefault("TENSEGRA_LAPACK", _path)
