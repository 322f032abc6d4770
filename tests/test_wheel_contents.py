"""What is in each wheel, and what must not be."""

from __future__ import annotations

import email
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

NAMES = ["core", "agents", "compat", "data", "layers", "lite", "probability", "serving", "tensegra"]
# Which of ours each wheel may require, the converter of lite (an extra) apart.
MAY_REQUIRE: dict[str, set[str]] = {
    "core": set(),
    "data": {"core"},
    "layers": {"core"},
    "probability": {"core"},
    "agents": {"core", "layers", "probability", "data"},
    "serving": {"core"},
    "lite": set(),
    "tensegra": {"core"},
}


def _names(wheel: Path) -> list[str]:
    return [name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")]


def _metadata(wheel: Path) -> email.message.Message:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(archive.read(name))


def test_every_published_package_has_a_wheel(wheels: dict[str, Path]) -> None:
    assert sorted(wheels) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_wheel_ships_only_its_own_folder(wheels: dict[str, Path], name: str) -> None:
    modules = [path for path in _names(wheels[name]) if ".dist-info/" not in path]
    if name == "tensegra":
        assert modules == []
        return
    assert all(path.startswith("tensegra/") for path in modules)
    assert ("tensegra/__init__.py" in modules) == (name == "core")
    if name != "core":
        folders = ("layers", "keras") if name == "layers" else (name,)
        assert {path.split("/")[1] for path in modules} == set(folders)
        assert all(f"tensegra/{folder}/__init__.py" in modules for folder in folders)


@pytest.mark.parametrize("name", NAMES)
def test_a_wheel_holds_no_tests_caches_or_sources_to_compile(wheels: dict[str, Path], name: str) -> None:
    for path in _names(wheels[name]):
        assert "__pycache__" not in path
        assert not re.search(r"(^|/)(tests?|changes)/", path)
        assert not path.endswith((".pyc", ".cc", ".cpp", ".o", ".a"))


@pytest.mark.parametrize("name", NAMES)
def test_metadata(wheels: dict[str, Path], root: Path, name: str) -> None:
    metadata = _metadata(wheels[name])
    assert metadata["Name"] == ("tensegra" if name == "tensegra" else f"tensegra-{name}")
    assert metadata["Version"].startswith(
        "2." if name in ("core", "layers", "data", "compat", "tensegra") else "0."
    )
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_payload().strip(), "the README is the description"
    archive = zipfile.ZipFile(wheels[name])
    (licence,) = (path for path in archive.namelist() if path.endswith("/LICENSE"))
    assert archive.read(licence) == (root / "LICENSE").read_bytes()


@pytest.mark.parametrize("name", sorted(MAY_REQUIRE))
def test_a_wheel_requires_of_ours_only_what_it_may_import(wheels: dict[str, Path], name: str) -> None:
    lines = [line for line in _metadata(wheels[name]).get_all("Requires-Dist", []) if "extra ==" not in line]
    ours = {match[1] for line in lines if (match := re.match(r"tensegra-([a-z]+)", line))}
    assert ours <= MAY_REQUIRE[name]
    assert ("core" in ours) == ("core" in MAY_REQUIRE[name])
    assert all(re.search(r">=[\d.]+", line) and "<" in line for line in lines if line.startswith("tensegra-"))


def test_the_core_wheel_carries_the_library_the_binding_and_the_headers(wheels: dict[str, Path]) -> None:
    names = _names(wheels["core"])
    assert "tensegra/libtensegra.so.0" in names
    assert sum(path.startswith("tensegra/_native.cpython") for path in names) == 1
    assert "tensegra/include/tensegra/c/tensegra.h" in names
    assert "tensegra/include/tensegra/op.hpp" in names
    assert any(path.endswith(".dist-info/entry_points.txt") for path in names)


def test_the_library_exports_one_symbol_and_finds_its_parts_beside_it(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    zipfile.ZipFile(wheels["core"]).extractall(tmp_path)
    library = tmp_path / "tensegra" / "libtensegra.so.0"
    (binding,) = (tmp_path / "tensegra").glob("_native.cpython*.so")
    nm, readelf = shutil.which("nm"), shutil.which("readelf")
    assert nm, "nm comes with the compiler that built core"
    assert readelf, "readelf comes with the compiler that built core"
    symbols = subprocess.run(
        [nm, "-D", "--defined-only", library], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[-1].split("@")[0] for line in symbols.splitlines()] == ["tg_get_api"]
    dynamic = subprocess.run([readelf, "-d", binding], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"\(R(?:UN)?PATH\).*\[(.*)\]", dynamic) == ["$ORIGIN"]
    assert "[libtensegra.so.0]" in dynamic
