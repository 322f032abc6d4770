"""`tg.TensorArraySpec`."""

from __future__ import annotations

from typing import Any

from tensegra._dtypes import DType, as_dtype, float32
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._type_spec import TypeSpec

from ._tensor_array import TensorArray


@public("TensorArraySpec")
class TensorArraySpec(TypeSpec):
    """What a `tg.TensorArray` is, without its elements.

    Args:
        element_shape: The shape of its elements.
        dtype: Their dtype.
        dynamic_size: Whether it grows.
        infer_shape: Whether all elements must have one shape.

    >>> import tensegra as tg
    >>> tg.TensorArraySpec([3], tg.float32)
    TensorArraySpec(element_shape=(3,), dtype=tg.float32, dynamic_size=False, infer_shape=True)
    """

    __slots__ = ("_dtype", "_dynamic_size", "_element_shape", "_infer_shape")

    def __init__(
        self,
        element_shape: Any = None,
        dtype: Any = float32,
        dynamic_size: bool = False,
        infer_shape: bool = True,
    ) -> None:
        self._element_shape = TensorShape(element_shape)
        self._dtype = as_dtype(dtype)
        self._dynamic_size = dynamic_size
        self._infer_shape = infer_shape

    @property
    def element_shape(self) -> TensorShape:
        """The shape of the elements."""
        return self._element_shape

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._dtype

    @property
    def value_type(self) -> type[TensorArray]:
        """What it describes."""
        return TensorArray

    @classmethod
    def from_value(cls, value: TensorArray) -> TensorArraySpec:
        """The spec of an array."""
        return cls(value.element_shape, value.dtype, value.dynamic_size, value._infer)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether an array, or one of another spec, could be meant."""
        other = spec_or_value
        if isinstance(other, TensorArray):
            other = TensorArraySpec.from_value(other)
        return (
            isinstance(other, TensorArraySpec)
            and self._dtype == other._dtype
            and self._dynamic_size == other._dynamic_size
            and self._element_shape.is_compatible_with(other._element_shape)
        )

    def _fields(self) -> tuple[Any, ...]:
        return self._element_shape, self._dtype, self._dynamic_size, self._infer_shape

    def __eq__(self, other: object) -> bool:
        return self._fields() == other._fields() if isinstance(other, TensorArraySpec) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return (
            f"TensorArraySpec(element_shape={self._element_shape}, dtype={self._dtype!r}, "
            f"dynamic_size={self._dynamic_size}, infer_shape={self._infer_shape})"
        )
