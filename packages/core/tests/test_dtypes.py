from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import tensegra as tg
from tensegra import _dtypes

_NUMPY = {
    "bool": np.bool_,
    "int8": np.int8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
    "uint8": np.uint8,
    "uint16": np.uint16,
    "uint32": np.uint32,
    "uint64": np.uint64,
    "float16": np.float16,
    "float32": np.float32,
    "float64": np.float64,
    "complex64": np.complex64,
    "complex128": np.complex128,
}


@pytest.mark.parametrize(("name", "numpy_type"), _NUMPY.items())
def test_numpy_types_correspond(name: str, numpy_type: type) -> None:
    dtype = tg.as_dtype(name)
    assert dtype is getattr(tg, name)
    assert tg.as_dtype(numpy_type) is dtype
    assert tg.as_dtype(np.dtype(numpy_type)) is dtype
    assert dtype.as_numpy_dtype is numpy_type
    assert dtype.size == np.dtype(numpy_type).itemsize
    kind = np.dtype(numpy_type).kind
    assert (dtype.is_floating, dtype.is_integer, dtype.is_bool, dtype.is_complex) == (
        kind == "f",
        kind in "iu",
        kind == "b",
        kind == "c",
    )
    assert dtype.is_unsigned == (kind == "u")
    if kind in "iu":
        assert (dtype.min, dtype.max) == (np.iinfo(numpy_type).min, np.iinfo(numpy_type).max)
    if kind == "f":
        assert (dtype.min, dtype.max) == (np.finfo(numpy_type).min, np.finfo(numpy_type).max)


def test_numbers_are_those_of_the_c_interface() -> None:
    names = (
        "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex64 complex128 "
        "string int4 resource"
    )
    assert " ".join(dtype.name for dtype in _dtypes.ALL) == names
    for number, dtype in enumerate(_dtypes.ALL, start=1):
        assert dtype._number == number
        assert _dtypes.dtype_from_number(number) is dtype
        assert tg.as_dtype(number) is dtype


def test_python_types_follow_the_default_dtypes() -> None:
    assert tg.as_dtype(float) is tg.float32
    assert tg.as_dtype(int) is tg.int32
    assert tg.as_dtype(bool) is tg.bool
    assert tg.as_dtype(complex) is tg.complex128
    assert (
        tg.as_dtype(str)
        is tg.as_dtype(bytes)
        is tg.as_dtype(np.dtype("U3"))
        is tg.as_dtype(object)
        is tg.string
    )


def test_comparison_and_hash() -> None:
    assert tg.float32 == "float32" == tg.float32
    assert tg.float32 == np.float32
    assert tg.float32 != "float64"
    assert tg.float32 != "no such type"
    assert tg.float32 != None  # noqa: E711
    assert tg.float32 != 3.5
    assert {tg.float32: 1}["float32"] == 1
    assert tg.float32.is_compatible_with("float32")


def test_copies_are_the_same_object() -> None:
    assert pickle.loads(pickle.dumps(tg.int64)) is tg.int64
    assert copy.deepcopy(tg.int64) is tg.int64


def test_text() -> None:
    assert repr(tg.float32) == "tg.float32"
    assert str(tg.float32) == "<dtype: 'float32'>"


def test_limits_of_bfloat16_and_bool() -> None:
    # The largest bfloat16 is 0x7F7F.
    largest = np.array([0x7F7F0000], np.uint32).view(np.float32)[0]
    assert tg.bfloat16.max == largest == -tg.bfloat16.min
    assert (tg.bool.min, tg.bool.max) == (False, True)
    assert tg.complex64.real_dtype is tg.float32
    assert tg.complex128.real_dtype is tg.float64


@pytest.mark.parametrize("value", ["float33", None, 0, 99, -1, 3.5, [], object(), np.dtype("M8[s]")])
def test_what_names_no_type_is_refused(value: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"TG-0106"):
        tg.as_dtype(value)


def test_types_that_numpy_lacks() -> None:
    with pytest.raises(tg.errors.UnimplementedError, match=r"bfloat16.*TG-0121"):
        tg.bfloat16.as_numpy_dtype
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"complex64.*TG-0102"):
        tg.complex64.max
