"""Seeds of random ops: TensorFlow's rules.

A global seed and the seed of an op together determine what it draws. Where only the global seed is set, the seed of
the op follows from how many were drawn before: from a generator that starts with the global seed (eagerly), or from a
count (in a `tg.function`). Where only the op has a seed, the global one is 87654321. Where neither is set, numbers
differ from run to run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tensegra import _forks, _native, _tracing
from tensegra._dtypes import int64
from tensegra._errors import FailedPreconditionError, InvalidArgumentError

if TYPE_CHECKING:
    import random

_DEFAULT_GLOBAL = 87654321
_LARGEST = 2**31 - 1


class _Global:
    """The global seed and what follows from it."""

    def __init__(self) -> None:
        self.lock = _forks.lock()
        self.seed: int | None = None
        self.generator: random.Random | None = None  # set with the seed
        # The state of eager ops with a seed of their own, which go on where the last call ended.
        self.states: dict[tuple[Any, ...], Any] = {}
        self.unseeded: Any = None
        self.seeds_required = False


_global = _Global()


def global_seed() -> int | None:
    """The seed that `tg.random.set_seed` has set, or None."""
    return _global.seed


def set_global_seed(seed: int | None) -> None:
    """Sets the global seed; everything that follows from it begins anew."""
    import random  # only those who set a seed pay for it

    if seed is not None:
        seed = _integer(seed, "set_seed")
    with _global.lock:
        _global.seed = seed
        _global.generator = random.Random(seed)
        _global.states.clear()
        _global.unseeded = None


def require_seeds(required: bool) -> None:
    """Whether drawing without any seed is an error."""
    _global.seeds_required = required


def check_unseeded(where: str, cure: str = "Call tg.random.set_seed, or give a seed.") -> None:
    """Fails where numbers that differ from run to run are not wanted.

    Raises:
        FailedPreconditionError: `tg.config.experimental.enable_op_determinism` was called (TG-0762).
    """
    if _global.seeds_required:
        raise FailedPreconditionError(
            f"[{where}] random ops need a seed while determinism is enabled. Received: seed=None, and no global seed. "
            + cure,
            code="TG-0762",
        )


def state() -> dict[str, Any]:
    """The global seed and what was drawn since, as values that JSON has."""

    def words(resource: Any) -> list[int]:
        return [int(word) for word in _native.execute("read_random_state", (resource,)).numpy()]

    with _global.lock:
        drawn = None if _global.generator is None else _global.generator.getstate()
        states = [[*key, words(resource)] for key, resource in _global.states.items()]
        unseeded = None if _global.unseeded is None else words(_global.unseeded)
    return {"seed": _global.seed, "drawn": drawn, "states": states, "unseeded": unseeded}


def set_state(facts: dict[str, Any]) -> None:
    """Goes where `state` has found it."""
    import random

    def resource(words: list[int]) -> Any:
        made = _new_state(1, 0)
        _native.execute(
            "assign_random_state", (made, _native.tensor([int(word) for word in words], int64._number))
        )
        return made

    seed = None if facts["seed"] is None else int(facts["seed"])
    generator = None
    if facts["drawn"] is not None:
        version, words, gauss = facts["drawn"]
        generator = random.Random()
        generator.setstate((version, tuple(words), gauss))
    states = {(str(op), int(number), int(own)): resource(words) for op, number, own, words in facts["states"]}
    unseeded = None if facts["unseeded"] is None else resource(facts["unseeded"])
    with _global.lock:
        _global.seed, _global.generator, _global.unseeded = seed, generator, unseeded
        _global.states.clear()
        _global.states.update(states)


def draw_state(op: str, dtype_number: int, seed: int | None) -> Any:
    """The state that a random op draws from: a tensor of a `random_state` resource.

    Args:
        op: The name of the op; ops of one name and dtype share the state of a seed.
        dtype_number: The dtype that is drawn.
        seed: The op's own seed, or None.
    """
    if seed is not None:
        seed = _integer(seed, op)
    trace = _tracing.current_trace()
    if trace is not None:
        if trace.seed is None and seed is None:
            check_unseeded(op)
            return _new_state(*_entropy())
        if seed is None:
            own = trace.draws
            trace.draws += 1
        else:
            own = seed
        return _new_state(*_pair(_DEFAULT_GLOBAL if trace.seed is None else trace.seed, own))
    with _global.lock:
        if seed is None:
            if _global.seed is None:
                check_unseeded(op)
                if _global.unseeded is None:
                    _global.unseeded = _new_state(*_entropy())
                return _global.unseeded
            assert _global.generator is not None
            return _new_state(*_pair(_global.seed, _global.generator.randint(0, _LARGEST)))
        key = (op, dtype_number, seed)
        if key not in _global.states:
            _global.states[key] = _new_state(
                *_pair(_DEFAULT_GLOBAL if _global.seed is None else _global.seed, seed)
            )
        return _global.states[key]


def _pair(global_seed: int, own: int) -> tuple[int, int]:
    pair = (global_seed % _LARGEST, own % _LARGEST)
    # Two zeros would mean "no seed".
    return pair if pair != (0, 0) else (0, _LARGEST)


def _entropy() -> tuple[int, int]:
    return int.from_bytes(os.urandom(7), "little") + 1, int.from_bytes(os.urandom(7), "little")


def _new_state(seed: int, seed2: int) -> Any:
    _native.lift()  # state is made outside of graphs and captured by them
    try:
        return _native.execute("random_state", (), {"seed": seed, "seed2": seed2})
    finally:
        _native.leave()


def _integer(seed: Any, where: str) -> int:
    try:
        return int(seed.__index__())
    except (AttributeError, TypeError):
        raise InvalidArgumentError(
            f"[{where}] a seed must be an integer. Received: seed={seed!r}. Give an int, or None for other numbers "
            "in each run.",
            code="TG-0106",
        ) from None
