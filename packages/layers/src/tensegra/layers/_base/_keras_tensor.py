"""A tensor that has a shape but no values: what layers are connected with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import tensegra as tg

from .._errors import invalid
from .._names import unique_name

if TYPE_CHECKING:
    from ._node import Node


class KerasTensor:
    """The symbolic output of `Input` or of a layer called on symbolic inputs.

    Only layers take it; its values exist once a model runs.

    Args:
        shape: Sizes, None where not known; the first is the batch.
        dtype: The dtype.
        name: A name; made up if not given.

    Example:
        >>> import tensegra as tg
        >>> x = tg.layers.Input((4,), name="features")
        >>> tg.layers.Dense(2)(x).shape
        (None, 2)
    """

    def __init__(
        self, shape: tuple[int | None, ...], dtype: Any = "float32", name: str | None = None
    ) -> None:
        self.shape = tuple(shape)
        self.dtype = tg.as_dtype(dtype)
        self.name = name or unique_name("keras_tensor")
        # The layer call that made it and which of its outputs it is.
        self._node: Node | None = None
        self._index = 0

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype.name}, name={self.name}>"

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise invalid(
            "KerasTensor",
            "a symbolic tensor has no values; only layers take it.",
            repr(self),
            "Use a layer for this step (Add, Concatenate, ...), or write it in the call() of a layer of your own.",
            "TG-1007",
        )

    __array__ = __bool__ = __float__ = __int__ = __iter__ = __len__ = __getitem__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __matmul__ = __rmatmul__ = __pow__ = __neg__ = _refuse


def any_symbolic(nest: Any) -> bool:
    """Whether a KerasTensor is anywhere in `nest`."""
    if isinstance(nest, dict):
        return any(any_symbolic(item) for item in nest.values())
    if isinstance(nest, list | tuple):
        return any(any_symbolic(item) for item in nest)
    return isinstance(nest, KerasTensor)
