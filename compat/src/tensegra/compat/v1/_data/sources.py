"""Datasets of files, and transformations that are functions."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._core import tg
from .._errors import invalid
from .._symbols import export, put
from .dataset import Dataset
from .structure import Spec

put("data.experimental.AUTOTUNE", -1)
put("contrib.data.AUTOTUNE", -1)


def _opened(path: Any, kind: Any) -> Any:
    text = path.decode() if isinstance(path, bytes) else str(path)
    if kind in ("GZIP", b"GZIP"):
        return gzip.open(text, "rb")
    if kind in ("ZLIB", b"ZLIB"):
        import io

        with open(text, "rb") as file:
            return io.BytesIO(zlib.decompress(file.read()))
    return open(text, "rb")


def _of_files(filenames: Any, read: Callable[[Any], Iterator[bytes]]) -> Dataset:
    names = Dataset.from_tensor_slices(filenames) if not isinstance(filenames, Dataset) else filenames
    if names._specs[0].shape.ndims is None or isinstance(filenames, (str, bytes)):
        names = Dataset.from_tensor_slices(np.array([filenames], dtype=object))

    def start(values: Any) -> Iterator[list[Any]]:
        for element in names._start(values):
            path = element[0]
            for record in read(path.item() if hasattr(path, "item") else path):
                yield [record]

    return Dataset(0, [Spec(tg.string, [])], start, names._captures)


def _files(filenames: Any) -> Any:
    return [filenames] if isinstance(filenames, (str, bytes)) else filenames


@export("data.TextLineDataset")
def TextLineDataset(
    filenames: Any, compression_type: Any = None, buffer_size: Any = None, num_parallel_reads: Any = None
) -> Dataset:
    """The lines of text files."""

    def read(path: Any) -> Iterator[bytes]:
        with _opened(path, compression_type) as file:
            for line in file:
                yield line.rstrip(b"\n").removesuffix(b"\r")

    return _of_files(_files(filenames), read)


@export("data.TFRecordDataset")
def TFRecordDataset(
    filenames: Any, compression_type: Any = None, buffer_size: Any = None, num_parallel_reads: Any = None
) -> Dataset:
    """The records of TFRecord files."""

    def read(path: Any) -> Iterator[bytes]:
        with _opened(path, compression_type) as file:
            yield from records(file, path)

    return _of_files(_files(filenames), read)


def _damaged(path: Any) -> Exception:
    return tg.errors.DataLossError(  # type: ignore[no-any-return]
        f"[compat.v1.data.TFRecordDataset] records must be as they were written. Received: {path!r}. Copy the file.",
        code="TG-7303",
    )


def records(file: Any, path: Any) -> Iterator[bytes]:
    """The records of an open TFRecord file."""
    from ...checkpoint._wire import masked_crc

    while head := file.read(12):
        if len(head) < 12 or struct.unpack("<I", head[8:])[0] != masked_crc(head[:8]):
            raise _damaged(path)
        length = struct.unpack("<Q", head[:8])[0]
        data = file.read(length)
        check = file.read(4)
        if len(check) < 4 or struct.unpack("<I", check)[0] != masked_crc(data):
            raise _damaged(path)
        yield data


@export("data.FixedLengthRecordDataset")
def FixedLengthRecordDataset(
    filenames: Any,
    record_bytes: int,
    header_bytes: Any = None,
    footer_bytes: Any = None,
    buffer_size: Any = None,
    compression_type: Any = None,
) -> Dataset:
    """Records of one length."""

    def read(path: Any) -> Iterator[bytes]:
        with _opened(path, compression_type) as file:
            data = file.read()
        data = data[int(header_bytes or 0) : len(data) - int(footer_bytes or 0)]
        for place in range(0, len(data), record_bytes):
            yield data[place : place + record_bytes]

    return _of_files(_files(filenames), read)


def _transformation(names: str) -> Callable[[Any], Any]:
    return export(
        " ".join(
            f"{space}.{name}" for space in ("contrib.data", "data.experimental") for name in names.split()
        )
    )


@_transformation("map_and_batch")
def map_and_batch(
    map_func: Any,
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: bool = False,
    num_parallel_calls: Any = None,
) -> Any:
    """`map`, then `batch`."""
    return lambda dataset: dataset.map(map_func).batch(batch_size, drop_remainder)


@_transformation("batch_and_drop_remainder")
def batch_and_drop_remainder(batch_size: Any) -> Any:
    """`batch` without the last, smaller one."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


@_transformation("shuffle_and_repeat")
def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Any:
    """`shuffle`, then `repeat`."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


@_transformation("parallel_interleave")
def parallel_interleave(map_func: Any, cycle_length: int, block_length: int = 1, **options: Any) -> Any:
    """`interleave`."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length)


@_transformation("unbatch")
def unbatch() -> Any:
    """The rows of elements."""
    return lambda dataset: dataset.unbatch()


@_transformation("enumerate_dataset")
def enumerate_dataset(start: int = 0) -> Any:
    """Elements with their numbers."""
    return lambda dataset: dataset.enumerate(start)


@_transformation("prefetch_to_device copy_to_device")
def prefetch_to_device(device: Any, buffer_size: Any = None) -> Any:
    """The same dataset: there is one place."""
    return lambda dataset: dataset


@_transformation("ignore_errors")
def ignore_errors() -> Any:
    """Leaves out elements whose making fails."""

    def change(dataset: Any) -> Any:
        def select(values: Any, again: Any) -> Iterator[Any]:
            source = again()
            while True:
                try:
                    yield next(source)
                except StopIteration:
                    return
                except tg.errors.InvalidArgumentError:
                    continue

        return dataset._selected(select)

    return change


@_transformation("get_single_element")
def get_single_element(dataset: Any) -> Any:
    """The only element."""
    if not isinstance(dataset, Dataset):
        raise invalid(
            "data.experimental.get_single_element",
            "it must be a dataset",
            repr(dataset),
            "Give one.",
            "TG-7300",
        )
    return dataset.make_one_shot_iterator().get_next()
