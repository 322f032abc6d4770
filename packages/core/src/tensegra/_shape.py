"""The shape of a tensor: `tg.TensorShape`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, overload

from ._errors import InvalidArgumentError


class TensorShape:
    """The sizes of a tensor's dimensions; a size, or the whole rank, may be unknown while a function is traced.

    Args:
        dims: The sizes, each an int or None (unknown); one int; another shape; or None for an unknown rank.

    Raises:
        tg.errors.InvalidArgumentError: A size is negative or no integer.

    >>> import tensegra as tg
    >>> shape = tg.TensorShape([None, 28, 28])
    >>> shape, shape.rank, shape[1:], shape.as_list()
    (TensorShape([None, 28, 28]), 3, TensorShape([28, 28]), [None, 28, 28])
    >>> tg.TensorShape([2, 3]) == (2, 3)
    True
    """

    __slots__ = ("_dims",)
    _dims: tuple[int | None, ...] | None

    def __init__(self, dims: Any) -> None:
        if isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif dims is None:
            self._dims = None
        elif hasattr(dims, "__iter__") and not isinstance(dims, str):
            self._dims = tuple(_size(dim, dims) for dim in dims)
        else:
            self._dims = (_size(dims, dims),)

    @classmethod
    def _from_native(cls, dims: tuple[int, ...] | None) -> TensorShape:
        """From the engine's sizes, where numbers below 0 are unknown."""
        self = cls.__new__(cls)
        if dims and min(dims) < 0:
            self._dims = tuple(dim if dim >= 0 else None for dim in dims)
        else:
            self._dims = dims
        return self

    def _to_native(self) -> tuple[int, ...] | None:
        """The engine's sizes: -1 is unknown."""
        if self._dims is None:
            return None
        return tuple(-1 if dim is None else dim for dim in self._dims)

    @property
    def rank(self) -> int | None:
        """The number of dimensions, or None where it is unknown."""
        return None if self._dims is None else len(self._dims)

    @property
    def ndims(self) -> int | None:
        """The same as `rank`."""
        return self.rank

    @property
    def dims(self) -> list[int | None] | None:
        """The sizes as a list, or None where the rank is unknown."""
        return None if self._dims is None else list(self._dims)

    def as_list(self) -> list[int | None]:
        """The sizes as a list.

        Raises:
            tg.errors.InvalidArgumentError: The rank is unknown.
        """
        return list(self._known("as_list"))

    def num_elements(self) -> int | None:
        """The product of the sizes, or None where one is unknown."""
        if self._dims is None or None in self._dims:
            return None
        return math.prod(self._dims)  # type: ignore[arg-type]

    def is_fully_defined(self) -> bool:
        """Whether every size is known."""
        return self._dims is not None and None not in self._dims

    def is_compatible_with(self, other: Any) -> bool:
        """Whether some tensor can have both shapes."""
        other = TensorShape(other)
        if self._dims is None or other._dims is None:
            return True
        return len(self._dims) == len(other._dims) and all(
            a == b or a is None or b is None for a, b in zip(self._dims, other._dims)
        )

    def merge_with(self, other: Any) -> TensorShape:
        """What is known from both shapes together.

        Raises:
            tg.errors.InvalidArgumentError: They contradict each other.
        """
        other = TensorShape(other)
        if not self.is_compatible_with(other):
            raise InvalidArgumentError(
                f"[TensorShape.merge_with] the shapes must agree where both are known. Received: {self} and {other}. "
                "Compare them size by size.",
                code="TG-0105",
            )
        if self._dims is None or other._dims is None:
            return other if self._dims is None else self
        return TensorShape([b if a is None else a for a, b in zip(self._dims, other._dims)])

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """The shape that both have, with None where they differ."""
        other = TensorShape(other)
        if self._dims is None or other._dims is None or len(self._dims) != len(other._dims):
            return TensorShape(None)
        return TensorShape([a if a == b else None for a, b in zip(self._dims, other._dims)])

    def concatenate(self, other: Any) -> TensorShape:
        """The sizes of this shape, then those of the other."""
        other = TensorShape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape(self._dims + other._dims)

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, known to have `rank` dimensions.

        Raises:
            tg.errors.InvalidArgumentError: It has another rank.
        """
        return self.merge_with(TensorShape([None] * rank))

    def _known(self, where: str) -> tuple[int | None, ...]:
        if self._dims is None:
            raise InvalidArgumentError(
                f"[TensorShape.{where}] the rank must be known. Received: {self}. "
                "Give the function an input_signature that has a rank.",
                code="TG-0103",
            )
        return self._dims

    def __len__(self) -> int:
        return len(self._known("__len__"))

    def __iter__(self) -> Iterator[int | None]:
        return iter(self._known("__iter__"))

    def __bool__(self) -> bool:
        return self._dims is not None

    @overload
    def __getitem__(self, key: int) -> int | None: ...
    @overload
    def __getitem__(self, key: slice) -> TensorShape: ...
    def __getitem__(self, key: int | slice) -> int | TensorShape | None:
        dims = self._known("__getitem__")
        return TensorShape(dims[key]) if isinstance(key, slice) else dims[key]

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TensorShape):
            return self._dims == other._dims
        if other is None or isinstance(other, (tuple, list)):
            try:
                return self._dims == TensorShape(other)._dims
            except InvalidArgumentError:
                return False
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._dims)

    def __repr__(self) -> str:
        return f"TensorShape({None if self._dims is None else list(self._dims)})"

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        return f"({', '.join(str(dim) for dim in self._dims)}{',' if len(self._dims) == 1 else ''})"

    def __reduce__(self) -> tuple[Any, ...]:
        return TensorShape, (self._dims,)


def _size(dim: Any, dims: Any) -> int | None:
    if dim is None:
        return None
    try:
        size = dim.__index__()
    except (AttributeError, TypeError):
        size = -1
    if size < 0:
        raise InvalidArgumentError(
            f"[TensorShape] each size must be None or an integer of at least 0. Received: {dim!r} in {dims!r}. "
            "Use None for a size that is not known.",
            code="TG-0109",
        )
    return int(size)
