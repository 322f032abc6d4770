"""What `Tensor` and `Variable` have in common: operators, indexing, and the ways into Python's own protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from tensegra import _native
from tensegra._errors import FailedPreconditionError, InvalidArgumentError

if TYPE_CHECKING:
    from tensegra._tensor import Tensor

_equal = _native.find_op("equal")
_not_equal = _native.find_op("not_equal")
_convertible = (complex, float, int, str, bytes, list, tuple, np.ndarray, np.generic, _native.Tensor)
_BOOL = 1
_FLOAT16 = 10  # the numbers from here on are those of floating dtypes


def _foreign(error: InvalidArgumentError, other: object) -> bool:
    """Whether an operator failed because the other side is of a class of its own, which may know what to do."""
    return error.error_code == "TG-0117" and not isinstance(other, _convertible)


def _binary(name: str) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """The operator and the reflected operator of an op."""
    op = _native.find_op(name)

    def forward(self: Any, other: Any) -> Any:
        try:
            return op(self, other)
        except InvalidArgumentError as error:
            if _foreign(error, other):
                return NotImplemented
            raise

    def reflected(self: Any, other: Any) -> Any:
        try:
            return op(other, self)
        except InvalidArgumentError as error:
            if _foreign(error, other):
                return NotImplemented
            raise

    return forward, reflected


def _unary(name: str) -> Callable[[Any], Any]:
    op = _native.find_op(name)

    def method(self: Any) -> Any:
        return op(self)

    return method


def _logical(name: str) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """`&`, `|` and `^`: of truth values, or of the bits of integers."""
    logical = _binary(f"logical_{name}")
    bitwise = _binary(f"bitwise_{name}")

    def forward(self: Any, other: Any) -> Any:
        return (logical if self._dtype_number == _BOOL else bitwise)[0](self, other)

    def reflected(self: Any, other: Any) -> Any:
        return (logical if self._dtype_number == _BOOL else bitwise)[1](self, other)

    return forward, reflected


_divide = _binary("divide")
_logical_not = _unary("logical_not")
_invert = _unary("invert")


def _truediv(x: Any, y: Any) -> Any:
    """Where integers have to become floats first."""
    from tensegra._composites.division import truediv

    try:
        return truediv(x, y)
    except InvalidArgumentError as error:
        if _foreign(error, y if isinstance(x, TensorOperators) else x):
            return NotImplemented
        raise


class TensorOperators:
    """The operators of tensors. A subclass has `_as_tensor()`, `_dtype_number` and `_shape`."""

    __slots__ = ()
    # NumPy arrays leave mixed operators to us.
    __array_priority__ = 100

    if TYPE_CHECKING:

        @property
        def _dtype_number(self) -> int: ...
        @property
        def _shape(self) -> tuple[int, ...] | None: ...
        def _as_tensor(self) -> Tensor: ...
        def numpy(self) -> Any: ...

    __add__, __radd__ = _binary("add")
    __sub__, __rsub__ = _binary("subtract")
    __mul__, __rmul__ = _binary("multiply")
    __floordiv__, __rfloordiv__ = _binary("floordiv")
    __mod__, __rmod__ = _binary("floormod")
    __pow__, __rpow__ = _binary("pow")
    __matmul__, __rmatmul__ = _binary("matmul")
    __and__, __rand__ = _logical("and")
    __or__, __ror__ = _logical("or")
    __xor__, __rxor__ = _logical("xor")
    __lt__ = _binary("less")[0]
    __le__ = _binary("less_equal")[0]
    __gt__ = _binary("greater")[0]
    __ge__ = _binary("greater_equal")[0]
    __neg__ = _unary("negative")
    __abs__ = _unary("abs")

    def __invert__(self) -> Any:
        return (_logical_not if self._dtype_number == _BOOL else _invert)(self)

    def __divmod__(self, other: Any) -> Any:
        quotient = self // other
        return quotient if quotient is NotImplemented else (quotient, self % other)

    def __rdivmod__(self, other: Any) -> Any:
        quotient = self.__rfloordiv__(other)
        return quotient if quotient is NotImplemented else (quotient, self.__rmod__(other))

    def __truediv__(self, other: Any) -> Any:
        if self._dtype_number >= _FLOAT16:
            return _divide[0](self, other)
        return _truediv(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        if self._dtype_number >= _FLOAT16:
            return _divide[1](self, other)
        return _truediv(other, self)

    def __pos__(self) -> Tensor:
        return self._as_tensor()

    def __eq__(self, other: object) -> Any:
        return self._compare(_equal, other, False)

    def __ne__(self, other: object) -> Any:
        return self._compare(_not_equal, other, True)

    def _compare(self, op: _native.Op, other: object, unlike: bool) -> Any:
        if other is None:
            return unlike
        try:
            return op(self, other)
        except InvalidArgumentError as error:
            if _foreign(error, other):
                return NotImplemented
            raise

    def __hash__(self) -> int:
        raise TypeError(
            f"{type(self).__name__} is unhashable: == compares elementwise. Use .ref() as the key."
        )

    def ref(self) -> Reference:
        """A hashable object that stands for this one in sets and as a key.

        >>> import tensegra as tg
        >>> x = tg.constant([1.0, 2.0])
        >>> x.ref() in {x.ref()}
        True
        >>> x.ref().deref() is x
        True
        """
        return Reference(self)

    def __getitem__(self, key: Any) -> Tensor:
        from tensegra._indexing import index

        return index(self._as_tensor(), key)

    def __len__(self) -> int:
        shape = self._shape
        if shape is None or (shape and shape[0] < 0):
            raise TypeError("the length of this graph value is not known before running: use tg.shape(x)[0]")
        if not shape:
            raise TypeError("a scalar tensor has no len()")
        return shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        shape = self._shape
        if shape is None or (shape and shape[0] < 0):
            raise FailedPreconditionError(
                "[iteration] Python cannot iterate over a value of a graph whose length is not known before running. "
                f"Received: shape={shape}. Use whole-tensor ops, or a for statement that AutoGraph converts.",
                code="TG-0302",
            )
        if not shape:
            raise TypeError("a scalar tensor cannot be iterated over")
        tensor = self._as_tensor()
        return (tensor[i] for i in range(shape[0]))

    def _scalar(self, what: str) -> Any:
        tensor = self._as_tensor()
        if tensor._is_symbolic:
            raise FailedPreconditionError(
                f"[{what}] Python control flow that AutoGraph did not convert cannot depend on a value of a graph. "
                f"Received: {tensor!r}. Use tg.where or tg.cond, or see docs/functions.md for what is converted.",
                code="TG-0302",
            )
        value = np.asarray(tensor)
        if value.size != 1:
            raise InvalidArgumentError(
                f"[{what}] the tensor must have one element. Received: shape={value.shape}. "
                "Use tg.reduce_all, tg.reduce_any or numpy().",
                code="TG-0122",
            )
        return value.reshape(())[()]

    def __bool__(self) -> bool:
        return bool(self._scalar("bool"))

    def __int__(self) -> int:
        return int(self._scalar("int"))

    def __float__(self) -> float:
        return float(self._scalar("float"))

    def __complex__(self) -> complex:
        return complex(self._scalar("complex"))

    def __index__(self) -> int:
        return self._scalar("index").__index__()

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        tensor = self._as_tensor()
        return format(str(self) if tensor._is_symbolic else self.numpy(), spec)


class Reference:
    """Stands for a tensor or a variable in sets and dicts: equal where it is the same one."""

    __slots__ = ("_key", "_object")

    def __init__(self, referred: Any) -> None:
        self._object = referred
        self._key: int = referred._id

    def deref(self) -> Any:
        """The tensor or variable itself."""
        return self._object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"<Reference to {self._object!r}>"
