"""The layout of the C interface and the exported symbols are those that the tree records."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from tensegra import _native

from .programs import CORE, LIBRARY

API = CORE / "api"
LAYOUT = API / "c_layout.txt"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_c_abi", CORE / "tools" / "gen_c_abi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_the_entry_point_is_exported(generator: ModuleType) -> None:
    exported = generator.symbols(LIBRARY)
    assert exported == (API / "c_symbols.txt").read_text() == "tg_get_api\n"


@pytest.fixture(scope="module")
def structs() -> dict[str, tuple[int, list[tuple[str, int, int]]]]:
    """Size and fields (name, offset, size) of each struct of the recorded layout."""
    found: dict[str, tuple[int, list[tuple[str, int, int]]]] = {}
    for line in LAYOUT.read_text().splitlines():
        if match := re.match(r"struct (\w+) size=(\d+)", line):
            found[match[1]] = (int(match[2]), [])
        elif match := re.match(r"field (\w+)\.(\w+) offset=(\d+) size=(\d+)", line):
            found[match[1]][1].append((match[2], int(match[3]), int(match[4])))
    return found


Structs = dict[str, tuple[int, list[tuple[str, int, int]]]]


def test_every_table_and_struct_begins_with_its_size(structs: Structs) -> None:
    assert len(structs) >= 20
    assert {name for name, (_, fields) in structs.items() if fields[0] != ("struct_size", 0, 8)} == set()


def test_no_struct_has_padding(structs: Structs) -> None:
    for name, (size, fields) in structs.items():
        end = 0
        for field, offset, width in fields:
            assert offset == end, (name, field)
            end = offset + width
        assert end == size, name


def test_the_module_was_built_for_this_major() -> None:
    match = re.match(r"version (\d+)\.(\d+)\n", LAYOUT.read_text())
    assert match
    assert _native.abi_version == (int(match[1]), int(match[2]))
