"""`Dimension` and `TensorShape` as in 1.x: a size has a `value`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tensegra import TensorShape as CoreShape

from ._errors import invalid
from ._symbols import export


@export("Dimension")
class Dimension:
    """One size of a shape: an int, or None where it is not known."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        if value is None:
            self._value: int | None = None
        elif isinstance(value, Dimension):
            self._value = value._value
        else:
            self._value = int(value.__index__()) if hasattr(value, "__index__") else int(value)
            if self._value < 0:
                raise invalid(
                    "Dimension",
                    "a size is at least 0",
                    f"value={value!r}",
                    "Give None if unknown.",
                    "TG-7210",
                )

    @property
    def value(self) -> int | None:
        """The size, or None."""
        return self._value

    def __repr__(self) -> str:
        return f"Dimension({self._value!r})"

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __eq__(self, other: object) -> Any:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return None
        return self._value == other._value

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        return equal if equal is None or equal is NotImplemented else not equal

    def __hash__(self) -> int:
        return hash(self._value)

    def __int__(self) -> int:
        return self._value  # type: ignore[return-value]

    def __index__(self) -> int:
        return self._value  # type: ignore[return-value]

    def __bool__(self) -> bool:
        return bool(self._value)

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both may be the same size."""
        other = as_dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises unless both may be the same size."""
        if not self.is_compatible_with(other):
            raise invalid(
                "Dimension", "sizes must agree", f"{self} and {other}", "Compare the shapes.", "TG-7210"
            )

    def merge_with(self, other: Any) -> Dimension:
        """What both together say."""
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return other if self._value is None else self

    def _with(self, other: Any, compute: Any) -> Any:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(compute(self._value, other._value))

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a // b)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b // a)

    __div__ = __floordiv__
    __truediv__ = __floordiv__  # a program of Python 2 divides sizes; a quotient of sizes is a size

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b // a)

    def __mod__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a % b)

    def __rmod__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b % a)

    def _compare(self, other: Any, compute: Any) -> Any:
        other = as_dimension(other)
        if self._value is None or other._value is None:
            return None
        return compute(self._value, other._value)

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a >= b)

    def __reduce__(self) -> Any:
        return Dimension, (self._value,)


def as_dimension(value: Any) -> Dimension:
    """The value as a `Dimension`."""
    return value if isinstance(value, Dimension) else Dimension(value)


@export("TensorShape")
class TensorShape:
    """The sizes of a tensor, some or all of them perhaps unknown; iterating gives `Dimension`s."""

    __slots__ = ("_list",)

    def __init__(self, dims: Any) -> None:
        self._list: list[int | None] | None
        if dims is None:
            self._list = None
        elif isinstance(dims, TensorShape):
            self._list = None if dims._list is None else list(dims._list)
        elif isinstance(dims, CoreShape):
            self._list = None if dims.rank is None else dims.as_list()
        elif hasattr(dims, "__iter__") and not isinstance(dims, (str, bytes)):
            self._list = [as_dimension(_plain(each)).value for each in dims]
        else:
            self._list = [as_dimension(dims).value]

    @property
    def dims(self) -> list[Dimension] | None:
        """The sizes, or None where the rank is unknown."""
        return None if self._list is None else [Dimension(size) for size in self._list]

    @property
    def ndims(self) -> int | None:
        """The rank, or None."""
        return None if self._list is None else len(self._list)

    rank = ndims

    def as_list(self) -> list[int | None]:
        """The sizes as numbers and None."""
        if self._list is None:
            raise invalid(
                "TensorShape.as_list", "the rank must be known", "<unknown>", "See set_shape.", "TG-7210"
            )
        return list(self._list)

    def as_core(self) -> CoreShape:
        """The same as a shape of the engine."""
        return CoreShape(self._list)

    def num_elements(self) -> int | None:
        """How many elements there are, or None."""
        if self._list is None or None in self._list:
            return None
        return int(np.prod(self._list, dtype=np.int64))  # type: ignore[arg-type]

    def is_fully_defined(self) -> bool:
        """Whether all sizes are known."""
        return self._list is not None and None not in self._list

    def assert_is_fully_defined(self) -> None:
        """Raises unless all sizes are known."""
        if not self.is_fully_defined():
            raise invalid(
                "TensorShape", "the shape must be fully defined", str(self), "See set_shape.", "TG-7210"
            )

    def is_compatible_with(self, other: Any) -> bool:
        """Whether there is a shape that both allow."""
        other = TensorShape(other)
        if self._list is None or other._list is None:
            return True
        pairs = zip(self._list, other._list)
        return len(self._list) == len(other._list) and all(a is None or b is None or a == b for a, b in pairs)

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises unless there is a shape that both allow."""
        if not self.is_compatible_with(other):
            raise invalid(
                "TensorShape", "shapes must agree", f"{self} and {other}", "Compare them.", "TG-7210"
            )

    def assert_has_rank(self, rank: int) -> None:
        """Raises unless the rank may be this."""
        if self.ndims not in (None, rank):
            raise invalid(
                "TensorShape", f"the rank must be {rank}", str(self), "Reshape the tensor.", "TG-7210"
            )

    def assert_same_rank(self, other: Any) -> None:
        """Raises where both ranks are known and differ."""
        other = TensorShape(other)
        if other.ndims is not None:
            self.assert_has_rank(other.ndims)

    def merge_with(self, other: Any) -> TensorShape:
        """What both together say."""
        other = TensorShape(other)
        self.assert_is_compatible_with(other)
        if self._list is None:
            return other
        if other._list is None:
            return self
        return TensorShape([b if a is None else a for a, b in zip(self._list, other._list)])

    def concatenate(self, other: Any) -> TensorShape:
        """The sizes of one after those of the other."""
        other = TensorShape(other)
        if self._list is None or other._list is None:
            return TensorShape(None)
        return TensorShape(self._list + other._list)

    def with_rank(self, rank: int) -> TensorShape:
        """The shape, which must be of this rank."""
        return self.merge_with([None] * int(rank))

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """The shape, which must be of this rank or above."""
        if self._list is not None and len(self._list) < rank:
            raise invalid(
                "TensorShape", f"the rank must be at least {rank}", str(self), "Reshape.", "TG-7210"
            )
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """The shape, which must be of this rank or below."""
        if self._list is not None and len(self._list) > rank:
            raise invalid("TensorShape", f"the rank must be at most {rank}", str(self), "Reshape.", "TG-7210")
        return self

    def as_proto(self) -> Any:
        """The shape in the form that the 1.x messages have: a list of sizes, -1 where unknown, or None."""
        return None if self._list is None else [-1 if size is None else size for size in self._list]

    def __getitem__(self, key: Any) -> Any:
        if self._list is None:
            if not isinstance(key, slice):
                return Dimension(None)
            start, stop = key.start or 0, key.stop
            if stop is None or start < 0 or stop < 0 or key.step not in (None, 1):
                return TensorShape(None)
            return TensorShape([None] * max(stop - start, 0))
        if isinstance(key, slice):
            return TensorShape(self._list[key])
        return Dimension(self._list[key])

    def __iter__(self) -> Iterator[Dimension]:
        if self._list is None:
            raise invalid(
                "TensorShape",
                "a shape of unknown rank has no sizes",
                "<unknown>",
                "See set_shape.",
                "TG-7210",
            )
        return (Dimension(size) for size in self._list)

    def __len__(self) -> int:
        if self._list is None:
            raise invalid(
                "TensorShape",
                "a shape of unknown rank has no length",
                "<unknown>",
                "See set_shape.",
                "TG-7210",
            )
        return len(self._list)

    def __bool__(self) -> bool:
        return self._list is not None

    def __eq__(self, other: object) -> bool:
        try:
            return self._list == TensorShape(other)._list
        except (TypeError, ValueError):
            return NotImplemented

    def __hash__(self) -> int:
        return hash(None if self._list is None else tuple(self._list))

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __repr__(self) -> str:
        if self._list is None:
            return "TensorShape(None)"
        return f"TensorShape({[Dimension(size) for size in self._list]!r})"

    def __str__(self) -> str:
        if self._list is None:
            return "<unknown>"
        sizes = ["?" if size is None else str(size) for size in self._list]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def __reduce__(self) -> Any:
        return TensorShape, (self._list,)


def _plain(size: Any) -> Any:
    return None if isinstance(size, (int, np.integer)) and size == -1 else size


@export("dimension_value compat.dimension_value")
def dimension_value(dimension: Any) -> int | None:
    """The size as a number or None."""
    return dimension.value if isinstance(dimension, Dimension) else dimension  # type: ignore[no-any-return]


@export("dimension_at_index compat.dimension_at_index")
def dimension_at_index(shape: Any, index: int) -> Dimension:
    """One size of a shape."""
    return as_dimension(TensorShape(shape)[index])


@export("broadcast_static_shape")
def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape that both have when they are broadcast."""
    first, second = TensorShape(shape_x)._list, TensorShape(shape_y)._list
    if first is None or second is None:
        return TensorShape(None)
    rank = max(len(first), len(second))
    pairs = zip([1] * (rank - len(first)) + first, [1] * (rank - len(second)) + second)
    sizes: list[int | None] = []
    for a, b in pairs:
        if a is None or b is None:
            known = b if a is None else a
            sizes.append(known if known not in (None, 1) else None)
        elif a == b or b == 1:
            sizes.append(a)
        elif a == 1:
            sizes.append(b)
        else:
            raise invalid(
                "broadcast_static_shape",
                "shapes must agree or be 1",
                f"{first} and {second}",
                "Reshape.",
                "TG-7210",
            )
    return TensorShape(sizes)
