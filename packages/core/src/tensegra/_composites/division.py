"""Division as Python does it."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_divide = _native.find_op("divide")
_cast = _native.find_op("cast")
_FLOAT32, _FLOAT64 = 12, 13
_NARROW = frozenset((2, 3, 6, 7))  # int8, int16, uint8, uint16
_WIDE = frozenset((4, 5, 8, 9))  # int32, int64, uint32, uint64


@public("math.truediv math.divide truediv divide realdiv")
def truediv(x: TensorLike, y: TensorLike, name: str | None = None) -> Tensor:
    """Divides elementwise, with broadcasting; integers become floats first, as in Python.

    Args:
        x: The dividend.
        y: The divisor, of the same dtype.
        name: Ignored; for compatibility.

    Returns:
        The quotient: of the dtype of x where that is a floating one, float32 for integers of 8 and 16 bits,
        float64 for wider ones.

    Raises:
        tg.errors.InvalidArgumentError: Where dtypes differ (TG-0102) or shapes do not broadcast (TG-0101).

    >>> import tensegra as tg
    >>> tg.truediv(tg.constant([1, 2]), 4).numpy()
    array([0.25, 0.5 ])
    """
    number = getattr(x, "_dtype_number", None) or getattr(y, "_dtype_number", None)
    other = getattr(y, "_dtype_number", number)
    if number != other:
        names = [as_dtype(each).name for each in (number, other)]
        raise InvalidArgumentError(
            f"[truediv] x and y must have the same dtype. Received: x.dtype={names[0]}, y.dtype={names[1]}. "
            "Use tg.cast on one of them.",
            code="TG-0102",
        )
    if number is None or number in _NARROW or number in _WIDE:
        x, y, number = _matched(x, y, number)
    if number in _NARROW or number in _WIDE:
        wanted = (_FLOAT32 if number in _NARROW else _FLOAT64,)
        x, y = _execute(_cast, (x,), wanted), _execute(_cast, (y,), wanted)
    return _execute(_divide, (x, y))


def _matched(x: Any, y: Any, number: int | None) -> tuple[Any, Any, int]:
    """Both as tensors of one dtype: that of the tensor among them, or a float where one of two numbers is."""
    if number is None:
        numbers = (_native.natural_dtype(x), _native.natural_dtype(y))
        number = max(numbers)
    x, y = _native.tensor(x, number), _native.tensor(y, number)
    return x, y, number
