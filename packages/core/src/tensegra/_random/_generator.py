"""Generators with state of their own: `tg.random.Generator`."""

from __future__ import annotations

import os
from typing import Any

from tensegra import _native
from tensegra._dtypes import float32
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

from . import _draw


@public("random.Generator")
class Generator:
    """A generator of random numbers with a state of its own: nothing else changes what it draws.

    Make one with `from_seed` or `from_non_deterministic_state`. In a `tg.function` it must be made outside; each call
    goes on where the last one ended.

    >>> import tensegra as tg
    >>> one, two = tg.random.Generator.from_seed(1), tg.random.Generator.from_seed(1)
    >>> bool(tg.reduce_all(one.normal([3]) == two.normal([3])))
    True
    """

    def __init__(self, state: Tensor) -> None:
        self._state = state

    @classmethod
    def from_seed(cls, seed: int) -> Generator:
        """A generator whose numbers follow from the seed.

        Raises:
            tg.errors.InvalidArgumentError: The seed is no integer, or not above 0.
        """
        if not isinstance(seed, int) or isinstance(seed, bool) or seed <= 0:
            raise InvalidArgumentError(
                f"[random.Generator.from_seed] the seed must be an integer above 0. Received: seed={seed!r}. "
                "Use such as 1.",
                code="TG-0106",
            )
        _native.lift()
        try:
            # TensorFlow puts the seed of a generator into the counter; the key is 0.
            return cls(_native.execute("random_state", (), {"seed": 0, "seed2": 0, "counter": seed}))
        finally:
            _native.leave()

    @classmethod
    def from_non_deterministic_state(cls) -> Generator:
        """A generator that begins anywhere."""
        return cls.from_seed(int.from_bytes(os.urandom(7), "little") + 1)

    def uniform(
        self,
        shape: ShapeLike,
        minval: TensorLike = 0,
        maxval: TensorLike | None = None,
        dtype: DTypeLike = float32,
        name: str | None = None,
    ) -> Tensor:
        """Uniform numbers of [minval, maxval); see `tg.random.uniform`."""
        return _draw.uniform("random.Generator.uniform", self._of, shape, minval, maxval, dtype)

    def normal(
        self,
        shape: ShapeLike,
        mean: TensorLike = 0.0,
        stddev: TensorLike = 1.0,
        dtype: DTypeLike = float32,
        name: str | None = None,
    ) -> Tensor:
        """Normal numbers; see `tg.random.normal`."""
        return _draw.normal("random.Generator.normal", "random_normal", self._of, shape, mean, stddev, dtype)

    def truncated_normal(
        self,
        shape: ShapeLike,
        mean: TensorLike = 0.0,
        stddev: TensorLike = 1.0,
        dtype: DTypeLike = float32,
        name: str | None = None,
    ) -> Tensor:
        """Normal numbers within two standard deviations; see `tg.random.truncated_normal`."""
        where = "random.Generator.truncated_normal"
        return _draw.normal(where, "random_truncated_normal", self._of, shape, mean, stddev, dtype)

    def _of(self, op: str, dtype_number: int) -> Any:
        return self._state
