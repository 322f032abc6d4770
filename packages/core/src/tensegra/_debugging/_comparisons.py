"""Assertions about values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._fail import require


def _pair(
    where: str,
    relation: str,
    compare: Callable[[Any, Any], Tensor],
    x: TensorLike,
    y: TensorLike,
    message: str | None,
    summarize: int | None,
) -> None:
    first = convert_to_tensor(x)
    second = convert_to_tensor(y, dtype=first.dtype)
    holds = compare(first, second)
    require(
        where, f"x must be {relation} y in each element", holds, {"x": first, "y": second}, message, summarize
    )


def _sign(
    where: str,
    word: str,
    compare: Callable[[Any, Any], Tensor],
    x: TensorLike,
    message: str | None,
    summarize: int | None,
) -> None:
    value = convert_to_tensor(x)
    holds = compare(value, tg.zeros([], value.dtype))
    require(where, f"x must be {word} in each element", holds, {"x": value}, message, summarize)


@public("debugging.assert_equal assert_equal")
def assert_equal(
    x: TensorLike,
    y: TensorLike,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Fails unless x == y in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        y: A tensor of the same dtype; shapes broadcast.
        message: What the error begins with.
        summarize: How many elements of each tensor the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element differs (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_equal([1, 2], [1, 2])
    """
    _pair("assert_equal", "equal to", tg.equal, x, y, message, summarize)


@public("debugging.assert_none_equal")
def assert_none_equal(
    x: TensorLike,
    y: TensorLike,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Fails unless x != y in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        y: A tensor of the same dtype; shapes broadcast.
        summarize: How many elements of each tensor the error of a graph shows.
        message: What the error begins with.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: Elements are equal (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_none_equal([1, 2], [2, 1])
    """
    _pair("assert_none_equal", "different from", tg.not_equal, x, y, message, summarize)


@public("debugging.assert_less assert_less")
def assert_less(
    x: TensorLike,
    y: TensorLike,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Fails unless x < y in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        y: A tensor of the same dtype; shapes broadcast.
        message: What the error begins with.
        summarize: How many elements of each tensor the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is not less (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_less([1, 2], 3)
    """
    _pair("assert_less", "less than", tg.less, x, y, message, summarize)


@public("debugging.assert_less_equal")
def assert_less_equal(
    x: TensorLike,
    y: TensorLike,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Fails unless x <= y in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        y: A tensor of the same dtype; shapes broadcast.
        message: What the error begins with.
        summarize: How many elements of each tensor the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is greater (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_less_equal([1, 3], 3)
    """
    _pair("assert_less_equal", "at most", tg.less_equal, x, y, message, summarize)


@public("debugging.assert_greater assert_greater")
def assert_greater(
    x: TensorLike,
    y: TensorLike,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Fails unless x > y in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        y: A tensor of the same dtype; shapes broadcast.
        message: What the error begins with.
        summarize: How many elements of each tensor the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is not greater (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_greater([4, 5], 3)
    """
    _pair("assert_greater", "greater than", tg.greater, x, y, message, summarize)


@public("debugging.assert_greater_equal")
def assert_greater_equal(
    x: TensorLike,
    y: TensorLike,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Fails unless x >= y in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        y: A tensor of the same dtype; shapes broadcast.
        message: What the error begins with.
        summarize: How many elements of each tensor the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is less (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_greater_equal([3, 5], 3)
    """
    _pair("assert_greater_equal", "at least", tg.greater_equal, x, y, message, summarize)


@public("debugging.assert_near")
def assert_near(
    x: TensorLike,
    y: TensorLike,
    rtol: Any = None,
    atol: Any = None,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Fails unless |x - y| <= atol + rtol * |y| in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A floating-point tensor.
        y: A tensor of the same dtype; shapes broadcast.
        rtol: The relative tolerance; ten times the dtype's eps by default.
        atol: The absolute tolerance; likewise.
        message: What the error begins with.
        summarize: How many elements of each tensor the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element differs by more (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_near([1.0], [1.0 + 1e-7])
    """
    first = convert_to_tensor(x)
    second = convert_to_tensor(y, dtype=first.dtype)
    eps = _eps(first)
    relative = tg.cast(eps if rtol is None else rtol, first.dtype)
    absolute = tg.cast(eps if atol is None else atol, first.dtype)
    holds = tg.abs(first - second) <= absolute + relative * tg.abs(second)
    require(
        "assert_near",
        "x and y must differ by at most atol + rtol * |y| in each element",
        holds,
        {"x": first, "y": second},
        message,
        summarize,
    )


def _eps(tensor: Tensor) -> float:
    """Ten times the distance from 1 to the next number of the dtype."""
    return 10.0 * {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float64": 2.0**-52, "complex128": 2.0**-52}.get(
        tensor.dtype.name, 2.0**-23
    )


@public("debugging.assert_negative")
def assert_negative(
    x: TensorLike, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Fails unless x < 0 in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        message: What the error begins with.
        summarize: How many elements the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is not negative (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_negative([-1.0])
    """
    _sign("assert_negative", "negative", tg.less, x, message, summarize)


@public("debugging.assert_positive")
def assert_positive(
    x: TensorLike, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Fails unless x > 0 in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        message: What the error begins with.
        summarize: How many elements the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is not positive (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_positive([1.0])
    """
    _sign("assert_positive", "positive", tg.greater, x, message, summarize)


@public("debugging.assert_non_negative")
def assert_non_negative(
    x: TensorLike, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Fails unless x >= 0 in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        message: What the error begins with.
        summarize: How many elements the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is negative (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_non_negative([0.0])
    """
    _sign("assert_non_negative", "at least 0", tg.greater_equal, x, message, summarize)


@public("debugging.assert_non_positive")
def assert_non_positive(
    x: TensorLike, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Fails unless x <= 0 in each element; inside of a `tg.function`, when the graph runs.

    Args:
        x: A tensor.
        message: What the error begins with.
        summarize: How many elements the error of a graph shows.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: An element is positive (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_non_positive([0.0])
    """
    _sign("assert_non_positive", "at most 0", tg.less_equal, x, message, summarize)
