"""NaN and infinity: looked for in one tensor."""

from __future__ import annotations

import tensegra as tg
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._fail import failure, require


@public("debugging.check_numerics")
def check_numerics(tensor: TensorLike, message: str, name: str | None = None) -> Tensor:
    """Fails where a tensor holds NaN or infinity; inside of a `tg.function`, when the graph runs.

    Args:
        tensor: A floating-point tensor.
        message: What the error begins with.
        name: Ignored.

    Returns:
        The tensor.

    Raises:
        tg.errors.InvalidArgumentError: An element is NaN or infinite, or the dtype is not floating-point (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.check_numerics([1.0, 2.0], "weights").numpy().tolist()
    [1.0, 2.0]
    """
    return _check("check_numerics", tensor, message)


@public("debugging.assert_all_finite")
def assert_all_finite(x: TensorLike, message: str, name: str | None = None) -> Tensor:
    """Fails where a tensor holds NaN or infinity; inside of a `tg.function`, when the graph runs.

    Args:
        x: A floating-point tensor.
        message: What the error begins with.
        name: Ignored.

    Returns:
        The tensor.

    Raises:
        tg.errors.InvalidArgumentError: An element is NaN or infinite, or the dtype is not floating-point (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_all_finite([1.0, 2.0], "weights").numpy().tolist()
    [1.0, 2.0]
    """
    return _check("assert_all_finite", x, message)


def _check(where: str, value: TensorLike, message: str) -> Tensor:
    tensor = convert_to_tensor(value)
    if not tensor.dtype.is_floating:
        raise failure(
            where, "the tensor must be of floating-point numbers", f"dtype={tensor.dtype.name}", message
        )
    require(
        where,
        "the tensor must hold neither NaN nor infinity",
        tg.math.is_finite(tensor),
        {"x": tensor},
        message,
        None,
    )
    return tensor
