"""What a tensor is, without its data: `tg.TensorSpec`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._dtypes import DType, as_dtype, float32
from ._shape import TensorShape
from ._type_spec import TypeSpec, type_spec_from_value


class TensorSpec(TypeSpec):
    """The shape, dtype and name of a tensor: what signatures are made of.

    Args:
        shape: The shape; sizes may be None.
        dtype: The element type.
        name: The name of the argument, used by signatures.

    >>> import tensegra as tg
    >>> spec = tg.TensorSpec([None, 3], tg.float32, name="x")
    >>> spec
    TensorSpec(shape=(None, 3), dtype=tg.float32, name='x')
    >>> spec.is_compatible_with(tg.ones([5, 3]))
    True
    """

    __slots__ = ("_dtype", "_name", "_shape")

    def __init__(self, shape: Any, dtype: Any = float32, name: str | None = None) -> None:
        self._shape = TensorShape(shape)
        self._dtype = as_dtype(dtype)
        self._name = name

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """The spec of a tensor or a variable."""
        return cls(tensor.shape, tensor.dtype, name)

    @classmethod
    def from_spec(cls, spec: TensorSpec, name: str | None = None) -> TensorSpec:
        """The spec with another name."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @property
    def shape(self) -> TensorShape:
        """The shape."""
        return self._shape

    @property
    def dtype(self) -> DType:
        """The element type."""
        return self._dtype

    @property
    def name(self) -> str | None:
        """The name, or None."""
        return self._name

    @property
    def value_type(self) -> type[Any]:
        """`tg.Tensor`."""
        from ._tensor import Tensor

        return Tensor

    def _fields(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._name

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether a tensor, or every tensor of another spec's shape, could be meant; names do not matter."""
        other = (
            spec_or_tensor if isinstance(spec_or_tensor, TypeSpec) else type_spec_from_value(spec_or_tensor)
        )
        return (
            isinstance(other, TensorSpec)
            and self._dtype == other._dtype
            and self._shape.is_compatible_with(other._shape)
        )

    def is_subtype_of(self, other: TypeSpec) -> bool:
        """Whether every tensor of this spec is one of the other; a spec without a name is one of any name.

        Args:
            other: A spec.
        """
        if not isinstance(other, TensorSpec):
            return False
        same = self._dtype == other._dtype and self._name in (None, other._name)
        return same and other._accepts(self._shape)

    def most_specific_common_supertype(self, others: Sequence[TypeSpec]) -> TensorSpec | None:
        """The narrowest spec that this one and others are subtypes of, or None; names that differ are left out.

        Args:
            others: Specs.
        """
        shape, name = self._shape, self._name
        for other in others:
            if not isinstance(other, TensorSpec) or self._dtype != other._dtype:
                return None
            shape = shape.most_specific_compatible_shape(other._shape)
            name = name if name == other._name else None
        return TensorSpec(shape, self._dtype, name)

    def _accepts(self, shape: TensorShape) -> bool:
        """Whether every tensor of that shape is one of this spec."""
        if self._shape._dims is None:
            return True
        if shape._dims is None or len(shape._dims) != len(self._shape._dims):
            return False
        return all(mine is None or mine == other for mine, other in zip(self._shape._dims, shape._dims))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TensorSpec):
            return NotImplemented
        return (self._shape, self._dtype, self._name) == (other._shape, other._dtype, other._name)

    def __hash__(self) -> int:
        return hash((self._shape, self._dtype))

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return TensorSpec, (self._shape, self._dtype, self._name)
