"""Types of arguments, for annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

import numpy as np

if TYPE_CHECKING:
    from tensegra._dtypes import DType
    from tensegra._shape import TensorShape
    from tensegra._tensor import Tensor
    from tensegra._variable import Variable


class SupportsAsTensor(Protocol):
    """What stands for a tensor and can say which: `_as_tensor()` is called when an op gets such an object."""

    def _as_tensor(self) -> Tensor: ...


TensorLike: TypeAlias = Union[
    "Tensor", "Variable", SupportsAsTensor, np.ndarray, np.generic, complex, str, bytes, Sequence[Any]
]
DTypeLike: TypeAlias = Union["DType", str, type, np.dtype]
ShapeLike: TypeAlias = Union["TensorShape", "Tensor", np.ndarray, int, Sequence[Any]]
