from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from tensegra import errors
from tensegra.data.catalog import _cache


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_fetched_once_and_kept_with_its_licence(make_source, tmp_path: Path) -> None:
    source = make_source()
    first = _cache.load(source.entry, tmp_path / "cache", source.download)
    source.offline = True
    second = _cache.load(source.entry, tmp_path / "cache", source.download)
    assert source.calls == 1
    assert first["images"].shape == (30, 28, 28)
    np.testing.assert_array_equal(first["images"], second["images"])
    np.testing.assert_array_equal(second["labels"], np.arange(30) % 10)
    assert _files(tmp_path / "cache") == ["digits/LICENSE.txt", "digits/digits.npz"]
    assert (tmp_path / "cache/digits/LICENSE.txt").read_text() == "Free.\n"


@pytest.mark.parametrize("damage", ["truncated", "other bytes", "other arrays", "empty"])
def test_a_damaged_file_is_fetched_anew(damage: str, make_source, tmp_path: Path) -> None:
    source = make_source()
    good = _cache.load(source.entry, tmp_path, source.download)
    file = tmp_path / "digits/digits.npz"
    content = file.read_bytes()
    if damage == "truncated":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "other bytes":
        middle = len(content) // 2
        file.write_bytes(
            content[:middle] + bytes(255 - b for b in content[middle : middle + 99]) + content[middle + 99 :]
        )
    elif damage == "other arrays":
        np.savez(file, images=good["images"][::-1], labels=good["labels"])
    else:
        file.write_bytes(b"")
    again = _cache.load(source.entry, tmp_path, source.download)
    assert source.calls == 2
    np.testing.assert_array_equal(again["images"], good["images"])


def test_a_damaged_file_without_network(make_source, tmp_path: Path) -> None:
    source = make_source()
    _cache.load(source.entry, tmp_path, source.download)
    (tmp_path / "digits/digits.npz").write_bytes(b"damaged")
    source.offline = True
    with pytest.raises(errors.DataLossError, match=r"damaged file .*digits.npz.*no network.*TG-2047"):
        _cache.load(source.entry, tmp_path, source.download)


def test_no_network_and_nothing_kept(make_source, tmp_path: Path) -> None:
    source = make_source()
    source.offline = True
    with pytest.raises(errors.UnavailableError, match="TG-2042"):
        _cache.load(source.entry, tmp_path / "cache", source.download)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("field", ["sha256", "content"])
def test_a_wrong_hash_keeps_nothing(field: str, make_source, tmp_path: Path) -> None:
    source = make_source(**{field: "0" * 64})
    code = "TG-2043" if field == "sha256" else "TG-2049"
    with pytest.raises(errors.DataLossError, match=rf"0000 ?.*{code}"):
        _cache.load(source.entry, tmp_path / "cache", source.download)
    assert not (tmp_path / "cache").exists()


def test_a_file_of_another_form(make_source, tmp_path: Path) -> None:
    source = make_source(members={"digits/d.csv.gz": b"1,2,3", "digits/LICENSE": b""})
    with pytest.raises(errors.DataLossError, match=r"not a gzip file.*TG-2049"):
        _cache.load(source.entry, tmp_path / "cache", source.download)


def test_a_folder_that_cannot_be_written(make_source, tmp_path: Path) -> None:
    source = make_source()
    (tmp_path / "digits").write_text("a file where the folder should be")
    with pytest.raises(errors.PermissionDeniedError, match=r"TENSEGRA_DATA_DIR.*TG-2048"):
        _cache.load(source.entry, tmp_path, source.download)


def test_concurrent_fetches_are_safe(make_source, tmp_path: Path) -> None:
    source = make_source()
    results: list = []

    def load() -> None:
        results.append(_cache.load(source.entry, tmp_path / "cache", source.download))

    threads = [threading.Thread(target=load) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert all(_cache.content_sha256(arrays) == source.entry.content_sha256 for arrays in results)
    assert _files(tmp_path / "cache") == ["digits/LICENSE.txt", "digits/digits.npz"]


def test_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TENSEGRA_DATA_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert _cache.root(None) == tmp_path / ".cache/tensegra/data"
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert _cache.root(None) == Path("/x/tensegra/data")
    monkeypatch.setenv("TENSEGRA_DATA_DIR", "~/own")
    assert _cache.root(None) == tmp_path / "own"
    assert _cache.root("/given") == Path("/given")


def test_the_content_hash_sees_names_shapes_dtypes_and_values() -> None:
    base = {"x": np.zeros(4, np.uint8)}
    others = [
        {"y": np.zeros(4, np.uint8)},
        {"x": np.zeros((2, 2), np.uint8)},
        {"x": np.zeros(2, np.uint16)},
        {"x": np.array([0, 0, 0, 1], np.uint8)},
    ]
    assert len({_cache.content_sha256(arrays) for arrays in [base, *others]}) == 5
    assert _cache.content_sha256({"x": np.zeros((4, 2), np.uint8)[:, 0]}) == _cache.content_sha256(base)
