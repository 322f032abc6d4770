"""What `tensegra check` does: everything of a saved model is verified, the content of its files too."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from tensegra import _native
from tensegra._errors import DataLossError

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
    for file in message.weight_files:
        _check_file(directory, file.name, file.size, file.sha256)
        yield f"{file.name}: {file.size} bytes, the hash is right"
    for asset in message.assets:
        name = os.path.join("assets", asset.name)
        if os.path.isabs(asset.name) or ".." in asset.name.split("/"):
            raise _wrong(name, "it leaves the directory of the model")
        _check_file(directory, name, asset.size, asset.sha256)
        yield f"{name}: {asset.size} bytes, the hash is right"
    if message.profile:
        yield f"functions: not loaded, this is the profile {message.profile}"
        return
    load(directory)
    model = _native.Model.load(directory)
    for function in message.functions:
        model.function(function.name).verify()
    yield f"functions: {len(message.functions)} valid, signatures: {', '.join(model.signatures()) or 'none'}"


def _check_file(directory: str, name: str, size: int, sha256: str) -> None:
    digest = hashlib.sha256()
    found = 0
    try:
        with open(os.path.join(directory, name), "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                found += len(block)
    except OSError as error:
        raise _wrong(name, error.strerror or str(error)) from error
    if found != size:
        raise _wrong(name, f"its size is {found} instead of {size}")
    if digest.hexdigest() != sha256:
        raise _wrong(name, f"its hash is {digest.hexdigest()} instead of {sha256}")


def _wrong(name: str, problem: str) -> DataLossError:
    return DataLossError(
        f"[saved_model] the files must be those that saved_model.pb names, with their sizes and hashes. "
        f"Received: {name}: {problem}. Copy the whole directory again.",
        code="TG-0405",
    )
