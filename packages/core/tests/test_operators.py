"""Operators of tensors and variables against NumPy."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensegra as tg

ARITHMETIC = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
LOGICAL = [operator.and_, operator.or_, operator.xor]


def same(got: Any, want: Any) -> None:
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got.numpy(), want, rtol=1e-6)


@pytest.mark.parametrize("make", [tg.constant, tg.Variable], ids=["tensor", "variable"])
@pytest.mark.parametrize("op", ARITHMETIC + COMPARISONS, ids=lambda op: op.__name__)
def test_binary(op: Callable[[Any, Any], Any], make: Callable[[Any], Any]) -> None:
    x = np.array([[1.5, -2.0], [3.0, 0.5]], np.float32)
    y = np.array([2.0, 3.0], np.float32)
    same(op(make(x), make(y)), op(x, y))
    same(op(make(x), y), op(x, y))
    same(op(x, make(y)), op(x, y))
    same(op(make(x), 2), op(x, np.float32(2)))
    same(op(3, make(y)), op(np.float32(3), y))
    same(op(make(x), [2.0, 3.0]), op(x, y))


@pytest.mark.parametrize(
    "op", [o for o in ARITHMETIC if o is not operator.truediv] + COMPARISONS, ids=lambda op: op.__name__
)
@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_binary_of_integers(op: Callable[[Any, Any], Any], dtype: str) -> None:
    x = np.array([7, -7, 3], dtype)
    y = np.array([2, 3, 3], dtype)
    same(op(tg.constant(x), tg.constant(y)), op(x, y))
    same(op(tg.constant(x), 2), op(x, np.array(2, dtype)))


def test_true_division() -> None:
    assert (tg.constant([1, 2]) / 4).dtype == tg.float64
    assert (tg.constant([1, 2]) / 4).numpy().tolist() == [0.25, 0.5]
    assert (1 / tg.constant([2, 4])).numpy().tolist() == [0.5, 0.25]
    assert (tg.constant([1], tg.uint8) / tg.constant([2], tg.uint8)).dtype == tg.float32
    assert tg.truediv(3, 2).numpy() == 1.5
    assert tg.divide(3.0, 2).numpy() == 1.5
    assert (np.array([1.0, 2.0]) / tg.constant(2.0, tg.float64)).numpy().tolist() == [0.5, 1.0]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        tg.constant([1]) / 2.5


def test_integer_division_by_zero() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0108"):
        tg.constant([1]) // 0
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0108"):
        tg.constant([1]) % tg.constant([0])


@pytest.mark.parametrize("op", LOGICAL, ids=lambda op: op.__name__)
def test_logical_and_bitwise(op: Callable[[Any, Any], Any]) -> None:
    p, q = np.array([True, True, False, False]), np.array([True, False, True, False])
    same(op(tg.constant(p), tg.constant(q)), op(p, q))
    same(op(tg.constant(p), True), op(p, True))
    same(op(True, tg.constant(p)), op(True, p))
    a, b = np.array([6, 5], np.int32), np.array([3, 12], np.int32)
    same(op(tg.constant(a), tg.constant(b)), op(a, b))


def test_unary() -> None:
    x = np.array([1.5, -2.0], np.float32)
    same(-tg.constant(x), -x)
    same(abs(tg.constant(x)), abs(x))
    same(+tg.constant(x), x)
    same(-tg.Variable(x), -x)
    same(~tg.constant([True, False]), np.array([False, True]))


def test_matmul() -> None:
    x, y = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    same(tg.constant(x) @ tg.constant(y), x @ y)
    same(x @ tg.constant(y), x @ y)
    same(tg.Variable(x) @ y, x @ y)
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"matmul.*TG-0105"):
        tg.constant(x) @ tg.constant(x)


def test_numpy_scalars_and_arrays_on_the_left() -> None:
    x = tg.constant([1.0, 2.0])
    assert isinstance(np.float32(2) * x, tg.Tensor)
    assert isinstance(np.array([2.0, 3.0]) * x, tg.Tensor)
    assert isinstance(np.array([2.0, 3.0]) < x, tg.Tensor)
    assert (np.array([2.0, 3.0]) * x).dtype == tg.float32


def test_shapes_must_broadcast() -> None:
    with pytest.raises(ValueError, match=r"\[add\].*\(2,\).*\(3,\).*TG-0101"):
        tg.constant([1.0, 2.0]) + tg.constant([1.0, 2.0, 3.0])


def test_none_is_never_equal() -> None:
    x = tg.constant([1.0])
    assert (x == None) is False  # noqa: E711
    assert (x != None) is True  # noqa: E711
    with pytest.raises(TypeError, match="NoneType"):
        x + None


class Foreign:
    """A class of its own that knows what to do with tensors."""

    def __radd__(self, other: Any) -> str:
        return "radd"

    def __add__(self, other: Any) -> str:
        return "add"

    def __rtruediv__(self, other: Any) -> str:
        return "rtruediv"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_foreign_classes_decide_for_themselves() -> None:
    x = tg.constant([1.0])
    assert x + Foreign() == "radd"
    assert Foreign() + x == "add"
    assert x / Foreign() == "rtruediv"
    assert (x == Foreign()) is True
    with pytest.raises(TypeError):
        x - Foreign()


def test_gradients_flow_through_operators() -> None:
    x = tg.Variable([2.0, 3.0])
    with tg.GradientTape() as tape:
        y = tg.reduce_sum((x * x + 1.0) / 2.0 - 3.0 * x)
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), [2.0 - 3.0, 3.0 - 3.0])
