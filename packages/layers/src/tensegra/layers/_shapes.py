"""Shapes as tuples, in which None is a size not known yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from ._errors import check_choice, check_positive, invalid

Shape = tuple[int | None, ...]


def shape_of(value: Any) -> Shape:
    """The static shape of a tensor or of a symbolic one."""
    shape = value.shape
    if isinstance(shape, tuple):
        return shape
    if shape.rank is None:
        raise invalid(
            "Layer", "the number of dimensions must be known.", f"shape={shape}", "Set the shape.", "TG-1001"
        )
    return tuple(shape.as_list())


def shapes_of(values: Any) -> Any:
    """The shapes of a nest of tensors, in the same nest."""
    if isinstance(values, dict):
        return {key: shapes_of(value) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return [shapes_of(value) for value in values]
    return shape_of(values)


def is_shape(value: Any) -> bool:
    """Whether `value` is one shape, not a nest of them."""
    return isinstance(value, list | tuple | tg.TensorShape) and all(
        size is None or isinstance(size, int) for size in value
    )


def as_shape(value: Any) -> Any:
    """A shape (or a nest of shapes) with every shape a tuple; JSON turns tuples into lists."""
    if isinstance(value, dict):
        return {key: as_shape(item) for key, item in value.items()}
    return tuple(value) if is_shape(value) else [as_shape(item) for item in value]


def product(sizes: Sequence[int | None]) -> int | None:
    """The product, None when a size is not known."""
    result = 1
    for size in sizes:
        if size is None:
            return None
        result *= size
    return result


def pair(where: str, name: str, value: int | Sequence[int]) -> tuple[int, int]:
    """An argument such as `kernel_size`: one positive integer for both axes, or two."""
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise invalid(
                where,
                f"{name} must be an integer or two integers.",
                f"{name}={value!r}",
                "Give one or two.",
                "TG-1002",
            )
        return check_positive(where, name, value[0]), check_positive(where, name, value[1])
    size = check_positive(where, name, value)
    return size, size


def window_length(size: int | None, window: int, padding: str, stride: int, dilation: int = 1) -> int | None:
    """How many windows fit on an axis of `size`."""
    if size is None:
        return None
    covered = 1 if padding == "same" else (window - 1) * dilation + 1
    return (size - covered) // stride + 1


def check_windows(where: str, sizes: Sequence[int | None], padding: str) -> None:
    """Raises when the window is larger than the image."""
    if padding == "valid" and any(size is not None and size < 1 for size in sizes):
        raise invalid(
            where,
            "the window must not be larger than the image.",
            f"output size={tuple(sizes)}",
            'Use a smaller window or padding="same".',
            "TG-1001",
        )


def check_padding(where: str, padding: str) -> str:
    """`padding` in lower case, `valid` or `same`."""
    lowered = padding.lower() if isinstance(padding, str) else padding
    check_choice(where, "padding", lowered, ("valid", "same"))
    return lowered
