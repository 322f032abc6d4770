"""What every dtype can do: into tensors and out of them, made, changed, printed, pickled, and with operators."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
NUMBERS = INTEGERS + FLOATS + COMPLEX
EVERY = ["bool", *NUMBERS]


def values(dtype: str) -> list[Any]:
    if dtype == "bool":
        return [True, False, True]
    return [1 + 2j, -3j, 0.5] if dtype in COMPLEX else [1, 2, 100]


def as_wide(x: Any) -> Any:
    """The values in a dtype that NumPy has."""
    return tg.cast(x, tg.complex128 if x.dtype.is_complex else tg.float64).numpy()


@pytest.mark.parametrize("dtype", EVERY)
def test_in_and_out(dtype: str) -> None:
    x = tg.constant(values(dtype), dtype)
    assert x.dtype == dtype
    np.testing.assert_array_equal(as_wide(x), np.array(values(dtype)))
    again = pickle.loads(pickle.dumps(x))
    assert again.dtype == dtype
    np.testing.assert_array_equal(as_wide(again), as_wide(x))
    assert dtype in repr(x)
    variable = tg.Variable(x)
    assert f"dtype={dtype}" in repr(variable)
    variable.assign(x[::-1])
    np.testing.assert_array_equal(as_wide(variable.read_value()), as_wide(x)[::-1])
    if dtype != "bfloat16":
        array = x.numpy()
        assert array.dtype == dtype
        assert tg.constant(array).dtype == dtype
        np.testing.assert_array_equal(tg.convert_to_tensor(array).numpy(), array)
        np.testing.assert_array_equal(np.from_dlpack(x), array)
        np.testing.assert_array_equal(tg.from_dlpack(array).numpy(), array)


def test_bfloat16_is_printed_as_numbers() -> None:
    x = tg.constant([1.0, 2.5], tg.bfloat16)
    assert repr(x) == "<tg.Tensor: shape=(2,), dtype=bfloat16, numpy=array([1. , 2.5], dtype=bfloat16)>"
    assert str(x) == "tg.Tensor([1.  2.5], shape=(2,), dtype=bfloat16)"
    assert repr(tg.constant(0.5, tg.bfloat16)) == "<tg.Tensor: shape=(), dtype=bfloat16, numpy=0.5>"


@pytest.mark.parametrize("dtype", EVERY)
def test_made(dtype: str) -> None:
    for made, wanted in [
        (tg.zeros([2, 3], dtype), np.zeros((2, 3))),
        (tg.ones([2, 3], dtype), np.ones((2, 3))),
        (tg.fill([2], tg.cast(1, dtype)), np.ones(2)),
        (tg.zeros_like(tg.ones([2], dtype)), np.zeros(2)),
        (tg.ones_like(tg.zeros([2], dtype)), np.ones(2)),
        (tg.eye(3, dtype=dtype), np.eye(3)),
        (tg.concat([tg.zeros([1], dtype), tg.ones([1], dtype)], 0), np.array([0, 1])),
        (tg.transpose(tg.ones([2, 3], dtype)), np.ones((3, 2))),
        (tg.pad(tg.ones([1], dtype), [[1, 0]]), np.array([0, 1])),
        (tg.where([True, False], tg.ones([2], dtype), tg.zeros([2], dtype)), np.array([1, 0])),
        (tg.one_hot([1], 2, dtype=dtype), np.array([[0, 1]])),
    ]:
        assert made.dtype == dtype
        np.testing.assert_array_equal(as_wide(made), wanted)


@pytest.mark.parametrize("dtype", [*INTEGERS[:-1], *FLOATS])
def test_ranges(dtype: str) -> None:
    made = tg.range(tg.cast(1, dtype), tg.cast(9, dtype), tg.cast(2, dtype))
    assert made.dtype == dtype
    np.testing.assert_array_equal(as_wide(made), [1, 3, 5, 7])


@pytest.mark.parametrize("source", EVERY)
@pytest.mark.parametrize("target", EVERY)
def test_casts(source: str, target: str) -> None:
    x = tg.constant(values(source), source)
    wide = as_wide(x)
    if not tg.as_dtype(target).is_complex:
        wide = wide.real
    if target == "bool":
        wide = wide != 0
    elif target in INTEGERS:
        low, high = tg.as_dtype(target).min, tg.as_dtype(target).max
        wide = np.clip(np.trunc(wide), low, high)
    got = tg.cast(x, target)
    assert got.dtype == target
    np.testing.assert_array_equal(as_wide(got), wide)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_every_half_survives_float32(dtype: str) -> None:
    """All 65536 of them: denormals, infinities and NaN among them."""
    bits = tg.constant(np.arange(2**16).astype(np.uint16))
    halves = tg.bitcast(bits, dtype)
    single = tg.cast(halves, tg.float32)
    if dtype == "float16":
        np.testing.assert_array_equal(single.numpy(), halves.numpy().astype(np.float32))
    back = tg.bitcast(tg.cast(single, dtype), tg.uint16).numpy()
    numbers = ~np.isnan(single.numpy())
    np.testing.assert_array_equal(back[numbers], bits.numpy()[numbers])
    assert np.isnan(tg.cast(tg.cast(single, dtype), tg.float32).numpy()[~numbers]).all()


def test_rounding_to_halves() -> None:
    random = np.random.default_rng(0)
    x = (random.normal(size=20000) * 10.0 ** random.uniform(-9, 6, 20000)).astype(np.float64)
    x = np.concatenate([x, [65519.99, 65520.0, 2**-24, 2**-25, 2**-25 * 1.01, np.inf, -np.inf]])
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(tg.cast(x, tg.float16).numpy(), x.astype(np.float16))
        single = x.astype(np.float32)
        np.testing.assert_array_equal(tg.cast(single, tg.float16).numpy(), single.astype(np.float16))


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.eq, operator.ne])
def test_operators(op: Callable[[Any, Any], Any], dtype: str) -> None:
    x, y = tg.constant([5, 3], dtype), tg.constant([2, 3], dtype)
    for got in (op(x, y), op(x, 3)):
        assert got.dtype == (dtype if op not in (operator.eq, operator.ne) else tg.bool)
    np.testing.assert_array_equal(as_wide(op(x, y)), op(as_wide(x), as_wide(y)))
    np.testing.assert_array_equal(as_wide(op(7, x)), op(7, as_wide(x)))


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_operators_of_reals(dtype: str) -> None:
    x, y = tg.constant([7, 9], dtype), tg.constant([2, 4], dtype)
    for op in (
        operator.floordiv,
        operator.mod,
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
        operator.pow,
    ):
        np.testing.assert_array_equal(
            as_wide(op(x, tg.constant([2, 1], dtype))), op(as_wide(x), np.array([2.0, 1]))
        )
    for got, wanted in zip(divmod(x, y), divmod(as_wide(x), as_wide(y)), strict=True):
        assert got.dtype == dtype
        np.testing.assert_array_equal(as_wide(got), wanted)
    for got, wanted in zip(divmod(9, y), divmod(9, as_wide(y)), strict=True):
        np.testing.assert_array_equal(as_wide(got), wanted)
    np.testing.assert_array_equal(tg.argmax(x).numpy(), 1)
    np.testing.assert_array_equal(as_wide(tg.reduce_max(x)), 9)
    np.testing.assert_array_equal(as_wide(tg.cumsum(x)), [7, 16])


@pytest.mark.parametrize("dtype", INTEGERS)
def test_bits(dtype: str) -> None:
    x = np.array([5, 100, 0], dtype)
    np.testing.assert_array_equal((~tg.constant(x)).numpy(), ~x)
    assert (~tg.constant(x)).dtype == dtype
    np.testing.assert_array_equal(tg.bitwise.invert(x).numpy(), ~x)
    np.testing.assert_array_equal(tg.bitwise.right_shift(x, np.array(1, dtype)).numpy(), x >> 1)
    beyond = tg.bitwise.right_shift(tg.constant(x), tg.constant(100, dtype))
    np.testing.assert_array_equal(beyond.numpy(), [0, 0, 0])


def test_inverted_truth() -> None:
    np.testing.assert_array_equal((~tg.constant([True, False])).numpy(), [False, True])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[invert\].*TG-0102"):
        ~tg.constant([1.0])


@pytest.mark.parametrize(
    "op",
    [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
     operator.matmul, operator.lt, operator.eq, divmod],
    ids=lambda op: op.__name__,
)  # fmt: skip
@pytest.mark.parametrize("pair", [("float32", "float64"), ("int32", "int64"), ("float32", "int32")])
def test_dtypes_do_not_mix(op: Callable[[Any, Any], Any], pair: tuple[str, str]) -> None:
    x, y = tg.ones([2, 2], pair[0]), tg.ones([2, 2], pair[1])
    for left, right in ((x, y), (y, x)):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
            op(left, right)


def test_bitcast_of_other_sizes() -> None:
    x = tg.constant([[1.0, 2.0]], tg.float64)
    halves = tg.bitcast(x, tg.uint16)
    assert halves.shape == (1, 2, 4)
    np.testing.assert_array_equal(tg.bitcast(halves, tg.float64).numpy(), x.numpy())
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0541"):
        tg.bitcast(tg.ones([3], tg.uint16), tg.uint32)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0541"):
        tg.bitcast(tg.constant(1, tg.int32), tg.int64)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
        tg.bitcast([True], tg.uint8)

    @tg.function(input_signature=[tg.TensorSpec([None], tg.uint16)])
    def joined(bits: Any) -> Any:
        return tg.bitcast(bits, tg.uint32)

    assert joined(np.array([1, 0], np.uint16)).numpy() == 1
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0541"):
        joined(np.array([1, 0, 0], np.uint16))


def test_saturate_cast() -> None:
    assert tg.saturate_cast([-300, 5, 300], tg.int8).numpy().tolist() == [-128, 5, 127]
    assert tg.saturate_cast([-300, 5, 300], tg.uint8).numpy().tolist() == [0, 5, 255]
    assert tg.saturate_cast(tg.constant([255], tg.uint8), tg.int8).numpy().tolist() == [127]
    assert tg.saturate_cast([3e9, -3e9, 2.7], tg.int32).numpy().tolist() == [2**31 - 1, -(2**31), 2]
    assert tg.saturate_cast([1e9, -1e9], tg.float16).numpy().tolist() == [65504.0, -65504.0]
    assert tg.saturate_cast([100000], tg.float16).numpy().tolist() == [65504.0]
    assert tg.saturate_cast(tg.constant([1e300 - 1e300j]), tg.complex64).numpy().tolist() == [
        complex(float(np.finfo(np.float32).max), float(np.finfo(np.float32).min))
    ]
    assert tg.saturate_cast(tg.constant([300 + 1j]), tg.uint8).numpy().tolist() == [255]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_sums_of_halves_are_kept_in_float32(dtype: str) -> None:
    x = tg.ones([4096], dtype)
    assert float(tg.cast(tg.reduce_sum(x), tg.float32)) == 4096
    assert float(tg.cast(tg.reduce_mean(x), tg.float32)) == 1
    product = tg.matmul(tg.ones([1, 4096], dtype), tg.ones([4096, 1], dtype))
    assert float(tg.cast(product, tg.float32)[0, 0]) == 4096


def test_a_mean_of_more_halves_than_float16_can_count_has_a_gradient() -> None:
    x = tg.zeros([2**17], tg.float16)
    with tg.GradientTape() as tape:
        tape.watch(x)
        mean = tg.reduce_mean(x)
    np.testing.assert_array_equal(tape.gradient(mean, x).numpy(), np.full(2**17, 2.0**-17, np.float16))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_step_of_training_in_halves(dtype: str) -> None:
    random = np.random.default_rng(0)
    images = tg.cast(random.normal(size=(4, 6, 6, 2)), dtype)
    weights = tg.cast(random.normal(size=(3, 3, 2, 5)) * 0.3, dtype)
    labels = tg.constant([0, 1, 2, 3])

    def loss(images: Any, weights: Any) -> Any:
        x = tg.nn.relu(tg.nn.conv2d(images, weights, strides=1, padding="SAME"))
        logits = tg.reduce_mean(tg.nn.max_pool2d(x, 2, 2, "VALID"), axis=[1, 2])
        return tg.reduce_mean(tg.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))

    found = []
    for kind in (dtype, "float32"):
        x, w = tg.cast(images, kind), tg.cast(weights, kind)
        with tg.GradientTape() as tape:
            tape.watch(w)
            value = loss(x, w)
        assert value.dtype == kind
        found.append(as_wide(tape.gradient(value, w)))
    np.testing.assert_allclose(found[0], found[1], atol=0.003 if dtype == "float16" else 0.02)
