"""The layout of the C interface and the exported symbols are those that the tree records."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from tensegra import _native

from .programs import CORE, INCLUDE, LIBRARY

API = CORE / "api"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_c_abi", CORE / "tools" / "gen_c_abi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_layout_is_the_recorded_one(generator: ModuleType) -> None:
    assert generator.layout(INCLUDE) == (API / "c_layout.txt").read_text()


def test_only_the_entry_point_is_exported(generator: ModuleType) -> None:
    exported = generator.symbols(LIBRARY)
    assert exported == (API / "c_symbols.txt").read_text() == "tg_get_api\n"


def test_every_table_and_struct_begins_with_its_size() -> None:
    text = (API / "c_layout.txt").read_text()
    structs = re.findall(r"struct (\w+): (\d+) bytes\n    (\w+): (\d+) at (\d+)", text)
    assert len(structs) >= 20
    for name, size, field, width, offset in structs:
        assert (field, width, offset) == ("struct_size", "8", "0"), name
        assert int(size) % 8 == 0


def test_no_struct_has_padding() -> None:
    text = (API / "c_layout.txt").read_text()
    for block in text.split("  struct ")[1:]:
        fields = [tuple(map(int, pair)) for pair in re.findall(r"\w+: (\d+) at (\d+)", block)]
        end = 0
        for size, offset in fields:
            assert offset == end, block.partition(":")[0]
            end = offset + size
        assert end == int(re.search(r": (\d+) bytes", block)[1]), block.partition(":")[0]  # type: ignore[index]


def test_the_module_was_built_for_this_major() -> None:
    text = (API / "c_layout.txt").read_text()
    version = tuple(int(re.search(rf"TG_ABI_{part} = (\d+)", text)[1]) for part in ("MAJOR", "MINOR"))  # type: ignore[index]
    assert _native.abi_version == version
