"""What `tensegra check` does: everything of a saved model is verified, the content of its files too."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from typing import Any

from tensegra import _native
from tensegra._errors import DataLossError

from ._hashes import file_digest, tree_digest
from ._load import load
from ._messages import read


def check(directory: str) -> Iterator[str]:
    """Verifies a model; yields a line for each part that is in order.

    Raises:
        tg.errors.DataLossError: A file is missing, or its size or hash differs (TG-0405), or a field is wrong
        (TG-0402).
        tg.errors.Error: It cannot be read; see `tg.saved_model.load`.
    """
    message = read(directory)
    yield f"saved_model.pb: format {message.format_version}, written by {message.producer}"
    yield from check_files(directory, message)
    if message.profile:
        yield f"functions: not loaded, this is the profile {message.profile}"
        return
    load(directory)
    model = _native.Model.load(directory)
    for function in message.functions:
        model.function(function.name).verify()
    yield f"functions: {len(message.functions)} valid, signatures: {', '.join(model.signatures()) or 'none'}"


def check_files(directory: str, message: Any) -> Iterator[str]:
    """Verifies sizes, hashes and headers of the files of a model; yields a line for each.

    Raises:
        tg.errors.DataLossError: One is missing or not what was saved (TG-0405).
    """
    for number, file in enumerate(message.weight_files):
        if "/" in file.name or "\0" in file.name or file.name.startswith("."):
            raise _wrong(file.name, "it leaves the directory of the model")
        _check_file(directory, file.name, file.size, file.sha256, file.tree_sha256)
        _check_header(directory, file, [each for each in message.weights if each.file == number])
        yield f"{file.name}: {file.size} bytes, the hash is right"
    for asset in message.assets:
        name = os.path.join("assets", asset.name)
        if os.path.isabs(asset.name) or ".." in asset.name.split("/") or "\0" in asset.name:
            raise _wrong(name, "it leaves the directory of the model")
        _check_file(directory, name, asset.size, asset.sha256)
        yield f"{name}: {asset.size} bytes, the hash is right"


def _check_file(directory: str, name: str, size: int, sha256: str, tree_sha256: str = "") -> None:
    path = os.path.join(directory, name)
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            raise _wrong(name, "it is no regular file")
        if status.st_size != size:
            raise _wrong(name, f"its size is {status.st_size} instead of {size}")
        wanted = tree_sha256 or sha256
        found = tree_digest(path) if tree_sha256 else file_digest(path)
    except OSError as error:
        raise _wrong(name, error.strerror or str(error)) from error
    if found != wanted:
        raise _wrong(name, f"its hash is {found} instead of {wanted}")


def _check_header(directory: str, file: Any, weights: list[Any]) -> None:
    """What the file says of itself, for readers of its layout alone, must be what the model says of it."""
    try:
        with open(os.path.join(directory, file.name), "rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if length > file.size - 8:
                raise _wrong(file.name, "its header goes past the end")
            header = json.loads(opened.read(length), object_pairs_hook=_unique)
        entries = {name: entry["data_offsets"] for name, entry in header.items() if name != "__metadata__"}
        end = 0
        for begin, stop in sorted(entries.values()):
            if begin != end or stop < begin:
                raise ValueError("its tensors lie over each other or leave holes")
            end = stop
        if 8 + length + end != file.size:
            raise ValueError("its tensors do not end where the file ends")
        for weight in weights:
            begin = weight.offset - 8 - length
            if entries.get(weight.name) != [begin, begin + weight.length]:
                raise ValueError(f"{weight.name!r} lies elsewhere")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _wrong(file.name, f"its header is wrong: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _wrong(name: str, problem: str) -> DataLossError:
    return DataLossError(
        f"[saved_model] the files must be those that saved_model.pb names, with their sizes and hashes. "
        f"Received: {name}: {problem}. Copy the whole directory again.",
        code="TG-0405",
    )
