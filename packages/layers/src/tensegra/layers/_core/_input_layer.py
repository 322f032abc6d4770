"""The layer at the beginning of a model."""

from __future__ import annotations

from typing import Any

from .._base._keras_tensor import KerasTensor
from .._base._layer import Layer
from .._base._node import Node
from .._errors import invalid
from .._shapes import Shape


class InputLayer(Layer):
    """Stands for what is fed into a model.

    Args:
        shape: The shape of one example, without the batch axis.
        batch_size: The size of the batch axis; any size if not given.
        dtype: The dtype of the input; unlike that of other layers, any.
        batch_shape: The shape with the batch axis, instead of the first two.
        name: A name; it names the input in a saved model.

    Raises:
        tg.errors.InvalidArgumentError: Neither or both of `shape` and `batch_shape`, or a size that is not
            positive (TG-1002).

    Example:
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.layers.InputLayer((3,)), tg.layers.Dense(2)])
        >>> model.output_shape
        (None, 2)
    """

    def __init__(
        self,
        shape: Shape | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        batch_shape: Shape | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        if (shape is None) == (batch_shape is None):
            raise invalid(
                "Input",
                "exactly one of shape and batch_shape is needed.",
                f"shape={shape!r}, batch_shape={batch_shape!r}",
                "Give the shape of one example, such as shape=(28, 28, 1).",
                "TG-1002",
            )
        full = tuple(batch_shape) if batch_shape is not None else (batch_size, *_as_tuple(shape))
        if any(size is not None and (not isinstance(size, int) or size < 1) for size in full):
            raise invalid(
                "Input",
                "sizes are positive or None.",
                f"shape={full}",
                "Use None for a size not known.",
                "TG-1002",
            )
        self.batch_shape = full
        output = KerasTensor(full, "float32" if dtype is None else dtype, self.name)
        self.input_dtype = output.dtype
        self.built = True
        Node(self, (), {}, output)

    def call(self) -> None:
        """An input computes nothing; the model puts the data in its place."""

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"batch_shape": list(self.batch_shape), "dtype": self.input_dtype.name, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputLayer:
        """The layer that `get_config` described."""
        known = {key: config[key] for key in ("batch_shape", "shape", "dtype", "name") if key in config}
        return cls(**known)


def _as_tuple(shape: Any) -> tuple[Any, ...]:
    if not isinstance(shape, list | tuple):
        raise invalid(
            "Input",
            "shape is a tuple of sizes.",
            f"shape={shape!r}",
            "Write (4,) for four numbers.",
            "TG-1002",
        )
    return tuple(shape)
