"""Attacks in the files around saved_model.pb, and in what they are."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tensegra._saved_model._messages import message_class


def weights(directory: Path) -> Path:
    (found,) = directory.glob("weights-*")
    return found


def _link_weights(directory: Path) -> None:
    path = weights(directory)
    target = directory.parent / "elsewhere"
    path.rename(target)
    path.symlink_to(target)


def _link_message(directory: Path) -> None:
    path = directory / "saved_model.pb"
    target = directory.parent / "elsewhere.pb"
    path.rename(target)
    path.symlink_to(target)


def _pipe(name: str) -> Callable[[Path], None]:
    def attack(directory: Path) -> None:
        path = directory / name if name != "weights" else weights(directory)
        path.unlink()
        os.mkfifo(path)

    return attack


def _with_asset(directory: Path, name: str, size: int) -> None:
    path = directory / "saved_model.pb"
    message = message_class("SavedModel").FromString(path.read_bytes())
    message.assets.add(name=name, size=size, sha256=hashlib.sha256(b"").hexdigest())
    path.write_bytes(message.SerializeToString())


def _link_asset(directory: Path) -> None:
    (directory / "assets").mkdir()
    (directory / "assets" / "words.txt").symlink_to("/etc/passwd")
    _with_asset(directory, "words.txt", os.path.getsize("/etc/passwd"))


def _link_folder(directory: Path) -> None:
    (directory / "assets").mkdir()
    (directory / "assets" / "etc").symlink_to("/etc")
    _with_asset(directory, "etc/passwd", os.path.getsize("/etc/passwd"))


def _link_assets(directory: Path) -> None:
    (directory / "assets").symlink_to("/etc")
    _with_asset(directory, "passwd", os.path.getsize("/etc/passwd"))


def _device(directory: Path) -> None:
    path = weights(directory)
    path.unlink()
    path.symlink_to("/dev/zero")


def _sparse(directory: Path) -> None:
    """A file of 1 TB that takes no room on the disk."""
    path = directory / "saved_model.pb"
    with path.open("r+b") as file:
        file.truncate(1 << 40)


def _header(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Another header in a weight file, of the same length, with hashes and sizes that are right."""

    def attack(directory: Path) -> None:
        path = weights(directory)
        content = path.read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        header = change(content[8 : 8 + length])[:length].ljust(length)
        data = content[:8] + header + content[8 + length :]
        path.write_bytes(data)
        _rehash(directory, data)

    return attack


def _long_header(directory: Path) -> None:
    path = weights(directory)
    data = struct.pack("<Q", 2**63) + path.read_bytes()[8:]
    path.write_bytes(data)
    _rehash(directory, data)


def _rehash(directory: Path, data: bytes) -> None:
    model = directory / "saved_model.pb"
    message: Any = message_class("SavedModel").FromString(model.read_bytes())
    message.weight_files[0].tree_sha256 = ""
    message.weight_files[0].sha256 = hashlib.sha256(data).hexdigest()
    model.write_bytes(message.SerializeToString())


FILES: dict[str, Callable[[Path], None]] = {
    "weights behind a link": _link_weights,
    "weights that never end": _device,
    "weights that are a pipe": _pipe("weights"),
    "a message behind a link": _link_message,
    "a message that is a pipe": _pipe("saved_model.pb"),
    "a message of 1 TB": _sparse,
    "an asset behind a link": _link_asset,
    "an asset in a folder behind a link": _link_folder,
    "assets behind a link": _link_assets,
}

HEADERS: dict[str, Callable[[Path], None]] = {
    "a header longer than the file": _long_header,
    "a header that is no JSON": _header(lambda text: b"{" * len(text)),
    "a header of lists": _header(lambda text: b"[" * 50 + b"]" * 50),
    "a header with a name twice": _header(lambda text: text.replace(b'"steps"', b'"table"')),
    "a header with other offsets": _header(
        lambda text: text.replace(b'"data_offsets":[0,', b'"data_offsets":[1,')
    ),
    "a header without a tensor": _header(lambda text: text.replace(b'"steps"', b'"stops"')),
}
"""What readers of the format do not look at, and `tensegra check` does."""
