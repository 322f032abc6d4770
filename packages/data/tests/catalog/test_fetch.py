from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

from tensegra import errors
from tensegra.data.catalog import _fetch


def test_the_file_and_the_licence(make_source) -> None:
    source = make_source(members={"digits/d.csv.gz": b"data", "digits/LICENSE": b"Free."})
    assert _fetch.fetch(source.entry, source.download) == _fetch.Fetched(b"data", "Free.")


def test_a_wheel_without_the_file(make_source) -> None:
    source = make_source(members={"digits/LICENSE": b""})
    with pytest.raises(errors.DataLossError, match=r"d\.csv\.gz.*TG-2046"):
        _fetch.fetch(source.entry, source.download)


@pytest.mark.parametrize("names", [(), ("a.whl", "b.whl"), ("a.tar.gz",)])
def test_not_one_wheel(names: tuple[str, ...], make_source) -> None:
    source = make_source()
    source.names = names
    with pytest.raises(errors.DataLossError, match="TG-2045"):
        _fetch.fetch(source.entry, source.download)


def test_pip_that_finds_nothing(make_source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(errors.UnavailableError, match=r"digits==1\.0 \(ERROR: .*TENSEGRA_DATA_DIR.*TG-2042"):
        _fetch.pip_download(make_source().entry.source, tmp_path)


def test_pip_that_finds_the_wheel(make_source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    metadata = "Metadata-Version: 2.1\nName: digits\nVersion: 1.0\n"
    info = {"digits-1.0.dist-info/WHEEL": wheel.encode(), "digits-1.0.dist-info/METADATA": metadata.encode()}
    source = make_source(members={"digits/d.csv.gz": b"data", "digits/LICENSE": b"Free.", **info})
    index = tmp_path / "index"
    index.mkdir()
    (index / "digits-1.0-py3-none-any.whl").write_bytes(source.wheel)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    assert _fetch.fetch(source.entry, _fetch.pip_download).data == b"data"


def test_no_pip(make_source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(errors.FailedPreconditionError, match=r"no pip in .*TG-2044"):
        _fetch.pip_download(make_source().entry.source, tmp_path)


def test_pip_that_dies_without_a_word(make_source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 137, "", ""))
    with pytest.raises(errors.UnavailableError, match=r"exit code 137.*TG-2042"):
        _fetch.pip_download(make_source().entry.source, tmp_path)
