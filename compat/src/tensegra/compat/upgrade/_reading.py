"""Reads and writes Python source byte for byte as its own header says, whatever the locale."""

from __future__ import annotations

import codecs
import io
import tokenize
from dataclasses import dataclass
from pathlib import Path


class UnreadableSource(Exception):
    """The file is not text that Python could read; `code` names the rule, the message the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class SourceText:
    """Text of a source file and how it was stored."""

    text: str
    encoding: str
    bom: bool

    def encode(self, text: str) -> bytes:
        """`text` stored as the file was: same encoding, same byte order mark."""
        return (codecs.BOM_UTF8 if self.bom else b"") + text.encode(self.encoding)


def decode_source(data: bytes) -> SourceText:
    """Decodes source bytes by their byte order mark or encoding cookie (PEP 263), keeping line ends.

    Raises:
        UnreadableSource: TG-7011 for binary data, TG-7012 where the bytes do not fit the encoding.
    """
    if b"\0" in data:
        raise UnreadableSource("TG-7011", "it holds NUL bytes, so it is a binary file and not Python source")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        raise UnreadableSource("TG-7012", f"its encoding cannot be told ({error.msg})") from None
    bom = data.startswith(codecs.BOM_UTF8)
    if bom:
        data, encoding = data[len(codecs.BOM_UTF8) :], "utf-8"
    try:
        return SourceText(data.decode(encoding), encoding, bom)
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} does not fit its encoding {encoding}"
        raise UnreadableSource("TG-7012", reason) from None


def read_source(path: Path, *, notebook: bool = False) -> SourceText:
    """Reads a source file; a notebook is UTF-8 whatever its cells say.

    Raises:
        UnreadableSource: as `decode_source`, and TG-7002 where the system refuses the file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"the system refuses to read it ({error.strerror or error})"
        raise UnreadableSource("TG-7002", reason) from None
    if not notebook:
        return decode_source(data)
    bom = data.startswith(codecs.BOM_UTF8)
    try:
        return SourceText(data.decode("utf-8-sig" if bom else "utf-8"), "utf-8", bom)
    except UnicodeDecodeError as error:
        raise UnreadableSource("TG-7012", f"byte {error.start} does not fit its encoding utf-8") from None
