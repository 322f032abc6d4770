"""Tensors as they are stored: their bytes, in fewer bits where that was asked for."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tensegra import _dtypes
from tensegra._dtypes import DType, dtype_from_number
from tensegra._tensor import Tensor

_NAMES = {
    _dtypes.bool_: "BOOL",
    _dtypes.int8: "I8",
    _dtypes.int16: "I16",
    _dtypes.int32: "I32",
    _dtypes.int64: "I64",
    _dtypes.uint8: "U8",
    _dtypes.uint16: "U16",
    _dtypes.uint32: "U32",
    _dtypes.uint64: "U64",
    _dtypes.float16: "F16",
    _dtypes.bfloat16: "BF16",
    _dtypes.float32: "F32",
    _dtypes.float64: "F64",
}
"""Other dtypes are stored as bytes (U8); the true dtype is in saved_model.pb."""


@dataclass
class Stored:
    """One weight: what it is called, its type in the file, how long it is."""

    name: str
    tensor: Tensor
    dtype: DType
    dims: tuple[int, ...]
    length: int
    scales: list[float] = field(default_factory=list)

    @property
    def layout_dtype(self) -> str:
        """The dtype that the header of the file gives."""
        return _NAMES.get(self.dtype, "U8")

    @property
    def layout_shape(self) -> list[int]:
        """The shape that the header of the file gives."""
        return list(self.dims) if self.dtype in _NAMES else [self.length]

    def parts(self) -> Iterator[Any]:
        """The bytes."""
        array = self.tensor._view()
        if self.dtype is _dtypes.string:
            strings = list(array.reshape(-1))
            lengths = [0, *(len(each) for each in strings)]
            yield np.cumsum(lengths, dtype=np.int64).astype("<i8").tobytes()
            yield b"".join(strings)
        elif self.scales:
            yield _packed(_rounded(array, self.scales, self.dtype), self.dtype)
        else:
            yield np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def stored(name: str, tensor: Tensor, quantization: str | Mapping[str, str] | None) -> Stored:
    """How a weight is stored."""
    dtype = dtype_from_number(tensor._dtype_number)
    dims = tuple(tensor._shape or ())
    kind = _kind(name, quantization) if dtype is _dtypes.float32 and len(dims) > 1 and 0 not in dims else None
    if kind is not None:
        array = np.asarray(tensor._view())
        if np.isfinite(array).all():  # what is not finite has no scale: it stays what it is
            highest = 127.0 if kind == "int8" else 7.0
            largest = np.abs(array).reshape(-1, dims[-1]).max(axis=0)
            scales = np.where(largest > 0, largest / np.float32(highest), np.float32(1.0)).astype(np.float32)
            small = _dtypes.int8 if kind == "int8" else _dtypes.int4
            return Stored(name, tensor, small, dims, _packed_bytes(small, dims), scales.tolist())
    return Stored(name, tensor, dtype, dims, _length(tensor, dtype))


def _kind(name: str, quantization: str | Mapping[str, str] | None) -> str | None:
    if quantization is None or isinstance(quantization, str):
        return quantization
    return next((kind for pattern, kind in quantization.items() if fnmatch.fnmatchcase(name, pattern)), None)


def _length(tensor: Tensor, dtype: DType) -> int:
    if dtype is _dtypes.string:
        strings = tensor._view().reshape(-1)
        return 8 * (len(strings) + 1) + sum(len(each) for each in strings)
    return tensor._nbytes


def _packed_bytes(dtype: DType, dims: tuple[int, ...]) -> int:
    count = math.prod(dims)
    return count if dtype is _dtypes.int8 else (count + 1) // 2


def _rounded(array: Any, scales: list[float], dtype: DType) -> Any:
    highest = 127 if dtype is _dtypes.int8 else 7
    steps = np.rint(np.asarray(array) / np.asarray(scales, np.float32))
    return np.clip(steps, -highest, highest).astype(np.int8)


def _packed(values: Any, dtype: DType) -> Any:
    flat = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
    if dtype is _dtypes.int8:
        return flat
    if len(flat) % 2:
        flat = np.append(flat, np.uint8(0))
    return (flat[::2] & 15) | (flat[1::2] << 4).astype(np.uint8)
