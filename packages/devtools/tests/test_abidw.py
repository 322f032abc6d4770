"""Dumps of a C interface, and what is said of planted changes. Without abigail-tools: that they are missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tensegra_devtools import _abi_command, _abidw
from tensegra_devtools._abi_command import run as tg_abi
from tensegra_devtools._c_layout import dump, interfaces
from tensegra_devtools._run import TaskError
from tensegra_devtools._snapshot import WorkTree

HEADER = """\
#include <stddef.h>
#include <stdint.h>
#define TG_ABI_MAJOR {major}
#define TG_ABI_MINOR 1
#define TG_EXPORT __attribute__((visibility("default")))
typedef struct tg_desc {{
  size_t struct_size;
  {fields}
}} tg_desc;
typedef struct tg_api {{
  size_t struct_size;
  int32_t (*rank)(const tg_desc* desc);
}} tg_api;
TG_EXPORT const tg_api* tg_get_api(int32_t major);
"""
SAME = "int64_t rank; int64_t size;"
APPENDED = "int64_t rank; int64_t size; int64_t more;"
SWAPPED = "int64_t size; int64_t rank;"


def write(root: Path, fields: str, major: int = 2) -> None:
    """The headers and the golden of today."""
    header = root / "packages" / "core" / "include" / "tensegra" / "c" / "tensegra.h"
    header.parent.mkdir(parents=True, exist_ok=True)
    header.write_text(HEADER.format(fields=fields, major=major))
    api = root / "packages" / "core" / "api"
    (api / "released").mkdir(parents=True, exist_ok=True)
    (api / "c_layout.txt").write_text(dump(interfaces(root)["core"])[0])


def release(root: Path, fields: str) -> None:
    """Writes what a release keeps, made from these headers."""
    write(root, fields)
    api = root / "packages" / "core" / "api"
    (api / "released" / "c_layout.txt").write_text((api / "c_layout.txt").read_text())
    _abidw.dump_headers(interfaces(root)["core"], api / "released" / "interface.abi")


def codes(root: Path) -> list[tuple[str, bool]]:
    return [
        (finding.text.rpartition("Received: ")[2], finding.fatal) for finding in _abidw.check_released(root)
    ]


if _abidw.installed():

    def test_what_did_not_change_is_the_same(tmp_path: Path) -> None:
        release(tmp_path, SAME)
        assert codes(tmp_path) == []

    @pytest.mark.parametrize("fields", [APPENDED, SWAPPED])
    def test_a_planted_change_is_seen_in_the_dump(
        tmp_path: Path, fields: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        release(tmp_path, SAME)
        old = tmp_path / "packages" / "core" / "api" / "released" / "interface.abi"
        write(tmp_path, fields)
        new = tmp_path / "new.abi"
        _abidw.dump_headers(interfaces(tmp_path)["core"], new)
        assert _abidw.compare(old, new)[0] == "changed"
        assert _abidw.compare(old, old)[0] == "same"
        # The layout golden, which changed too, is judged by the gate's own rules.
        assert codes(tmp_path) == []
        for arguments, code in (([old, new], 4), ([old, old], 0)):
            monkeypatch.setattr("sys.argv", ["tg-abi", "diff", "--json", *map(str, arguments)])
            assert tg_abi() == code
            assert json.loads(capsys.readouterr().out)["kind"] == ("changed" if code else "same")

    def test_a_change_that_the_golden_missed_is_reported(tmp_path: Path) -> None:
        release(tmp_path, SAME)
        golden = (tmp_path / "packages" / "core" / "api" / "c_layout.txt").read_text()
        write(tmp_path, APPENDED)
        (tmp_path / "packages" / "core" / "api" / "c_layout.txt").write_text(golden)
        ((text, fatal),) = codes(tmp_path)
        assert "while c_layout.txt says that nothing changed" in text
        assert fatal

    def test_a_function_that_went_is_incompatible(tmp_path: Path) -> None:
        release(tmp_path, SAME)
        header = tmp_path / "packages" / "core" / "include" / "tensegra" / "c" / "tensegra.h"
        header.write_text(header.read_text().replace("tg_get_api", "tg_get_table"))
        ((text, fatal),) = codes(tmp_path)
        assert "incompatible within a major version" in text
        assert fatal

    def test_what_is_no_dump_is_an_error(tmp_path: Path) -> None:
        (tmp_path / "a").write_text("nothing")
        with pytest.raises(TaskError, match="TG-9319"):
            _abidw.compare(tmp_path / "a", tmp_path / "missing")


@pytest.mark.parametrize(("ci", "fatal"), [("", False), ("true", True)])
def test_a_released_dump_needs_the_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, fatal: bool
) -> None:
    write(tmp_path, SAME)
    (tmp_path / "packages" / "core" / "api" / "released" / "interface.abi").write_text("<abi-corpus/>")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    ((text, got),) = codes(tmp_path)
    assert text.startswith("abidw and abidiff are not installed")
    assert got is fatal


def test_without_a_released_dump_nothing_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, SAME)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    assert codes(tmp_path) == []


def test_two_dumps_are_compared_and_no_other_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["tg-abi", "diff", "one"])
    assert tg_abi() == 1


def test_headers_are_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, SAME)
    (tmp_path / "packages" / "core" / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_abi_command, "work_tree", lambda: WorkTree(tmp_path))
    monkeypatch.setattr("sys.argv", ["tg-abi", "keep"])
    assert tg_abi() == 0
    kept = (
        tmp_path
        / "packages"
        / "core"
        / "tests"
        / "plugins"
        / "headers"
        / "2.1"
        / "tensegra"
        / "c"
        / "tensegra.h"
    )
    assert kept.read_text() == HEADER.format(fields=SAME, major=2)
    assert tg_abi() == 1
    assert "TG-9320" in capsys.readouterr().err
