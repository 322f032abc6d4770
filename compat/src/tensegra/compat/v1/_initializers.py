"""Initializers with the defaults of 1.x."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ._apply import constant
from ._arrays import ones, reshape, zeros
from ._core import tg
from ._errors import invalid
from ._random import random_normal, random_uniform, truncated_normal
from ._shapes import TensorShape
from ._symbols import export
from ._tensor import core_dtype


class Initializer:
    """Makes the first value of a variable of a shape and dtype."""

    dtype: Any = tg.float32

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """A tensor of the shape."""
        return self._make(_sizes(shape), core_dtype(self.dtype if dtype is None else dtype), partition_info)

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments that make another one like it."""
        found = {key: value for key, value in self.__dict__.items() if not key.startswith("_")}
        if "dtype" in found:
            found["dtype"] = core_dtype(found["dtype"]).name
        return found

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Made of these arguments."""
        return cls(**config)


export("initializers.Initializer keras.initializers.Initializer")(Initializer)


def _sizes(shape: Any) -> list[int]:
    if isinstance(shape, tg.TensorShape):
        return list(shape.as_list())
    return [int(size) for size in TensorShape(shape).as_list()]  # type: ignore[arg-type]


@export("zeros_initializer initializers.zeros")
class Zeros(Initializer):
    """Zeros."""

    def __init__(self, dtype: Any = tg.float32) -> None:
        self.dtype = core_dtype(dtype)

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        return zeros(shape, dtype)


@export("ones_initializer initializers.ones")
class Ones(Initializer):
    """Ones."""

    def __init__(self, dtype: Any = tg.float32) -> None:
        self.dtype = core_dtype(dtype)

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        return ones(shape, dtype)


@export("constant_initializer initializers.constant")
class Constant(Initializer):
    """A value, or a list of values that fills the shape."""

    def __init__(self, value: Any = 0, dtype: Any = tg.float32, verify_shape: bool = False) -> None:
        self.value = value
        self.dtype = core_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(
        self, shape: Any, dtype: Any = None, partition_info: Any = None, verify_shape: Any = None
    ) -> Any:
        """The value in the shape."""
        wanted = core_dtype(self.dtype if dtype is None else dtype)
        return constant(
            self.value, wanted, _sizes(shape), verify_shape=bool(self._verify_shape or verify_shape)
        )


class _Random(Initializer):
    def __init__(self, seed: int | None, dtype: Any) -> None:
        self.seed = seed
        self.dtype = core_dtype(dtype)


@export("random_uniform_initializer initializers.random_uniform")
class RandomUniform(_Random):
    """Uniform numbers."""

    def __init__(
        self, minval: Any = 0.0, maxval: Any = None, seed: int | None = None, dtype: Any = tg.float32
    ) -> None:
        super().__init__(seed, dtype)
        self.minval, self.maxval = minval, maxval

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        return random_uniform(shape, self.minval, self.maxval, dtype, seed=self.seed)


@export("random_normal_initializer initializers.random_normal")
class RandomNormal(_Random):
    """Normal numbers."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 1.0, seed: int | None = None, dtype: Any = tg.float32
    ) -> None:
        super().__init__(seed, dtype)
        self.mean, self.stddev = mean, stddev

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        return random_normal(shape, self.mean, self.stddev, dtype, seed=self.seed)


@export("truncated_normal_initializer initializers.truncated_normal")
class TruncatedNormal(_Random):
    """Normal numbers of at most two standard deviations."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 1.0, seed: int | None = None, dtype: Any = tg.float32
    ) -> None:
        super().__init__(seed, dtype)
        self.mean, self.stddev = mean, stddev

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        return truncated_normal(shape, self.mean, self.stddev, dtype, seed=self.seed)


@export("uniform_unit_scaling_initializer initializers.uniform_unit_scaling")
class UniformUnitScaling(_Random):
    """Uniform numbers that keep the scale of what goes in."""

    def __init__(self, factor: float = 1.0, seed: int | None = None, dtype: Any = tg.float32) -> None:
        super().__init__(seed, dtype)
        self.factor = factor

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        full = shape if partition_info is None else partition_info.full_shape
        size = 1.0
        for each in full[:-1]:
            size *= float(each)
        limit = math.sqrt(3 / max(size, 1.0)) * self.factor
        return random_uniform(shape, -limit, limit, dtype, seed=self.seed)


def fans(shape: list[int]) -> tuple[float, float]:
    """How many numbers go into an output, and out of an input."""
    if not shape:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    if len(shape) == 2:
        return shape[0], shape[1]
    field = 1
    for size in shape[:-2]:
        field *= size
    return shape[-2] * field, shape[-1] * field


@export("variance_scaling_initializer initializers.variance_scaling")
class VarianceScaling(_Random):
    """Random numbers whose spread follows from the shape."""

    def __init__(
        self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal", seed: int | None = None,
        dtype: Any = tg.float32,
    ) -> None:  # fmt: skip
        super().__init__(seed, dtype)
        mode, distribution = mode.lower(), distribution.lower()
        if scale <= 0 or mode not in ("fan_in", "fan_out", "fan_avg") or distribution not in (
            "normal", "uniform", "truncated_normal", "untruncated_normal",
        ):  # fmt: skip
            raise invalid(
                "variance_scaling_initializer", "scale, mode and distribution must be ones that there are",
                f"{scale!r}, {mode!r}, {distribution!r}", "See the documentation.", "TG-7262",
            )  # fmt: skip
        self.scale, self.mode, self.distribution = scale, mode, distribution

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        full = shape if partition_info is None else list(partition_info.full_shape)
        inside, outside = fans(full)
        count = {"fan_in": inside, "fan_out": outside, "fan_avg": (inside + outside) / 2.0}[self.mode]
        scale = self.scale / max(1.0, count)
        if self.distribution in ("normal", "truncated_normal"):
            # The constant is the standard deviation of a normal distribution that is cut at two.
            return truncated_normal(shape, 0.0, math.sqrt(scale) / 0.87962566103423978, dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random_normal(shape, 0.0, math.sqrt(scale), dtype, seed=self.seed)
        limit = math.sqrt(3.0 * scale)
        return random_uniform(shape, -limit, limit, dtype, seed=self.seed)


@export("glorot_uniform_initializer initializers.glorot_uniform")
class GlorotUniform(VarianceScaling):
    """Uniform numbers (X. Glorot and Y. Bengio, 2010)."""

    def __init__(self, seed: int | None = None, dtype: Any = tg.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)


@export("glorot_normal_initializer initializers.glorot_normal")
class GlorotNormal(VarianceScaling):
    """Normal numbers (X. Glorot and Y. Bengio, 2010)."""

    def __init__(self, seed: int | None = None, dtype: Any = tg.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)


@export("keras.initializers.he_normal initializers.he_normal")
def he_normal(seed: int | None = None, dtype: Any = tg.float32) -> VarianceScaling:
    """Normal numbers (K. He et al., 2015)."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed, dtype)


@export("keras.initializers.he_uniform initializers.he_uniform")
def he_uniform(seed: int | None = None, dtype: Any = tg.float32) -> VarianceScaling:
    """Uniform numbers (K. He et al., 2015)."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed, dtype)


@export("keras.initializers.lecun_normal initializers.lecun_normal")
def lecun_normal(seed: int | None = None, dtype: Any = tg.float32) -> VarianceScaling:
    """Normal numbers (Y. LeCun et al., 1998)."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed, dtype)


@export("keras.initializers.lecun_uniform initializers.lecun_uniform")
def lecun_uniform(seed: int | None = None, dtype: Any = tg.float32) -> VarianceScaling:
    """Uniform numbers (Y. LeCun et al., 1998)."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed, dtype)


@export("orthogonal_initializer initializers.orthogonal")
class Orthogonal(_Random):
    """An orthogonal matrix."""

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = tg.float32) -> None:
        super().__init__(seed, dtype)
        self.gain = gain

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        from ._apply import apply

        if len(shape) < 2:
            raise invalid(
                "orthogonal_initializer",
                "the shape must have two dimensions",
                f"{shape}",
                "Use another.",
                "TG-7262",
            )
        rows = int(np.prod(shape[:-1]))
        columns = shape[-1]
        drawn = random_normal((max(rows, columns), min(rows, columns)), dtype=dtype, seed=self.seed)

        def orthogonal(x: Any) -> Any:
            q, r = tg.linalg.qr(x, full_matrices=False)
            q = q * tg.sign(tg.linalg.diag_part(r))
            return tg.linalg.matrix_transpose(q) if rows < columns else q

        made = apply("Qr", orthogonal, drawn)
        return apply("mul", lambda x: tg.constant(self.gain, dtype) * x, reshape(made, shape))


@export("keras.initializers.Identity initializers.identity")
class Identity(Initializer):
    """The identity matrix."""

    def __init__(self, gain: float = 1.0, dtype: Any = tg.float32) -> None:
        self.gain = gain
        self.dtype = core_dtype(dtype)

    def _make(self, shape: list[int], dtype: Any, partition_info: Any) -> Any:
        return constant(self.gain * np.eye(shape[0], shape[-1]), dtype)


ZEROS, ONES = Zeros(), Ones()
"""Defaults of layers."""
