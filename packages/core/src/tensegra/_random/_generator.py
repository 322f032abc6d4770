"""Generators with state of their own: `tg.random.Generator`."""

from __future__ import annotations

import os
from typing import Any

from tensegra import _forks, _native, _seeds
from tensegra._dtypes import as_dtype, float32, int32, int64, uint64
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._stateful import Stateful, register
from tensegra._tensor import Tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

from . import _draw, _stateless
from ._algorithm import Algorithm, create_rng_state, philox


@public("random.Generator")
class Generator(Stateful):
    """A generator of random numbers with a state of its own: nothing else changes what it draws.

    Make one with `from_seed` or `from_non_deterministic_state`. In a `tg.function` it must be made outside; each call
    goes on where the last one ended.

    >>> import tensegra as tg
    >>> one, two = tg.random.Generator.from_seed(1), tg.random.Generator.from_seed(1)
    >>> bool(tg.reduce_all(one.normal([3]) == two.normal([3])))
    True
    """

    def __init__(self, copy_from: Generator | None = None, state: Any = None, alg: Any = None) -> None:
        """A generator at the place of another one, or at a state.

        Args:
            copy_from: The generator whose state is copied.
            state: Three integers; see `tg.random.create_rng_state`.
            alg: The algorithm: "philox".

        Raises:
            tg.errors.InvalidArgumentError: Both or neither are given (TG-0106), or the state has other than three
                elements (TG-0105).
        """
        if (copy_from is None) == (state is None):
            raise InvalidArgumentError(
                "[random.Generator] it needs either copy_from or state. Received: "
                f"copy_from={copy_from!r}, state={state!r}. Use Generator.from_seed.",
                code="TG-0106",
            )
        philox("random.Generator", alg)
        _native.lift()  # state is made outside of graphs and captured by them
        try:
            self._state = _native.execute("random_state", (), {"seed": 1, "seed2": 0})
            self.reset(copy_from.state if copy_from is not None else state)
        finally:
            _native.leave()
        register(self, self._state)

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """A generator whose numbers follow from the seed.

        Args:
            seed: An integer, or up to three of them.
            alg: The algorithm: "philox", the default.

        Raises:
            tg.errors.InvalidArgumentError: The seed is something else (TG-0106).
        """
        return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_state(cls, state: Any, alg: Any = None) -> Generator:
        """A generator at a state, such as `Generator.state` gives.

        Args:
            state: Three integers.
            alg: The algorithm: "philox".
        """
        return cls(state=state, alg=alg)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Any, alg: Any = None) -> Generator:
        """A generator with a key of its own.

        Args:
            key: An integer.
            counter: Two integers, the low word first.
            alg: The algorithm: "philox".
        """
        return cls(state=_joined(key, counter), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator that begins anywhere.

        Raises:
            tg.errors.FailedPreconditionError: Determinism is enabled (TG-0762).
        """
        _seeds.check_unseeded(
            "random.Generator.from_non_deterministic_state",
            "Use tg.random.Generator.from_seed, and tg.random.set_global_generator for the global one.",
        )
        return cls.from_seed([int.from_bytes(os.urandom(8), "little") for _ in range(3)], alg)

    @property
    def state(self) -> Tensor:
        """Where the generator stands: three int64, the counter, low word first, and the key."""
        return _native.execute("read_random_state", (self._state,))  # type: ignore[no-any-return]

    @property
    def key(self) -> Tensor:
        """The key: an int64."""
        return self.state[2]  # type: ignore[no-any-return]

    @property
    def algorithm(self) -> int:
        """The number of the algorithm in `tg.random.Algorithm`."""
        return Algorithm.PHILOX.value

    def reset(self, state: Any) -> None:
        """Goes to a state.

        Args:
            state: Three integers.
        """
        _native.execute("assign_random_state", (self._state, _native.tensor(state, int64._number)))

    def reset_from_seed(self, seed: Any) -> None:
        """Goes to where `from_seed` begins."""
        self.reset(create_rng_state(seed, "philox"))

    def reset_from_key_counter(self, key: Any, counter: Any) -> None:
        """Goes to where `from_key_counter` begins."""
        self.reset(_joined(key, counter))

    def skip(self, delta: TensorLike) -> Tensor:
        """Moves on as though `delta` numbers had been drawn.

        Args:
            delta: How many, 0-d.

        Returns:
            The state before.
        """
        before = self.state
        blocks = _native.execute(
            "multiply",
            (
                _native.execute("cast", (_native.tensor(delta),), {"dtype": int64._number}),
                _native.tensor(256, int64._number),
            ),
        )
        _native.execute("skip_random_state", (self._state, blocks))
        return before

    def uniform_full_int(
        self, shape: ShapeLike, dtype: DTypeLike = uint64, name: str | None = None
    ) -> Tensor:
        """Integers of all that a dtype has.

        Args:
            shape: The shape of the result.
            dtype: int32, int64, uint32 or uint64.
            name: Ignored; for compatibility.
        """
        inputs = (self._state, _draw.as_shape(shape))
        return _native.execute("random_full_int", inputs, {"dtype": as_dtype(dtype)._number})  # type: ignore[no-any-return]

    def binomial(
        self,
        shape: ShapeLike,
        counts: TensorLike,
        probs: TensorLike,
        dtype: DTypeLike = int32,
        name: str | None = None,
    ) -> Tensor:
        """Numbers of successes; see `tg.random.stateless_binomial`, whose numbers these are for the next seed."""
        seed = self.make_seeds(1)[:, 0]
        return _stateless.stateless_binomial(shape, seed, counts, probs, dtype)

    def make_seeds(self, count: int = 1) -> Tensor:
        """Seeds for stateless draws.

        Args:
            count: How many.

        Returns:
            int64 of shape [2, count]: a column is a seed.
        """
        keys = self.uniform_full_int([count], int64)
        return _native.execute("stack", ([keys, _native.execute("zeros_like", (keys,))],))  # type: ignore[no-any-return]

    def split(self, count: int = 1) -> list[Generator]:
        """Independent generators.

        Args:
            count: How many.
        """
        keys = self.uniform_full_int([count], int64).numpy()
        return [Generator(state=[0, 0, int(key)], alg="philox") for key in keys]

    def uniform(
        self,
        shape: ShapeLike,
        minval: TensorLike | None = 0,
        maxval: TensorLike | None = None,
        dtype: DTypeLike = float32,
        name: str | None = None,
    ) -> Tensor:
        """Uniform numbers of [minval, maxval); see `tg.random.uniform`. Both ends None: all integers of the dtype."""
        if minval is None and maxval is None and as_dtype(dtype).is_integer:
            return self.uniform_full_int(shape, dtype)
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

    def _tensegra_resource(self) -> tuple[str, Any]:
        return "random_state", self._state

    def _tensegra_state(self) -> list[Any]:
        return [self.state]

    def _tensegra_restore(self, state: list[Any]) -> None:
        (value,) = state
        self.reset(value)

    @classmethod
    def _tensegra_rebuild(cls, children: dict[str, Any], metadata: dict[str, str], handle: Any) -> Generator:
        made = cls.__new__(cls)
        made._state = handle
        register(made, handle)
        return made


def _joined(key: Any, counter: Any) -> Any:
    low, high = (int(word) for word in counter)
    return create_rng_state([low, high, int(key)], "philox")


_global: Generator | None = None
_global_lock = _forks.lock()


@public("random.get_global_generator")
def get_global_generator() -> Generator:
    """The generator that is there for everybody; made, at a place that nobody knows, when it is first asked for.

    >>> import tensegra as tg
    >>> tg.random.get_global_generator().normal([2]).shape
    TensorShape([2])
    """
    global _global
    with _global_lock:
        if _global is None:
            _global = Generator.from_non_deterministic_state()
        return _global


@public("random.set_global_generator")
def set_global_generator(generator: Generator) -> None:
    """Makes a generator the one that `get_global_generator` gives; functions traced before keep the former one.

    Args:
        generator: The generator.

    >>> import tensegra as tg
    >>> tg.random.set_global_generator(tg.random.Generator.from_seed(1))
    """
    global _global
    with _global_lock:
        _global = generator


def global_state() -> list[int] | None:
    """The state of the global generator; None where nobody has asked for it."""
    return None if _global is None else [int(word) for word in _global.state.numpy()]


def set_global_state(state: list[int] | None) -> None:
    """Puts the global generator there."""
    global _global
    if state is None:
        with _global_lock:
            _global = None
    elif _global is None:
        set_global_generator(Generator(state=state, alg="philox"))
    else:
        _global.reset(state)  # functions hold this one
