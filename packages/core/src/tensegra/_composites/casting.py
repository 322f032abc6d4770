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
