from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import tensegra as tg
from tensegra import random

# Bit for bit what TensorFlow draws.
_CASES = json.loads((Path(__file__).parent / "fixtures" / "random.json").read_text())["cases"]


@pytest.fixture(autouse=True)
def no_global_seed() -> Any:
    yield
    random.set_seed(None)


def draw(case: dict[str, Any]) -> np.ndarray:
    kind, seed = case["function"], case["seed"]
    if kind == "stateless_uniform_int":
        return random.stateless_uniform([33], seed, 0, 1000, dtype=tg.int32).numpy()
    if kind == "stateless_categorical":
        return random.stateless_categorical([[0.1, 1, -1, 0.5]], 40, seed).numpy()
    if kind == "Generator":
        generator = random.Generator.from_seed(seed)
        return np.concatenate([generator.normal([7]), generator.uniform([7]), generator.normal([3])])
    if kind == "eager":
        random.set_seed(seed)
        return np.concatenate([random.normal([5]), random.uniform([5]), random.normal([5], seed=3)])
    return getattr(random, kind)(case["shape"], seed, dtype=case["dtype"]).numpy()


@pytest.mark.parametrize("case", _CASES, ids=lambda case: f"{case['function']}-{case['seed']}")
def test_numbers_are_those_of_tensorflow(case: dict[str, Any]) -> None:
    drawn = draw(case).ravel()
    assert drawn.tolist() == np.array(case["values"], drawn.dtype).tolist()


def test_setting_the_seed_begins_anew() -> None:
    def program() -> list[float]:
        return [random.uniform([]).numpy(), random.normal([]).numpy(), random.uniform([], seed=7).numpy()]

    random.set_seed(5)
    first, second = program(), program()
    assert not set(first) & set(second)
    random.set_seed(5)
    assert (program(), program()) == (first, second)
    random.set_seed(6)
    assert program() != first


def test_the_seed_of_an_op_alone_is_enough() -> None:
    random.set_seed(None)
    first = [random.uniform([2], seed=3).numpy().tolist() for _ in range(2)]
    random.set_seed(None)
    assert [random.uniform([2], seed=3).numpy().tolist() for _ in range(2)] == first
    assert first[0] != first[1]


def test_without_seeds_numbers_differ() -> None:
    random.set_seed(None)
    first = random.uniform([4]).numpy().tolist()
    random.set_seed(None)
    assert random.uniform([4]).numpy().tolist() != first


def test_inside_of_functions() -> None:
    random.set_seed(1)

    def two() -> Any:
        return random.uniform([2]), random.uniform([2])

    f, g = tg.function(two), tg.function(two)
    first = [x.numpy().tolist() for x in f()]
    assert first[0] != first[1]
    # Each function counts for itself; later calls go on.
    assert [x.numpy().tolist() for x in g()] == first
    assert [x.numpy().tolist() for x in f()] != first
    unseeded = tg.function(lambda: random.uniform([2], seed=3))
    assert unseeded().numpy().tolist() != unseeded().numpy().tolist()
    generator = random.Generator.from_seed(1)
    h = tg.function(lambda: generator.uniform([2]))
    again = random.Generator.from_seed(1)
    for _ in range(3):
        np.testing.assert_array_equal(h(), again.uniform([2]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_distributions(dtype: str) -> None:
    random.set_seed(3)
    count = 20000
    uniform = random.uniform([count], -1.0, 3.0, dtype=dtype).numpy()
    assert uniform.dtype == dtype
    assert stats.kstest(uniform, stats.uniform(-1, 4).cdf).pvalue > 1e-3
    normal = random.normal([count], mean=2.0, stddev=0.5, dtype=dtype).numpy()
    assert stats.kstest(normal, stats.norm(2, 0.5).cdf).pvalue > 1e-3
    truncated = random.truncated_normal([count], mean=1.0, stddev=2.0, dtype=dtype).numpy()
    assert stats.kstest(truncated, stats.truncnorm(-2, 2, 1, 2).cdf).pvalue > 1e-3
    stateless = random.stateless_normal([count], [1, 2], mean=-1.0, stddev=3.0, dtype=dtype).numpy()
    assert stats.kstest(stateless, stats.norm(-1, 3).cdf).pvalue > 1e-3
    cut = random.stateless_truncated_normal([count], [3, 4], dtype=dtype).numpy()
    assert stats.kstest(cut, stats.truncnorm(-2, 2).cdf).pvalue > 1e-3
    generator = random.Generator.from_non_deterministic_state()
    assert np.abs(generator.truncated_normal([1000], dtype=dtype).numpy()).max() <= 2.0


def test_integers_classes_and_order() -> None:
    random.set_seed(4)
    dice = random.uniform([6000], 1, 7, dtype=tg.int64).numpy()
    counts = np.bincount(dice, minlength=7)
    assert counts[0] == 0
    assert stats.chisquare(counts[1:]).pvalue > 1e-3
    probabilities = np.array([0.2, 0.5, 0.3])
    drawn = random.categorical(np.log(probabilities)[None].astype(np.float32), 6000, dtype=tg.int32)
    assert drawn.dtype == tg.int32
    assert stats.chisquare(np.bincount(drawn.numpy()[0]), probabilities * 6000).pvalue > 1e-3
    rows = np.arange(20).reshape(10, 2)
    shuffled = random.shuffle(rows).numpy()
    assert shuffled.tolist() != rows.tolist()
    assert sorted(shuffled.tolist()) == rows.tolist()


def test_shapes_may_be_anything_like_a_shape() -> None:
    size = tg.constant(3)
    for shape in ([3, 2], (3, 2), tg.TensorShape([3, 2]), np.array([3, 2]), tg.constant([3, 2]), [size, 2]):
        assert random.uniform(shape).shape == [3, 2]
    assert random.uniform([]).shape == []
    assert random.normal(4).shape == [4]
    assert random.normal([2], mean=[[1.0], [2.0]]).shape == [2, 2]

    @tg.function(input_signature=[tg.TensorSpec([None, 2], tg.float32)])
    def like(x: Any) -> Any:
        return random.uniform(tg.shape(x))

    assert like(tg.ones([5, 2])).shape == [5, 2]


def test_wrong_input() -> None:
    for wrong in (
        lambda: random.uniform([2], dtype=tg.int32),
        lambda: random.uniform([2], seed="a"),
        lambda: random.set_seed(1.5),
        lambda: random.stateless_uniform([2], seed=[1, 2, 3]),
        lambda: random.stateless_uniform([2], seed=[1.0, 2.0]),
        lambda: random.Generator.from_seed(0),
        lambda: random.Generator.from_seed(1.5),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
            wrong()
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
        random.normal([2], dtype=tg.int32)
    for draw_empty in (random.uniform, random.Generator.from_seed(1).uniform):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"minval=5, maxval=5.*TG-0123"):
            draw_empty([2], 5, 5, dtype=tg.int32)
