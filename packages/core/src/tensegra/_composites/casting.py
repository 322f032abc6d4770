"""Changing the dtype."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import as_dtype
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, TensorLike

_execute = _native.execute
_cast = _native.find_op("cast")
_complex = _native.find_op("complex")
_imag = _native.find_op("imag")
_maximum = _native.find_op("maximum")
_minimum = _native.find_op("minimum")
_real = _native.find_op("real")


@public("cast")
def cast(x: TensorLike, dtype: DTypeLike, name: str | None = None) -> Tensor:
    """Converts the elements to another dtype; floats become integers by dropping the fraction.

    Args:
        x: A tensor of any numeric dtype or bool.
        dtype: The dtype wanted. A tensor that has it already is returned itself.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: For strings (TG-0102).

    >>> import tensegra as tg
    >>> tg.cast([1.8, -1.8], tg.int32).numpy()
    array([ 1, -1], dtype=int32)
    """
    number = as_dtype(dtype)._number
    tensor: Any = _native.tensor(x)
    if tensor._dtype_number == number:
        return tensor
    return _execute(_cast, (tensor,), (number,))


@public("saturate_cast")
def saturate_cast(value: TensorLike, dtype: DTypeLike, name: str | None = None) -> Tensor:
    """Converts the elements to another dtype; what lies beyond its range becomes its smallest or largest value.

    Args:
        value: A tensor of numbers. Infinities become the largest finite values where a floating-point dtype is
            narrowed; of complex numbers each part is limited.
        dtype: The dtype wanted: a number.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same shape.

    Raises:
        tg.errors.UnimplementedError: For strings (TG-0121).

    >>> import tensegra as tg
    >>> tg.saturate_cast([-3, 100, 300], tg.uint8).numpy()
    array([  0, 100, 255], dtype=uint8)
    """
    target = as_dtype(dtype)
    tensor: Any = _native.tensor(value)
    source = tensor.dtype
    if source.is_complex:
        real: Any = _execute(_real, (tensor,))
        if not target.is_complex:
            return saturate_cast(real, target)
        part = target.real_dtype
        imag = _execute(_imag, (tensor,))
        return _execute(_complex, (saturate_cast(real, part), saturate_cast(imag, part)))
    if source.is_bool or target.is_bool or target.is_complex or (source.is_floating and target.is_integer):
        return cast(tensor, target)  # which has no limits, or keeps to them itself
    low, high = target.min, target.max
    if source.is_integer:
        low, high = int(low), int(high)
    if source.min < low:
        tensor = _execute(_maximum, (tensor, low))
    if source.max > high:
        tensor = _execute(_minimum, (tensor, high))
    return cast(tensor, target)
