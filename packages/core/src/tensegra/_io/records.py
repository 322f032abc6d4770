"""Record files: `tg.io.TFRecordWriter`."""

from __future__ import annotations

import gzip
import struct
import zlib
from types import TracebackType
from typing import Any

from tensegra import _native
from tensegra._errors import FailedPreconditionError, InvalidArgumentError
from tensegra._public import public

_MASK = 0xA282EAD8


def masked_checksum(data: bytes) -> int:
    """The checksum of record files: a CRC-32C, turned and moved, so that it may be stored beside what it covers."""
    crc = int(_native.execute("string_crc32c", (_native.tensor(data),))._numpy())
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


@public("io.TFRecordOptions")
class TFRecordOptions:
    """How a record file is written.

    Args:
        compression_type: '', 'GZIP' or 'ZLIB'.
        flush_mode: Ignored; for compatibility.
        input_buffer_size: Ignored; for compatibility.
        output_buffer_size: Ignored; for compatibility.
        window_bits: Ignored; for compatibility.
        compression_level: From 0 to 9.
        compression_method: Ignored; for compatibility.
        mem_level: Ignored; for compatibility.
        compression_strategy: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: The compression is another one (TG-0106).

    >>> import tensegra as tg
    >>> tg.io.TFRecordOptions("GZIP").compression_type
    'GZIP'
    """

    def __init__(
        self,
        compression_type: str | None = None,
        flush_mode: Any = None,
        input_buffer_size: Any = None,
        output_buffer_size: Any = None,
        window_bits: Any = None,
        compression_level: int | None = None,
        compression_method: Any = None,
        mem_level: Any = None,
        compression_strategy: Any = None,
    ) -> None:
        if compression_type not in (None, "", "GZIP", "ZLIB"):
            raise InvalidArgumentError(
                "[io.TFRecordOptions] compression_type must be '', 'GZIP' or 'ZLIB'. Received: "
                f"compression_type={compression_type!r}. Use one of these.",
                code="TG-0106",
            )
        self.compression_type = compression_type or ""
        self.compression_level = 6 if compression_level is None else compression_level


@public("io.TFRecordWriter")
class TFRecordWriter:
    """Writes records to a file: each with its length and masked CRC-32C checksums of both.

    Args:
        path: The path.
        options: A `TFRecordOptions`, or the compression.

    >>> import os, tempfile
    >>> import tensegra as tg
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with tg.io.TFRecordWriter(os.path.join(folder, "file.tfrecord")) as writer:
    ...         writer.write(b"hello")
    """

    def __init__(self, path: Any, options: TFRecordOptions | str | None = None) -> None:
        chosen = options if isinstance(options, TFRecordOptions) else TFRecordOptions(options)
        self._file: Any = open(path, "wb")  # noqa: SIM115 (closed by close)
        self._stream: Any = None
        self._zip: Any = None
        if chosen.compression_type == "GZIP":
            self._stream = gzip.GzipFile(
                fileobj=self._file, mode="wb", compresslevel=chosen.compression_level, mtime=0
            )
        elif chosen.compression_type == "ZLIB":
            self._zip = zlib.compressobj(chosen.compression_level)

    def write(self, record: bytes | str) -> None:
        """Appends a record.

        Raises:
            tg.errors.FailedPreconditionError: The writer is closed (TG-0650).
        """
        if self._file is None:
            raise FailedPreconditionError(
                "[io.TFRecordWriter] a closed writer does not write. Received: a record after close(). "
                "Make another writer.",
                code="TG-0650",
            )
        data = record.encode() if isinstance(record, str) else bytes(record)
        length = struct.pack("<Q", len(data))
        self._put(length + struct.pack("<I", masked_checksum(length)))
        self._put(data + struct.pack("<I", masked_checksum(data)))

    def flush(self) -> None:
        """Hands on to the system what is written so far."""
        if self._stream is not None:
            self._stream.flush()
        if self._zip is not None:
            self._file.write(self._zip.flush(zlib.Z_SYNC_FLUSH))
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Ends the file."""
        if self._file is None:
            return
        if self._stream is not None:
            self._stream.close()
        if self._zip is not None:
            self._file.write(self._zip.flush())
        self._file.close()
        self._file = None

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _put(self, data: bytes) -> None:
        if self._stream is not None:
            self._stream.write(data)
        elif self._zip is not None:
            self._file.write(self._zip.compress(data))
        else:
            self._file.write(data)
