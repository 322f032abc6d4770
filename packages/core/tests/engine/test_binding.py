"""What RFC-0016 asks of the binding: how much there is of it, and what it may know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

BINDINGS = Path(__file__).parents[2] / "bindings"
FILES = sorted(path for path in BINDINGS.iterdir() if path.suffix in (".cc", ".h"))
MOST_LINES = 3300


def test_there_is_not_too_much_of_it() -> None:
    lines = {path.name: path.read_text().count("\n") for path in FILES}
    assert len(lines) >= 12
    assert sum(lines.values()) <= MOST_LINES, lines


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_goes_through_the_c_interface(path: Path) -> None:
    included = set(re.findall(r'#include "([^"]+)"', path.read_text()))
    assert {name for name in included if not name.startswith("tensegra/c/")} <= {
        "native.h",
        "tensegra/dlpack.hpp",
    }
