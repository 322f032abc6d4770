"""Sharing memory with other libraries through DLPack."""

from __future__ import annotations

import gc

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
    with pytest.raises(BufferError, match="copy"):
        x.__dlpack__(copy=True)
    with pytest.raises(BufferError, match="host memory"):
        x.__dlpack__(dl_device=(2, 0))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        tg.from_dlpack(3)
    with pytest.raises(TypeError):
        x.__dlpack__(1)  # type: ignore[misc]
