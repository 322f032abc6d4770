"""What a layer says about the inputs it can take."""

from __future__ import annotations

from typing import Any

from .._errors import invalid
from .._shapes import shape_of


class InputSpec:
    """The number of dimensions and the sizes that a layer needs.

    Args:
        shape: The exact shape; None is any size.
        ndim: The exact number of dimensions.
        min_ndim: The least number of dimensions.
        max_ndim: The greatest number of dimensions.
        axes: Sizes of single axes, such as `{-1: 64}`.

    Example:
        >>> import tensegra as tg
        >>> tg.layers.InputSpec(min_ndim=2, axes={-1: 64})
        InputSpec(min_ndim=2, axes={-1: 64})
    """

    def __init__(
        self,
        shape: tuple[int | None, ...] | None = None,
        ndim: int | None = None,
        min_ndim: int | None = None,
        max_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
    ) -> None:
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.min_ndim = min_ndim
        self.max_ndim = max_ndim
        self.axes = dict(axes or {})

    def __repr__(self) -> str:
        parts = {"ndim": self.ndim, "min_ndim": self.min_ndim, "max_ndim": self.max_ndim, "axes": self.axes}
        return f"InputSpec({', '.join(f'{name}={value}' for name, value in parts.items() if value)})"

    def check(self, layer: str, value: Any) -> None:
        """Raises, naming the layer, unless `value` is as described."""
        shape = shape_of(value)
        rank = len(shape)
        if self.ndim is not None and rank != self.ndim:
            raise _wrong(layer, f"the input must have {self.ndim} dimensions", shape)
        if self.min_ndim is not None and rank < self.min_ndim:
            raise _wrong(layer, f"the input must have at least {self.min_ndim} dimensions", shape)
        if self.max_ndim is not None and rank > self.max_ndim:
            raise _wrong(layer, f"the input must have at most {self.max_ndim} dimensions", shape)
        wanted = dict(self.axes)
        if self.shape is not None:
            wanted |= dict(enumerate(self.shape))
        for axis, size in wanted.items():
            if not -rank <= axis < rank:
                raise _wrong(layer, f"the input must have an axis {axis}", shape)
            if size is not None and shape[axis] not in (None, size):
                raise _wrong(layer, f"axis {axis} of the input must have size {size}", shape)


def _wrong(layer: str, rule: str, shape: tuple[int | None, ...]) -> Exception:
    return invalid(
        f"layer {layer!r}",
        f"{rule}.",
        f"input shape={shape}",
        "Check the shape of the data; the first axis is the batch.",
        "TG-1001",
    )
