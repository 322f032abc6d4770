"""Assertions about ranks and shapes. What a graph knows is checked while it is traced, the rest when it runs."""

from __future__ import annotations

from typing import Any

import tensegra as tg
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._fail import failure


def _rank(where: str, x: TensorLike, ranks: tuple[int, ...], least: bool, message: str | None) -> None:
    tensor = convert_to_tensor(x)
    words = ("at least " if least else "") + " or ".join(map(str, ranks))
    rank = tensor.shape.rank
    if rank is None:
        found = tg.rank(tensor)
        matches = [found >= each if least else tg.equal(found, each) for each in ranks]
        text = f"[debugging.{where}] {message + '. ' if message else ''}the rank of x must be {words}. Its shape:"
        tg.Assert(tg.reduce_any(tg.stack(matches)), [text, tg.shape(tensor)])
    elif not (rank >= ranks[0] if least else rank in ranks):
        raise failure(where, f"the rank of x must be {words}", f"shape={tensor.shape}", message)


def _number(where: str, rank: Any) -> int:
    if isinstance(rank, Tensor):
        if rank._is_symbolic or rank.shape.rank != 0:
            raise InvalidArgumentError(
                f"[debugging.{where}] the rank must be a known integer. Received: {rank!r}. Use a Python integer.",
                code="TG-0103",
            )
        return int(rank)
    return int(rank)


@public("debugging.assert_rank assert_rank")
def assert_rank(x: TensorLike, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """Fails unless a tensor has that many dimensions.

    Args:
        x: A tensor.
        rank: How many dimensions.
        message: What the error begins with.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: It has another number of them (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_rank([[1.0]], 2)
    """
    _rank("assert_rank", x, (_number("assert_rank", rank),), False, message)


@public("debugging.assert_rank_at_least")
def assert_rank_at_least(
    x: TensorLike, rank: Any, message: str | None = None, name: str | None = None
) -> None:
    """Fails unless a tensor has at least that many dimensions.

    Args:
        x: A tensor.
        rank: How many dimensions at least.
        message: What the error begins with.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: It has fewer (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_rank_at_least([[1.0]], 1)
    """
    _rank("assert_rank_at_least", x, (_number("assert_rank_at_least", rank),), True, message)


@public("debugging.assert_rank_in")
def assert_rank_in(x: TensorLike, ranks: Any, message: str | None = None, name: str | None = None) -> None:
    """Fails unless a tensor has one of these numbers of dimensions.

    Args:
        x: A tensor.
        ranks: Numbers of dimensions.
        message: What the error begins with.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: It has another number of them (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_rank_in([[1.0]], (2, 3))
    """
    _rank("assert_rank_in", x, tuple(_number("assert_rank_in", rank) for rank in ranks), False, message)


@public("debugging.assert_scalar")
def assert_scalar(tensor: TensorLike, message: str | None = None, name: str | None = None) -> Tensor:
    """Fails unless a tensor has no dimensions.

    Args:
        tensor: A tensor.
        message: What the error begins with.
        name: Ignored.

    Returns:
        The tensor.

    Raises:
        tg.errors.InvalidArgumentError: It has dimensions (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_scalar(1.0).numpy().item()
    1.0
    """
    value = convert_to_tensor(tensor)
    _rank("assert_scalar", value, (0,), False, message)
    return value


@public("debugging.assert_shapes")
def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Fails unless tensors have shapes of which some sizes are equal to each other.

    Args:
        shapes: Pairs (tensor, shape), or a dictionary from tensors' references to shapes. A shape is a sequence of
            sizes or a string with one symbol for each; a size is a number, None or "." for any, or a symbol that stands
            for one size throughout. A first "*" or Ellipsis stands for any number of dimensions.
        data: Ignored.
        summarize: Ignored.
        message: What the error begins with.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: A shape does not match (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_shapes([(tg.ones((2, 3)), ("N", "D")), (tg.ones((3, 4)), ("D", 4)), (tg.ones(2), "N")])
    """
    sizes: dict[Any, tuple[int | None, Any]] = {}
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    for number, (reference, symbols) in enumerate(pairs):
        tensor = convert_to_tensor(reference.deref() if hasattr(reference, "deref") else reference)
        wanted = list(symbols) if isinstance(symbols, (list, tuple, str)) else [symbols]
        open_ended = bool(wanted) and wanted[0] in ("*", Ellipsis)
        wanted = wanted[1:] if open_ended else wanted
        rank = tensor.shape.rank
        text = f"tensor {number} must have the shape {_text(symbols)}"
        if rank is None:
            _rank("assert_shapes", tensor, (len(wanted),), open_ended, message)
            continue
        if rank < len(wanted) if open_ended else rank != len(wanted):
            raise failure("assert_shapes", text, f"shape={tensor.shape}", message)
        offset = rank - len(wanted)
        for axis, symbol in enumerate(wanted, offset):
            _size(tensor, axis, symbol, sizes, text, message)


def _size(
    tensor: Tensor,
    axis: int,
    symbol: Any,
    sizes: dict[Any, tuple[int | None, Any]],
    text: str,
    message: str | None,
) -> None:
    if symbol in (None, "."):
        return
    known = tensor.shape.as_list()[axis]
    if isinstance(symbol, str) and symbol.isdigit():
        symbol = int(symbol)
    now = (known, tg.shape(tensor)[axis] if known is None else known)
    wanted = (symbol, symbol) if isinstance(symbol, int) else sizes.setdefault(symbol, now)
    if known is not None and wanted[0] is not None:
        if known != wanted[0]:
            meaning = "" if isinstance(symbol, int) else f" where {symbol} is {wanted[0]}"
            raise failure("assert_shapes", text + meaning, f"shape={tensor.shape}", message)
        return
    shown = [
        f"[debugging.assert_shapes] {message + '. ' if message else ''}{text}. Its shape:",
        tg.shape(tensor),
    ]
    tg.Assert(tg.equal(now[1], wanted[1]), shown)


def _text(symbols: Any) -> str:
    if not isinstance(symbols, (list, tuple, str)):
        return str(symbols)
    return "(" + ", ".join("..." if symbol is Ellipsis else str(symbol) for symbol in symbols) + ")"
