"""From Python and NumPy values to tensors."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tensegra as tg

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.0, "float32"),
        (1, "int32"),
        (2**31 - 1, "int32"),
        (2**31, "int64"),
        (-(2**31), "int32"),
        (-(2**31) - 1, "int64"),
        (True, "bool"),
        ("a", "string"),
        (b"a", "string"),
        (1j, "complex128"),
        ([1, 2.5], "float32"),
        ([1, 2**40], "int64"),
        ([], "float32"),
        ([[], []], "float32"),
        (range(3), "int32"),
        ((1, 2), "int32"),
        (np.float64(1.0), "float64"),
        (np.int8(1), "int8"),
        ([np.float64(1.0), np.float64(2.0)], "float64"),
        (np.array([1.0]), "float64"),
        (deque([1, 2]), "int32"),
        (tg.TensorShape([2, 3]), "int32"),
    ],
    ids=repr,
)
def test_natural_dtype(value: Any, dtype: str) -> None:
    assert tg.constant(value).dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_keep_dtype_and_values(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    for form in (
        array,
        np.asfortranarray(array),
        array[:, ::-1],
        array.astype(array.dtype.newbyteorder(">")),
    ):
        x = tg.constant(form)
        assert x.dtype == dtype
        np.testing.assert_array_equal(x.numpy(), form)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.int64, np.bool_, np.uint8]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
@settings(max_examples=60, deadline=None)
def test_round_trip(array: np.ndarray) -> None:
    np.testing.assert_array_equal(tg.constant(array).numpy(), array)


@given(
    st.recursive(
        st.floats(width=32, allow_nan=False), lambda inner: st.lists(inner, max_size=3), max_leaves=8
    )
)
@settings(max_examples=100, deadline=None)
def test_nests_of_floats_follow_numpy(value: Any) -> None:
    try:
        want = np.asarray(value, dtype=np.float32)
    except ValueError:
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
            tg.constant(value)
        return
    got = tg.constant(value)
    assert got.dtype == tg.float32
    np.testing.assert_array_equal(got.numpy(), want)


def test_constant_copies() -> None:
    array = np.zeros(3, np.float32)
    x, y = tg.constant(array), tg.convert_to_tensor(array)
    array[:] = 7
    assert x.numpy().tolist() == [0, 0, 0]
    assert y.numpy().tolist() == [0, 0, 0]


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
def test_wanted_dtype(dtype: str) -> None:
    value: Any = [True, False] if dtype == "bool" else [1, 2]
    x = tg.constant(value, dtype=dtype)
    assert x.dtype == dtype
    back = tg.cast(x, tg.float32) if dtype == "bfloat16" else x
    assert back.numpy().tolist() == value


def test_half_precision_rounds_to_nearest_even() -> None:
    values = [1.0 + 2**-9, 1.0 + 3 * 2**-9, 65504.0, 1e-8, float("inf")]
    np.testing.assert_array_equal(tg.constant(values, tg.float16).numpy(), np.asarray(values, np.float16))
    halves = tg.cast(tg.constant([1.0 + 2**-8, 1.0 + 3 * 2**-8], tg.bfloat16), tg.float32)
    assert halves.numpy().tolist() == [1.0, 1.015625]
    nan = tg.cast(tg.constant([float("nan")], tg.bfloat16), tg.float32)
    assert np.isnan(nan.numpy()[0])


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.5, "int32"),
        (300, "uint8"),
        (-1, "uint8"),
        (2**40, "int32"),
        (2**64, None),
        ("a", "float32"),
        (1, "string"),
        (1, "bool"),
        (True, "int32"),
        (1j, "float32"),
        ([1, "a"], None),
        ([True, 1], None),
        ([[1], [1, 2]], None),
        ([1, [2]], None),
        ([[1], 2], None),
        (None, None),
        ([None], None),
        (object(), None),
        ({"a": 1}, None),
        (np.array([1.5]), "int32"),
        (np.array([300]), "uint8"),
        (np.array([object()]), None),
        (np.array(["2020-01-01"], "datetime64[D]"), None),
        ([np.zeros(2), np.zeros(3)], None),
    ],
    ids=repr,
)
def test_refused(value: Any, dtype: str | None) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"Received: .*TG-0117"):
        tg.constant(value, dtype=dtype)


def test_too_many_axes() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
        tg.constant(np.zeros([1] * 9))


def test_self_containing_list_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        tg.constant(endless)


@pytest.mark.parametrize("values", [["", "a", "äöü"], [b"\x00\xff", b""], [["a"], ["b"]]], ids=repr)
def test_strings(values: Any) -> None:
    x = tg.constant(values)
    assert x.dtype == tg.string
    flat = np.asarray(values, dtype=object).reshape(-1)
    want = [text.encode() if isinstance(text, str) else text for text in flat]
    assert x.numpy().reshape(-1).tolist() == want


def test_string_arrays() -> None:
    assert tg.constant(np.array(["ab", "c"])).numpy().tolist() == [b"ab", b"c"]
    assert tg.constant(np.array([b"ab", b"c"])).numpy().tolist() == [b"ab", b"c"]
    assert tg.constant(np.array(["x", b"y"], dtype=object)).numpy().tolist() == [b"x", b"y"]
    assert tg.constant("äöü").numpy() == "äöü".encode()


def test_tensors_pass_through_and_keep_their_dtype() -> None:
    x = tg.constant([1.0])
    assert tg.convert_to_tensor(x) is not None
    assert tg.convert_to_tensor(x).ref() == x.ref()
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"dtype=float64.*TG-0117"):
        tg.convert_to_tensor(x, dtype=tg.float64)


def test_dtype_hint() -> None:
    assert tg.convert_to_tensor(1, dtype_hint=tg.float64).dtype == tg.float64
    assert tg.convert_to_tensor(1.5, dtype_hint=tg.int32).dtype == tg.float32


def test_lists_of_tensors_are_stacked() -> None:
    a, b = tg.constant(1.0), tg.Variable(2.0)
    x = tg.convert_to_tensor([[a, 0.5], [b, 3]])
    assert x.numpy().tolist() == [[1.0, 0.5], [2.0, 3.0]]
    with tg.GradientTape() as tape:
        loss = tg.reduce_sum(tg.convert_to_tensor([b, 3.0]) * [2.0, 5.0])
    assert float(tape.gradient(loss, b)) == 2.0


def test_constant_with_shape() -> None:
    assert tg.constant([1, 2, 3, 4], shape=[2, 2]).numpy().tolist() == [[1, 2], [3, 4]]
    assert tg.constant(7, shape=(2, 2)).numpy().tolist() == [[7, 7], [7, 7]]
    assert tg.constant([], shape=[0, 2]).shape == (0, 2)
    with pytest.raises(ValueError, match="TG-0105"):
        tg.constant([1, 2, 3], shape=[2, 2])


class Wrapped:
    """What other packages make: it stands for a tensor."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def _as_tensor(self) -> Any:
        return self.value


def test_objects_that_stand_for_tensors() -> None:
    x = Wrapped(tg.constant([1.0, 2.0]))
    assert tg.square(x).numpy().tolist() == [1.0, 4.0]
    assert tg.convert_to_tensor(x).numpy().tolist() == [1.0, 2.0]
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"_as_tensor\(\) must return a tensor"):
        tg.square(Wrapped(3))
    with pytest.raises(ZeroDivisionError):
        tg.square(type("Broken", (), {"_as_tensor": lambda self: 1 / 0})())


def test_objects_with_array_method() -> None:
    class Column:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.array([1.0, 2.0], np.float32)

    assert tg.square(Column()).numpy().tolist() == [1.0, 4.0]


# ---- literals beside tensors


def test_literals_take_the_dtype_of_the_tensor() -> None:
    x = tg.constant([1.0], tg.float64)
    assert (x * 2).dtype == tg.float64
    assert (2 * x).dtype == tg.float64
    assert tg.add(1, x).dtype == tg.float64
    assert (tg.constant([1], tg.uint8) + 1).dtype == tg.uint8
    assert tg.maximum(x, np.array([0.0], np.float32)).dtype == tg.float64
    assert tg.concat([[1], x], axis=0).dtype == tg.float64


def test_arrays_set_the_dtype_of_literals() -> None:
    assert tg.add(1, np.array([1.0])).dtype == tg.float64
    assert tg.add(np.array([1], np.int64), 2).dtype == tg.int64


def test_literals_alone() -> None:
    assert tg.add(1, 2).dtype == tg.int32
    assert tg.add(1, 2.5).dtype == tg.float32
    assert tg.add(1, 2**40).dtype == tg.int64
    assert tg.sqrt(4).dtype == tg.float32
    assert tg.stack([1, 2.5]).dtype == tg.float32


def test_float_beside_integers_is_refused() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[multiply\].*1.5.*int32.*TG-0117"):
        tg.constant([1, 2]) * 1.5
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        tg.constant([1], tg.uint8) + 300


def test_two_dtypes_are_refused() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
        tg.constant([1.0]) + tg.constant([1])


@pytest.mark.parametrize(
    "shape", [[], (2,), [2, 3], np.array([1, 2]), tg.TensorShape([2, 2]), [np.int64(2)]], ids=repr
)
def test_shapes_in_many_forms(shape: Any) -> None:
    assert tg.zeros(shape).shape == tuple(shape)


def test_shape_with_a_tensor_in_it() -> None:
    size = tg.shape(tg.zeros([3, 2]))[0]
    assert tg.zeros([size, 4]).shape == (3, 4)
    assert tg.reshape(tg.range(6), [size, -1]).shape == (3, 2)
