"""Assertions about dtypes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tensegra._dtypes import DType, as_dtype, float32
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, TensorLike
from tensegra._variable import Variable

from ._fail import failure


@public("debugging.assert_type")
def assert_type(
    tensor: TensorLike, tf_type: DTypeLike, message: str | None = None, name: str | None = None
) -> None:
    """Fails unless a tensor has that dtype.

    Args:
        tensor: A tensor.
        tf_type: The dtype.
        message: What the error begins with.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: It has another dtype (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_type(tg.constant(1.0), tg.float32)
    """
    value, wanted = convert_to_tensor(tensor), as_dtype(tf_type)
    if value.dtype != wanted:
        raise failure("assert_type", f"the dtype must be {wanted.name}", f"dtype={value.dtype.name}", message)


@public("debugging.assert_integer")
def assert_integer(x: TensorLike, message: str | None = None, name: str | None = None) -> None:
    """Fails unless a tensor is of integers.

    Args:
        x: A tensor.
        message: What the error begins with.
        name: Ignored.

    Raises:
        tg.errors.InvalidArgumentError: It has another dtype (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_integer([1, 2])
    """
    dtype = convert_to_tensor(x).dtype
    if not dtype.is_integer:
        raise failure("assert_integer", "x must be of integers", f"dtype={dtype.name}", message)


@public("debugging.assert_same_float_dtype")
def assert_same_float_dtype(tensors: Any = None, dtype: DTypeLike | None = None) -> DType:
    """Fails unless tensors have one floating-point dtype.

    Args:
        tensors: Tensors; None among them are left out.
        dtype: The dtype that they must have, if not any.

    Returns:
        The dtype; float32 where nothing tells.

    Raises:
        tg.errors.InvalidArgumentError: Dtypes differ, or are not floating-point (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_same_float_dtype([tg.constant(1.0), tg.constant(2.0)])
    tg.float32
    """
    wanted = None if dtype is None else as_dtype(dtype)
    for number, value in enumerate(tensors or ()):
        if value is None:
            continue
        found = convert_to_tensor(value).dtype
        wanted = found if wanted is None else wanted
        if found != wanted:
            raise failure(
                "assert_same_float_dtype",
                f"all tensors must be {wanted.name}",
                f"dtype={found.name} of tensor {number}",
                None,
            )
    wanted = float32 if wanted is None else wanted
    if not wanted.is_floating:
        raise failure(
            "assert_same_float_dtype",
            "tensors must be of floating-point numbers",
            f"dtype={wanted.name}",
            None,
        )
    return wanted


@public("debugging.assert_proper_iterable")
def assert_proper_iterable(values: Any) -> None:
    """Fails unless something is an iterable that is neither a tensor, an array nor a string.

    Args:
        values: What is checked.

    Raises:
        tg.errors.InvalidArgumentError: It is none (TG-0700).

    >>> import tensegra as tg
    >>> tg.debugging.assert_proper_iterable([tg.constant(1.0)])
    """
    single = isinstance(values, (Tensor, Variable, str, bytes)) or hasattr(values, "__array__")
    if single or not isinstance(values, Iterable):
        raise failure(
            "assert_proper_iterable",
            "values must be an iterable of tensors",
            f"{type(values).__name__}",
            None,
        )


@public("debugging.is_numeric_tensor")
def is_numeric_tensor(tensor: Any) -> bool:
    """Whether something is a tensor of numbers: neither bool, string nor a resource.

    Args:
        tensor: Anything.

    >>> import tensegra as tg
    >>> tg.debugging.is_numeric_tensor(tg.constant(1)), tg.debugging.is_numeric_tensor(tg.constant("a"))
    (True, False)
    """
    if not isinstance(tensor, (Tensor, Variable)):
        return False
    dtype = tensor.dtype
    return bool(dtype.is_floating or dtype.is_integer or dtype.is_complex)
