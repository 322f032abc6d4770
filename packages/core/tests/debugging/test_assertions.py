"""Assertions hold or fail at once where values are known, and when the graph runs where they are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

HOLD: list[tuple[str, tuple[Any, ...]]] = [
    ("assert_equal", ([1, 2], [1, 2])),
    ("assert_none_equal", ([1, 2], [2, 1])),
    ("assert_less", ([1, 2], 3)),
    ("assert_less_equal", ([1, 3], 3)),
    ("assert_greater", ([4.0], 3.0)),
    ("assert_greater_equal", ([3.0], 3.0)),
    ("assert_near", ([1.0], [1.0 + 1e-7])),
    ("assert_near", ([1.0], [1.4], 0.0, 0.5)),
    ("assert_negative", ([-1.0],)),
    ("assert_positive", ([1],)),
    ("assert_non_negative", ([0, 1],)),
    ("assert_non_positive", ([0, -1],)),
    ("assert_all_finite", ([1.0], "x")),
    ("check_numerics", ([1.0], "x")),
]
FAIL: list[tuple[str, tuple[Any, ...]]] = [
    ("assert_equal", ([1, 2], [1, 3])),
    ("assert_none_equal", ([1, 2], [1, 3])),
    ("assert_less", ([1, 3], 3)),
    ("assert_less_equal", ([1, 4], 3)),
    ("assert_greater", ([3.0], 3.0)),
    ("assert_greater_equal", ([2.5], 3.0)),
    ("assert_near", ([1.0], [1.001])),
    ("assert_near", ([1.0], [np.nan])),
    ("assert_negative", ([0.0],)),
    ("assert_positive", ([0],)),
    ("assert_non_negative", ([0, -1],)),
    ("assert_non_positive", ([0, 1],)),
    ("assert_all_finite", ([np.inf], "x")),
    ("check_numerics", ([np.nan], "x")),
]


def run_traced(name: str, arguments: tuple[Any, ...]) -> None:
    first = tg.constant(arguments[0])

    @tg.function(input_signature=[tg.TensorSpec(None, first.dtype)])
    def run(x: tg.Tensor) -> tg.Tensor:
        getattr(tg.debugging, name)(x, *arguments[1:])
        return x

    np.testing.assert_array_equal(run(first).numpy(), first.numpy())


@pytest.mark.parametrize("number", range(len(HOLD)), ids=lambda i: HOLD[i][0])
def test_what_holds(number: int) -> None:
    name, arguments = HOLD[number]
    getattr(tg.debugging, name)(*arguments)
    run_traced(name, arguments)


@pytest.mark.parametrize("number", range(len(FAIL)), ids=lambda i: FAIL[i][0])
def test_what_does_not_hold(number: int) -> None:
    name, arguments = FAIL[number]
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"debugging\.{name}.*TG-0700"):
        getattr(tg.debugging, name)(*arguments)
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"debugging\.{name}"):
        run_traced(name, arguments)


def test_the_message_names_the_place_and_the_reason() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError) as error:
        tg.debugging.assert_less([[1, 2], [9, 8]], [[5], [5]], message="sizes grow")
    text = str(error.value)
    assert "sizes grow" in text
    assert "x[1, 0]=9" in text
    assert "y[1, 0]=5" in text
    assert "2 of 4 elements" in text


def test_ranks() -> None:
    x = tg.ones((2, 3))
    tg.debugging.assert_rank(x, 2)
    tg.debugging.assert_rank_at_least(x, 1)
    tg.debugging.assert_rank_in(x, (1, 2))
    assert tg.debugging.assert_scalar(3.0).numpy() == 3.0
    for call in (
        lambda: tg.debugging.assert_rank(x, 3),
        lambda: tg.debugging.assert_rank_at_least(x, 3),
        lambda: tg.debugging.assert_rank_in(x, (0, 4)),
        lambda: tg.debugging.assert_scalar(x),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0700"):
            call()


def test_ranks_that_only_the_run_knows() -> None:
    @tg.function(input_signature=[tg.TensorSpec(None, tg.float32)])
    def run(x: tg.Tensor) -> tg.Tensor:
        tg.debugging.assert_rank_in(x, (1, 2))
        return x + 1.0

    assert run(tg.ones((2,))).shape == (2,)
    with pytest.raises(tg.errors.InvalidArgumentError, match="rank of x must be 1 or 2"):
        run(tg.ones((2, 2, 2)))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
        tg.function(lambda n: tg.debugging.assert_rank(tg.ones(2), n))(tg.constant(1))


def test_shapes() -> None:
    x, y = tg.ones((4, 3)), tg.ones((3, 5))
    tg.debugging.assert_shapes([(x, ("N", "D")), (y, ("D", 5)), (y, (None, "."))])
    tg.debugging.assert_shapes([(tg.ones((2, 4, 3)), ("*", "N", "D")), (x, "ND"), (tg.ones(()), ())])
    for shapes in (
        [(x, ("N", "D")), (y, ("N", "D"))],
        [(x, ("N", 4))],
        [(x, ("N",))],
        [(x, (Ellipsis, 1, 4, 3))],
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0700"):
            tg.debugging.assert_shapes(shapes)

    @tg.function(input_signature=[tg.TensorSpec([None, 3], tg.float32), tg.TensorSpec([None], tg.float32)])
    def run(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        tg.debugging.assert_shapes([(x, ("N", 3)), (y, ("N",))])
        return x

    run(tg.ones((2, 3)), tg.ones(2))
    with pytest.raises(tg.errors.InvalidArgumentError, match="assert_shapes"):
        run(tg.ones((2, 3)), tg.ones(3))


def test_types() -> None:
    tg.debugging.assert_type(tg.constant(1.0), tg.float32)
    tg.debugging.assert_integer(tg.constant(1, tg.uint8))
    assert tg.debugging.assert_same_float_dtype([tg.ones(1, tg.float64), None]) is tg.float64
    assert tg.debugging.assert_same_float_dtype() is tg.float32
    tg.debugging.assert_proper_iterable([1])
    assert tg.debugging.is_numeric_tensor(tg.Variable(1.0))
    assert not tg.debugging.is_numeric_tensor(tg.constant(True))
    assert not tg.debugging.is_numeric_tensor(3)
    for call in (
        lambda: tg.debugging.assert_type(tg.constant(1.0), tg.int32),
        lambda: tg.debugging.assert_integer([1.0]),
        lambda: tg.debugging.assert_same_float_dtype([tg.ones(1, tg.float64), tg.ones(1)]),
        lambda: tg.debugging.assert_same_float_dtype([tg.constant(1)]),
        lambda: tg.debugging.assert_proper_iterable(tg.ones(3)),
        lambda: tg.debugging.assert_proper_iterable(7),
        lambda: tg.debugging.check_numerics([1, 2], "integers"),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0700"):
            call()
