"""Sharing memory with other libraries through DLPack."""

from __future__ import annotations

import ctypes
import gc
from typing import Any

import numpy as np
import pytest

import tensegra as tg

DTYPES = ["bool", "int8", "int32", "int64", "uint8", "uint64", "float16", "float32", "float64", "complex64"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 2)])
def test_out_and_in(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    x = tg.from_dlpack(array)
    assert x.dtype == dtype
    np.testing.assert_array_equal(x.numpy(), array)
    back = np.from_dlpack(x)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)
    np.testing.assert_array_equal(tg.from_dlpack(x).numpy(), array)


def test_memory_is_shared() -> None:
    array = np.arange(4.0)
    x = tg.from_dlpack(array)
    assert np.asarray(x).ctypes.data == array.ctypes.data
    assert np.from_dlpack(x).ctypes.data == array.ctypes.data


def test_shared_memory_outlives_its_maker() -> None:
    x = tg.from_dlpack(np.arange(1000.0))
    gc.collect()
    assert float(tg.reduce_sum(x)) == 499500.0
    array = np.from_dlpack(tg.constant(np.arange(1000.0)))
    gc.collect()
    assert array.sum() == 499500.0


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12).reshape(3, 4).T,
        np.arange(12)[::2],
        np.arange(12)[::-1],
        np.arange(12).reshape(3, 4)[:, 1:3],
    ],
)
def test_strided_memory_is_copied(array: np.ndarray) -> None:
    np.testing.assert_array_equal(tg.from_dlpack(array).numpy(), array)


def test_bfloat16() -> None:
    x = tg.cast([1.5, -2.0], tg.bfloat16)
    back = tg.from_dlpack(x)
    assert back.dtype == tg.bfloat16
    assert tg.cast(back, tg.float32).numpy().tolist() == [1.5, -2.0]


def test_capsules_are_used_once() -> None:
    capsule = tg.constant([1.0]).__dlpack__()
    assert tg.from_dlpack(capsule).numpy().tolist() == [1.0]
    with pytest.raises(BufferError, match="used already"):
        tg.from_dlpack(capsule)
    tg.constant([1.0]).__dlpack__(max_version=(1, 0))  # never used: its destructor frees it


def test_device_and_refusals() -> None:
    x = tg.constant([1.0])
    assert x.__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError, match="string"):
        tg.constant("a").__dlpack__()
    with pytest.raises(BufferError, match="stream"):
        x.__dlpack__(stream=1)
    with pytest.raises(BufferError, match="host memory"):
        x.__dlpack__(dl_device=(2, 0))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        tg.from_dlpack(3)
    with pytest.raises(TypeError):
        x.__dlpack__(1)  # type: ignore[misc]


class _Versioned(ctypes.Structure):
    """The head of DLManagedTensorVersioned, and of the DLTensor in it, as dlpack.h 1.0 has them."""

    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("manager", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


def _content(capsule: Any) -> _Versioned:
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return _Versioned.from_address(pointer(capsule, b"dltensor_versioned"))


@pytest.mark.parametrize(
    ("dtype", "code", "bits"),
    [
        ("int16", 0, 16),
        ("uint8", 1, 8),
        ("float16", 2, 16),
        ("float64", 2, 64),
        ("bfloat16", 4, 16),
        ("complex128", 5, 128),
        ("bool", 6, 8),
    ],
)
def test_what_a_versioned_capsule_says(dtype: str, code: int, bits: int) -> None:
    x = tg.cast(tg.ones([2, 3]), dtype)
    capsule = x.__dlpack__(max_version=(1, 1))
    content = _content(capsule)
    assert (content.major, content.flags & 1) == (1, 1)  # read-only: tensors do not change
    assert (content.device_type, content.device_id, content.ndim) == (1, 0, 2)
    assert (content.code, content.bits, content.lanes) == (code, bits, 1)
    assert (content.shape[:2], content.strides[:2]) == ([2, 3], [3, 1])


def test_copies_may_be_written() -> None:
    x = tg.constant([1.0, 2.0])
    for version in (None, (1, 0)):
        capsule = x.__dlpack__(max_version=version, copy=True)
        if version is not None:
            assert _content(capsule).flags == 2
        assert tg.from_dlpack(capsule).numpy().tolist() == [1.0, 2.0]
    array = np.from_dlpack(x, copy=True)
    array[0] = 5.0
    assert x.numpy().tolist() == [1.0, 2.0]
    shared = np.from_dlpack(x, copy=False)
    assert not shared.flags.writeable
    assert shared.ctypes.data == np.asarray(x).ctypes.data
    assert np.from_dlpack(tg.zeros([0, 2]), copy=True).shape == (0, 2)
    with pytest.raises(BufferError, match="string"):
        tg.constant("a").__dlpack__(copy=True)
