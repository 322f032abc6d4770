"""Functions that make the first values of variables."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._composites.creation import ones, zeros
from tensegra._dtypes import as_dtype
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, constant
from tensegra._typing import DTypeLike, ShapeLike, TensorLike


class _Initializer:
    """Called with a shape and a dtype, it makes a tensor."""

    def __call__(self, shape: ShapeLike, dtype: DTypeLike = "float32", **kwargs: Any) -> Tensor:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments with which such an object can be made again."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An object from what `get_config` returned."""
        config = dict(config)
        config.pop("dtype", None)
        return cls(**config)


def _partition(kwargs: dict[str, Any], shape: Any) -> Any:
    """The shape of the part that is made, where a variable is made in parts."""
    return kwargs.get("partition_shape") or shape


@public("zeros_initializer")
class ZerosInitializer(_Initializer):
    """Makes zeros.

    >>> import tensegra as tg
    >>> tg.zeros_initializer()([2]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: ShapeLike, dtype: DTypeLike = "float32", **kwargs: Any) -> Tensor:
        """Makes a tensor of this shape and dtype."""
        return zeros(_partition(kwargs, shape), dtype)


@public("ones_initializer")
class OnesInitializer(_Initializer):
    """Makes ones.

    >>> import tensegra as tg
    >>> tg.ones_initializer()([2]).numpy()
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: ShapeLike, dtype: DTypeLike = "float32", **kwargs: Any) -> Tensor:
        """Makes a tensor of this shape and dtype."""
        return ones(_partition(kwargs, shape), dtype)


@public("constant_initializer")
class ConstantInitializer(_Initializer):
    """Makes tensors of one value, or of the values of a list.

    Args:
        value: A number, or nested lists or an array of them, in row-major order.
        support_partition: Whether it may make parts of a variable, which needs one number.

    >>> import tensegra as tg
    >>> tg.constant_initializer([1, 2, 3, 4])([2, 2]).numpy()
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """

    def __init__(self, value: TensorLike = 0, support_partition: bool = False) -> None:
        self.value = value
        self.support_partition = support_partition

    def __call__(self, shape: ShapeLike, dtype: DTypeLike | None = None, **kwargs: Any) -> Tensor:
        """Makes a tensor of this shape; without a dtype it is that of float32.

        Raises:
            tg.errors.InvalidArgumentError: Where there is neither one value nor one for each element (TG-0105).
        """
        return constant(self.value, dtype or "float32", _partition(kwargs, shape))

    def get_config(self) -> dict[str, Any]:
        """The arguments with which such an object can be made again."""
        return {"value": self.value}


class _RandomInitializer(_Initializer):
    def _require_float(self, dtype: DTypeLike) -> Any:
        kind = as_dtype(dtype)
        if not kind.is_floating and not kind.is_integer:
            raise InvalidArgumentError(
                f"[initializer] random values are numbers. Received: dtype={kind.name}. Use tg.float32.",
                code="TG-0102",
            )
        return kind


@public("random_uniform_initializer")
class RandomUniformInitializer(_RandomInitializer):
    """Draws from the uniform distribution.

    Args:
        minval: The lower end.
        maxval: The upper end, not included; needed for integers.
        seed: The seed of the draws; see `tg.random.set_seed`.

    >>> import tensegra as tg
    >>> x = tg.random_uniform_initializer(minval=-1.0, maxval=1.0)([3, 3])
    >>> x.shape, bool(tg.reduce_all(x < 1.0))
    (TensorShape([3, 3]), True)
    """

    def __init__(
        self, minval: TensorLike = -0.05, maxval: TensorLike = 0.05, seed: int | None = None
    ) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape: ShapeLike, dtype: DTypeLike = "float32", **kwargs: Any) -> Tensor:
        """Makes a tensor of this shape and dtype.

        Raises:
            tg.errors.InvalidArgumentError: For a dtype that holds no numbers (TG-0102).
        """
        from tensegra import random

        kind = self._require_float(dtype)
        size: Any = _partition(kwargs, shape)
        low: Any = _native.tensor(self.minval, kind._number)
        high: Any = _native.tensor(self.maxval, kind._number)
        return random.uniform(size, low, high, kind, self.seed)

    def get_config(self) -> dict[str, Any]:
        """The arguments with which such an object can be made again."""
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


@public("random_normal_initializer")
class RandomNormalInitializer(_RandomInitializer):
    """Draws from the normal distribution.

    Args:
        mean: The mean.
        stddev: The standard deviation.
        seed: The seed of the draws; see `tg.random.set_seed`.

    >>> import tensegra as tg
    >>> tg.random_normal_initializer(mean=1.0, stddev=0.0)([2]).numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(self, mean: TensorLike = 0.0, stddev: TensorLike = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape: ShapeLike, dtype: DTypeLike = "float32", **kwargs: Any) -> Tensor:
        """Makes a tensor of this shape and dtype.

        Raises:
            tg.errors.InvalidArgumentError: For a dtype that holds no numbers (TG-0102).
        """
        from tensegra import random

        kind = self._require_float(dtype)
        size: Any = _partition(kwargs, shape)
        return random.normal(size, self.mean, self.stddev, kind, self.seed)

    def get_config(self) -> dict[str, Any]:
        """The arguments with which such an object can be made again."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}
