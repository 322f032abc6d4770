"""`tg.RaggedTensorSpec`."""

from __future__ import annotations

from typing import Any

from tensegra._dtypes import as_dtype, int64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec
from tensegra._type_spec import TypeSpec
from tensegra._typing import DTypeLike

from .tensor import RaggedTensor


@public("RaggedTensorSpec")
class RaggedTensorSpec(TypeSpec):
    """The shape, dtype and ragged rank of a `tg.RaggedTensor`, for the signature of a `tg.function`.

    Args:
        shape: The shape; ragged sizes are None.
        dtype: The dtype of the values.
        ragged_rank: How many dimensions are ragged; by default all but the first.
        row_splits_dtype: int32 or int64.

    >>> import tensegra as tg
    >>> double = tg.function(lambda x: x * 2.0, input_signature=[tg.RaggedTensorSpec([None, None])])
    >>> double(tg.ragged.constant([[1.0], [2.0, 3.0]]))
    <tg.RaggedTensor [[2.0], [4.0, 6.0]]>
    """

    def __init__(
        self,
        shape: Any = None,
        dtype: DTypeLike = "float32",
        ragged_rank: int | None = None,
        row_splits_dtype: DTypeLike = int64,
    ) -> None:

        self.shape = TensorShape(shape)
        self.dtype = as_dtype(dtype)
        rank = self.shape.rank
        if ragged_rank is None and rank is None:
            raise InvalidArgumentError(
                "[RaggedTensorSpec] shape or ragged_rank must be known. Received: shape=None. Give ragged_rank.",
                code="TG-0103",
            )
        self.ragged_rank = (rank or 1) - 1 if ragged_rank is None else ragged_rank
        self.row_splits_dtype = as_dtype(row_splits_dtype)

    @classmethod
    def from_value(cls, value: RaggedTensor) -> RaggedTensorSpec:
        """The spec of a ragged tensor."""
        return cls(value.shape, value.dtype, value.ragged_rank, value.row_splits.dtype)

    @property
    def value_type(self) -> type[RaggedTensor]:
        """`tg.RaggedTensor`."""
        return RaggedTensor

    def _fields(self) -> tuple[Any, ...]:
        return self.shape, self.dtype, self.ragged_rank, self.row_splits_dtype

    def _as_form(self) -> Any:
        """A ragged tensor of specs."""

        sizes = [None] * (self.ragged_rank + 1) if self.shape.rank is None else self.shape.as_list()
        result: Any = TensorSpec([None, *sizes[self.ragged_rank + 1 :]], self.dtype)
        for axis in range(self.ragged_rank - 1, -1, -1):
            rows = sizes[0] if axis == 0 else None
            result = RaggedTensor(
                result, TensorSpec([None if rows is None else rows + 1], self.row_splits_dtype)
            )
        return result

    def __repr__(self) -> str:
        return (
            f"RaggedTensorSpec({self.shape}, {self.dtype!r}, {self.ragged_rank}, {self.row_splits_dtype!r})"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RaggedTensorSpec) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))
