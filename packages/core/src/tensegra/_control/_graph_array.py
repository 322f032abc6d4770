"""The elements of a `tg.TensorArray` in a graph: one tensor, and how much of it counts where it may grow."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import DType, int32, string
from tensegra._errors import UnimplementedError
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor, convert_to_tensor


class GraphArray:
    """Elements stacked in a tensor. `length` is None where the array does not grow."""

    def __init__(self, buffer: Tensor, length: Tensor | None) -> None:
        self.buffer = buffer
        self.length = length

    def components(self) -> list[Tensor]:
        return [self.buffer] if self.length is None else [self.buffer, self.length]

    def opened(self, dynamic: bool) -> GraphArray:
        """The same elements, in an array that may grow."""
        if not dynamic:
            return self
        return GraphArray(_native.execute("array_open", (self.buffer,)), self.size())

    def size(self) -> Tensor:
        if self.length is not None:
            return self.length
        return _native.execute("array_read", (_native.execute("shape", (self.buffer,)), 0))  # type: ignore[no-any-return]

    def read(self, index: Tensor, shape: TensorShape) -> Tensor:
        return ensured(_native.execute("array_read", (self.buffer, index)), shape)

    def write(self, index: Tensor, value: Tensor) -> GraphArray:
        buffer, length = self.buffer, self.length
        if length is not None:
            end = _native.execute("cast", (index,), {"dtype": int32}) + 1
            buffer = _native.execute("array_reserve", (buffer, end))
            length = _native.execute("maximum", (length, end))
        return GraphArray(_native.execute("array_write", (buffer, index, value)), length)

    def stack(self, shape: TensorShape) -> Tensor:
        buffer = self.buffer
        if self.length is not None:
            buffer = _native.execute("array_first", (buffer, self.length))
        size = buffer.shape[0] if buffer.shape.rank else None
        return ensured(
            buffer, TensorShape(None) if shape.rank is None else TensorShape([size, *shape.as_list()])
        )

    def concat(self, shape: TensorShape) -> Tensor:
        stacked = self.stack(shape)
        sizes = _native.execute("shape", (stacked,))
        joined = _native.execute("concat", ([convert_to_tensor([-1], dtype=int32), sizes[2:]],), {"axis": 0})
        inner = TensorShape(None) if shape.rank is None else TensorShape([None, *shape.as_list()[1:]])
        return ensured(_native.execute("reshape", (stacked, joined)), inner)

    def unstack(self, value: Tensor) -> GraphArray:
        return GraphArray(_native.execute("identity", (value,)), None).opened(self.length is not None)


def make(dtype: DType, size: Tensor, shape: TensorShape, dynamic: bool) -> GraphArray:
    """An array of zeros; where the shape of its elements is not known, the first one decides it."""
    if dtype is string:
        raise UnimplementedError(
            "[TensorArray] in a graph, the elements have a dtype of fixed size. Received: dtype=string. Keep numbers, "
            "or use the array where ops run at once.",
            code="TG-0522",
        )
    element = shape.as_list() if shape.is_fully_defined() else [0]
    dims = _native.execute("concat", ([size[None], convert_to_tensor(element, dtype=int32)],), {"axis": 0})
    buffer = _native.execute("fill", (dims, zero(dtype)))
    return GraphArray(buffer, size if dynamic else None)


def zero(dtype: DType) -> Tensor:
    """A scalar 0, or an empty string."""
    if dtype is string:
        return convert_to_tensor("")
    return _native.execute("cast", (convert_to_tensor(0),), {"dtype": dtype})  # type: ignore[no-any-return]


def ensured(tensor: Tensor, shape: TensorShape) -> Tensor:
    """The tensor, known to have a shape."""
    if shape.rank is None or tensor.shape == shape:
        return tensor
    sizes = [-1 if size is None else size for size in shape.as_list()]
    return _native.execute("ensure_shape", (tensor,), {"shape": sizes})  # type: ignore[no-any-return]


def unequal(where: str, lengths: Any) -> UnimplementedError:
    """What an array in a graph cannot hold."""
    return UnimplementedError(
        f"[TensorArray.{where}] in a graph, the elements of an array have one shape, known when it is traced. "
        f"Received: lengths={lengths!r}. Pass equal lengths as Python ints.",
        code="TG-0522",
    )
