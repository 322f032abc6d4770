"""The `.dev/` link tree: the sources of all packages seen as one `tensegra` package.

Static tools (mypy, import-linter, griffe, editors) cannot follow a namespace that several directories share.
They are pointed at `.dev/` instead, which is git-ignored and holds nothing but symbolic links.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ._tree import packages

_BUILT = ("_native*.so", "libtensegra.so.*")


def make_links(root: Path, build: Path | None = None, dev: Path | None = None) -> Path:
    """Makes `.dev/` anew and returns its path.

    Args:
        root: The repository root.
        build: A CMake build directory of core. Its `_native*.so` and `libtensegra.so.N` are linked beside core's
            Python files, so that `PYTHONPATH=.dev` runs what was built there. Without it those of the last call
            are kept.
        dev: Another place than `.dev/`.
    """
    dev = dev or root / ".dev"
    tensegra = dev / "tensegra"
    wanted: dict[Path, Path] = {}
    for package in packages(root):
        for name, source in package.roots.items():
            if name == "tensegra":
                wanted |= {
                    tensegra / path.name: path for path in source.iterdir() if path.name != "__pycache__"
                }
            else:
                wanted[dev.joinpath(*name.split("."))] = source
    for pattern in _BUILT:
        if build is not None:
            wanted |= {tensegra / path.name: path.resolve() for path in build.glob(pattern)}
        else:
            wanted |= {path: Path(os.readlink(path)) for path in tensegra.glob(pattern) if path.is_symlink()}

    if dev.is_dir():
        _remove_stale(dev, wanted)
    for link, target in wanted.items():
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(target)
    return dev


def _remove_stale(dev: Path, wanted: dict[Path, Path]) -> None:
    """Removes what does not belong; links that are right stay, since others may be importing through them."""
    for path in [*dev.iterdir(), *(dev / "tensegra").glob("*")]:
        if path.is_symlink():
            if wanted.get(path) != Path(os.readlink(path)):
                path.unlink()
        elif path.name == "__pycache__":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
