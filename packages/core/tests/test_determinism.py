from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import tensegra as tg
from tensegra._random import _generator


@pytest.fixture(autouse=True)
def determinism() -> Iterator[None]:
    tg.random.set_seed(None)
    tg.config.experimental.enable_op_determinism()
    yield
    tg.config.experimental.disable_op_determinism()
    tg.random.set_seed(None)


_DRAWS: dict[str, Callable[[int | None], Any]] = {
    "uniform": lambda seed: tg.random.uniform([3], seed=seed),
    "integers": lambda seed: tg.random.uniform([3], maxval=9, dtype=tg.int32, seed=seed),
    "normal": lambda seed: tg.random.normal([3], seed=seed),
    "truncated_normal": lambda seed: tg.random.truncated_normal([3], seed=seed),
    "gamma": lambda seed: tg.random.gamma([3], 2.0, seed=seed),
    "poisson": lambda seed: tg.random.poisson([3], 2.0, seed=seed),
    "categorical": lambda seed: tg.random.categorical([[0.0, 1.0]], 3, seed=seed),
    "shuffle": lambda seed: tg.random.shuffle([1, 2, 3], seed=seed),
    "dropout": lambda seed: tg.nn.dropout(tg.ones([3]), 0.5, seed=seed),
    "flip": lambda seed: tg.image.random_flip_left_right(tg.ones([2, 2, 1]), seed=seed),
}


@pytest.mark.parametrize("name", _DRAWS)
@pytest.mark.parametrize("traced", [False, True])
def test_draws_without_a_seed_are_refused(name: str, traced: bool) -> None:
    draw = _DRAWS[name]

    def call(seed: int | None) -> Any:
        return tg.function(lambda: draw(seed))() if traced else draw(seed)

    with pytest.raises(tg.errors.FailedPreconditionError, match=r"seed.*TG-0762"):
        call(None)
    call(3)
    tg.random.set_seed(1)
    first = call(None).numpy().tolist()
    tg.random.set_seed(1)
    assert call(None).numpy().tolist() == first
    tg.random.set_seed(None)
    tg.config.experimental.disable_op_determinism()
    call(None)


def test_the_error_is_the_one_of_tensorflow_too() -> None:
    with pytest.raises(RuntimeError):
        tg.random.normal([2])


def test_generators_begin_at_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_generator, "_global", None)
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"from_seed.*TG-0762"):
        tg.random.Generator.from_non_deterministic_state()
    with pytest.raises(tg.errors.FailedPreconditionError, match=r"set_global_generator.*TG-0762"):
        tg.random.get_global_generator()
    tg.random.set_global_generator(tg.random.Generator.from_seed(1))
    assert tg.random.get_global_generator().normal([2]).shape == [2]


def test_stateless_draws_have_a_seed() -> None:
    assert tg.random.stateless_normal([2], seed=[1, 2]).shape == [2]
