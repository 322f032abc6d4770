"""Random zeros while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensegra as tg

from .._base._layer import Layer
from .._base._seed_generator import SeedGenerator
from .._errors import check_range, invalid
from .._shapes import Shape, shape_of


class Dropout(Layer):
    """Sets numbers to 0 with a probability while training, and scales the rest up so that the mean stays.

    Outside of training it does nothing.

    Args:
        rate: The probability of a zero, in [0, 1).
        noise_shape: The shape of the random mask; an axis of size 1 drops all along it together.
        seed: Where the stream of random numbers starts.
        **kwargs: Arguments of `Layer`.

    Raises:
        tg.errors.InvalidArgumentError: `rate` outside of [0, 1] (TG-1002).

    Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15
    (2014).

    Example:
        >>> import numpy as np
        >>> import tensegra as tg
        >>> x = np.ones((1, 1000), np.float32)
        >>> dropped = tg.layers.Dropout(0.5, seed=0)(x, training=True).numpy()
        >>> sorted(set(dropped.ravel().tolist()))
        [0.0, 2.0]
    """

    _keeps_dtype = True

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rate = check_range("Dropout", "rate", rate, 0.0, 1.0)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed) if self.rate > 0 else None

    def call(self, inputs: tg.Tensor, training: bool = False) -> tg.Tensor:
        """The inputs, with zeros while training."""
        if not training or self.seed_generator is None:
            return inputs
        if self.rate == 1.0:
            return tg.zeros_like(inputs)
        uniform = tg.random.stateless_uniform(
            self._mask_shape(inputs), seed=self.seed_generator.next(), dtype=inputs.dtype
        )
        scaled = tg.multiply(inputs, tg.constant(1.0 / (1.0 - self.rate), dtype=inputs.dtype))
        kept = tg.greater_equal(uniform, tg.constant(self.rate, dtype=inputs.dtype))
        return tg.multiply(scaled, tg.cast(kept, inputs.dtype))

    def _mask_shape(self, inputs: tg.Tensor) -> Any:
        static = shape_of(inputs)
        if self.noise_shape is not None and len(self.noise_shape) != len(static):
            raise invalid(
                f"layer {self.name!r}",
                f"the input must have one axis per entry of noise_shape={self.noise_shape}.",
                f"input shape={static}",
                "Give noise_shape with the batch axis.",
                "TG-1001",
            )
        wanted = self.noise_shape or (None,) * len(static)
        sizes = [known if size is None else size for size, known in zip(wanted, static)]
        if None not in sizes:
            return sizes
        dynamic = tg.shape(inputs)
        return tg.stack([dynamic[axis] if size is None else size for axis, size in enumerate(sizes)])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        noise_shape = None if self.noise_shape is None else list(self.noise_shape)
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": noise_shape}
