"""Element types: `tg.DType`, its instances and `tg.as_dtype`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._errors import InvalidArgumentError, UnimplementedError


class DType:
    """The type of a tensor's elements.

    There is one instance per type (`tg.float32`, `tg.int64`, ...). It equals everything that `tg.as_dtype` turns into
    it: its name, the NumPy type, the NumPy dtype.

    >>> import tensegra as tg
    >>> tg.float32.name, tg.float32.size, tg.float32.is_floating
    ('float32', 4, True)
    >>> tg.float32 == "float32"
    True
    >>> tg.as_dtype("int64").as_numpy_dtype
    <class 'numpy.int64'>
    """

    __slots__ = ("_name", "_number", "_numpy", "_size")

    def __init__(self, number: int, name: str, numpy_type: type | None, size: int) -> None:
        self._number = number
        self._name = name
        self._numpy = numpy_type
        self._size = size

    @property
    def name(self) -> str:
        """The name, such as ``"float32"``."""
        return self._name

    @property
    def size(self) -> int:
        """Bytes per element; 0 where elements differ in size (string) or have none (resource)."""
        return self._size

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy scalar type; ``object`` for strings.

        Raises:
            tg.errors.UnimplementedError: NumPy has no such type (bfloat16, int4, resource).
        """
        if self._numpy is None:
            raise UnimplementedError(
                f"[DType.as_numpy_dtype] NumPy has no type of these elements. Received: dtype={self._name}. "
                "Use tg.cast to a type that NumPy has.",
                code="TG-0121",
            )
        return self._numpy

    @property
    def as_datatype_enum(self) -> int:
        """The number of the type in the C interface and in saved models."""
        return self._number

    @property
    def is_bool(self) -> bool:
        """Whether it is bool."""
        return self._number == 1

    @property
    def is_integer(self) -> bool:
        """Whether it is a signed or unsigned integer; not bool."""
        return 2 <= self._number <= 9 or self._number == 17

    @property
    def is_unsigned(self) -> bool:
        """Whether it is an unsigned integer."""
        return 6 <= self._number <= 9

    @property
    def is_floating(self) -> bool:
        """Whether it is a real floating-point type."""
        return 10 <= self._number <= 13

    @property
    def is_complex(self) -> bool:
        """Whether it is a complex type."""
        return self._number in (14, 15)

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number: an integer, a floating-point or a complex type."""
        return self.is_integer or self.is_floating or self.is_complex

    @property
    def base_dtype(self) -> DType:
        """Itself; kept for code that knows reference types."""
        return self

    @property
    def real_dtype(self) -> DType:
        """The type of the real part."""
        return {14: float32, 15: float64}.get(self._number, self)

    @property
    def min(self) -> Any:
        """The smallest value.

        Raises:
            tg.errors.InvalidArgumentError: The type has no order (complex, string, resource).
        """
        return self._limits()[0]

    @property
    def max(self) -> Any:
        """The largest finite value.

        Raises:
            tg.errors.InvalidArgumentError: The type has no order (complex, string, resource).
        """
        return self._limits()[1]

    def _limits(self) -> tuple[Any, Any]:
        if self.is_bool:
            return False, True
        if self._number == 11:
            largest = float.fromhex("0x1.fep127")
            return -largest, largest
        if self._number == 17:
            return -8, 7
        if self.is_integer:
            integers = np.iinfo(self.as_numpy_dtype)
            return integers.min, integers.max
        if self.is_floating:
            floats = np.finfo(self.as_numpy_dtype)
            return floats.min, floats.max
        raise InvalidArgumentError(
            f"[DType] only ordered types have a smallest and a largest value. Received: dtype={self._name}. "
            "Ask an integer or a floating-point type.",
            code="TG-0102",
        )

    def is_compatible_with(self, other: Any) -> bool:
        """Whether `other` is the same type."""
        return self == other

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other is None or isinstance(other, DType):
            return False
        try:
            return as_dtype(other) is self
        except InvalidArgumentError:
            return False

    def __hash__(self) -> int:
        return hash(self._name)

    def __repr__(self) -> str:
        return f"tg.{self._name}"

    def __str__(self) -> str:
        return f"<dtype: '{self._name}'>"

    def __reduce__(self) -> tuple[Any, ...]:
        return as_dtype, (self._name,)


bool_ = DType(1, "bool", np.bool_, 1)
int8 = DType(2, "int8", np.int8, 1)
int16 = DType(3, "int16", np.int16, 2)
int32 = DType(4, "int32", np.int32, 4)
int64 = DType(5, "int64", np.int64, 8)
uint8 = DType(6, "uint8", np.uint8, 1)
uint16 = DType(7, "uint16", np.uint16, 2)
uint32 = DType(8, "uint32", np.uint32, 4)
uint64 = DType(9, "uint64", np.uint64, 8)
float16 = DType(10, "float16", np.float16, 2)
bfloat16 = DType(11, "bfloat16", None, 2)
float32 = DType(12, "float32", np.float32, 4)
float64 = DType(13, "float64", np.float64, 8)
complex64 = DType(14, "complex64", np.complex64, 8)
complex128 = DType(15, "complex128", np.complex128, 16)
string = DType(16, "string", np.object_, 0)
int4 = DType(17, "int4", None, 0)
resource = DType(18, "resource", None, 0)

ALL: tuple[DType, ...] = (
    bool_,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float16,
    bfloat16,
    float32,
    float64,
    complex64,
    complex128,
    string,
    int4,
    resource,
)
_BY_NUMBER: list[DType | None] = [None, *ALL]
_KNOWN: dict[Any, DType] = {dtype.name: dtype for dtype in ALL}
_KNOWN.update({dtype._numpy: dtype for dtype in ALL if dtype._numpy is not None})
_KNOWN.update(
    {
        bool: bool_,
        int: int32,
        float: float32,
        complex: complex128,
        str: string,
        bytes: string,
        "half": float16,
        "float": float32,
        "double": float64,
    }
)
_KNOWN.update({np.dtype(dtype._numpy): dtype for dtype in ALL if dtype._numpy is not None})


def dtype_from_number(number: int) -> DType:
    """The type of a number of the C interface."""
    dtype = _BY_NUMBER[number] if 0 < number < len(_BY_NUMBER) else None
    if dtype is None:
        raise InvalidArgumentError(
            f"[as_dtype] there is no element type of this number. Received: number={number}. "
            f"The numbers are 1 to {len(ALL)}.",
            code="TG-0106",
        )
    return dtype


def as_dtype(type_value: Any) -> DType:
    """The element type that a value names.

    Args:
        type_value: A `DType`, its name, a NumPy type or dtype, a Python type (float means float32 and int means int32,
            as everywhere in Tensegra), or the number of the C interface.

    Raises:
        tg.errors.InvalidArgumentError: It names none.

    >>> import numpy as np
    >>> import tensegra as tg
    >>> tg.as_dtype(np.float64), tg.as_dtype("uint8"), tg.as_dtype(int)
    (tg.float64, tg.uint8, tg.int32)
    """
    if isinstance(type_value, DType):
        return type_value
    try:
        found = _KNOWN.get(type_value)
    except TypeError:
        found = None
    if found is not None:
        return found
    if type(type_value) is int:
        return dtype_from_number(type_value)
    if type_value is not None:
        try:
            numpy_dtype = np.dtype(type_value)
        except TypeError:
            numpy_dtype = None
        if numpy_dtype is not None:
            if numpy_dtype.kind in "SU":
                return string
            found = _KNOWN.get(numpy_dtype.type)
            if found is not None:
                return found
    raise InvalidArgumentError(
        f"[as_dtype] the value must name an element type. Received: type_value={type_value!r}. "
        f"Use one of {', '.join(dtype.name for dtype in ALL)}.",
        code="TG-0106",
    )
