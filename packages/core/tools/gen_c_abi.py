"""Writes api/c_symbols.txt: what the built library exports. The layout beside it is measured by `tg-abi dump`.

Part of gen.py.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

API = Path(__file__).resolve().parents[1] / "api"


def generate(native: Path) -> dict[Path, str]:
    """The file and what it has to hold. `native` is the extension module; the library lies beside it."""
    return {API / "c_symbols.txt": symbols(native.parent / "libtensegra.so.0")}


def symbols(library: Path) -> str:
    """What the library exports, a name per line."""
    command = ["nm", "--dynamic", "--defined-only", "--format=posix", str(library)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(f"{line.split()[0]}\n" for line in sorted(found.splitlines()))
