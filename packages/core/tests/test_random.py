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
        lambda: random.Generator.from_seed([1, 2, 3, 4]),
        lambda: random.Generator(),
        lambda: random.Generator.from_seed(1.5),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
            wrong()
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0102"):
        random.normal([2], dtype=tg.int32)
    for draw_empty in (random.uniform, random.Generator.from_seed(1).uniform):
        with pytest.raises(tg.errors.InvalidArgumentError, match=r"minval=5, maxval=5.*TG-0123"):
            draw_empty([2], 5, 5, dtype=tg.int32)
    for draw in (
        lambda: random.stateless_uniform([2], [1, 2], alg="threefry"),
        lambda: random.Generator.from_seed(1, "threefry"),
        lambda: random.create_rng_state(1, random.Algorithm.THREEFRY),
    ):
        with pytest.raises(tg.errors.UnimplementedError, match="TG-0630"):
            draw()
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        random.stateless_normal([2], [1, 2], alg="mersenne")


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "int64", "uint32", "uint64"])
def test_integers_of_every_dtype(dtype: str) -> None:
    for drawn in (
        random.uniform([400], 3, 7, dtype=dtype, seed=1),
        random.stateless_uniform([400], [1, 2], 3, 7, dtype=dtype),
        random.Generator.from_seed(1).uniform([400], 3, 7, dtype=dtype),
    ):
        assert drawn.dtype == dtype
        assert sorted(set(drawn.numpy().tolist())) == [3, 4, 5, 6]
    full = random.stateless_uniform([4000], [1, 2], None, None, dtype=dtype).numpy()
    limits = np.iinfo(dtype)
    assert np.float64(full.max()) - np.float64(full.min()) > 0.95 * (np.float64(limits.max) - limits.min)


def test_gamma_poisson_binomial_distributions() -> None:
    random.set_seed(8)
    for alpha in (0.3, 1.0, 4.5):
        drawn = random.gamma([20000], alpha, 2.0, dtype=tg.float64).numpy()
        assert stats.kstest(drawn, stats.gamma(alpha, scale=0.5).cdf).pvalue > 1e-3
    for rate in (0.4, 8.0, 90.0):
        drawn = random.poisson([20000], rate, dtype=tg.int32).numpy()
        assert abs(drawn.mean() - rate) < 5 * np.sqrt(rate / 20000)
        assert abs(drawn.var() / rate - 1) < 0.08
    for count, p in ((5.0, 0.25), (300.0, 0.25), (40.0, 0.75), (7.0, 1.0), (7.0, 0.0)):
        drawn = random.stateless_binomial([20000], [3, 4], count, p).numpy()
        counts = np.bincount(drawn, minlength=int(count) + 1) / 20000
        np.testing.assert_allclose(counts, stats.binom(count, p).pmf(np.arange(count + 1)), atol=0.015)
    for low, high in ((-1.0, 2.0), (1.0, np.inf), (-np.inf, -1.5), (3.0, 3.2), (-9.0, 9.0), (0.1, 0.2)):
        drawn = random.stateless_parameterized_truncated_normal(
            [20000], [5, 6], tg.constant(1.0, tg.float64), tg.constant(2.0, tg.float64), tg.constant(low, tg.float64),
            tg.constant(high, tg.float64),
        ).numpy()  # fmt: skip
        assert stats.kstest(drawn, stats.truncnorm((low - 1) / 2, (high - 1) / 2, 1, 2).cdf).pvalue > 1e-3


def test_binomial_of_a_greater_mean_is_that_of_tensorflow() -> None:
    # Recorded from TensorFlow 2.21.0 on a CPU.
    drawn = random.stateless_binomial([6], [3, 4], 40.0, 0.75).numpy()
    assert drawn.tolist() == [27, 29, 26, 30, 34, 29]


def test_the_gradient_of_gamma_draws() -> None:
    """Figurnov et al.: a draw moves with alpha so that its quantile stays."""
    alpha = tg.constant([0.5, 3.0, 20.0], tg.float64)
    with tg.GradientTape() as tape:
        tape.watch(alpha)
        drawn = random.stateless_gamma([4, 3], [1, 2], alpha, beta=2.0, dtype=tg.float64)
    a, h = alpha.numpy(), 1e-6
    quantile = stats.gamma.cdf(drawn.numpy() * 2, a)
    slope = (stats.gamma.ppf(quantile, a + h) - stats.gamma.ppf(quantile, a - h)) / (2 * h) / 2
    np.testing.assert_allclose(tape.gradient(drawn, alpha), slope.sum(0), rtol=1e-5)


def test_generators() -> None:
    generator = random.Generator.from_seed(7)
    assert generator.state.numpy().tolist() == [7, 0, 0]
    assert (generator.algorithm, generator.key.numpy()) == (1, 0)
    first = generator.normal([3]).numpy()
    assert generator.state.numpy().tolist() == [7 + 3 * 256, 0, 0]
    copy = random.Generator(copy_from=generator)
    assert copy.uniform_full_int([2]).numpy().tolist() == generator.uniform_full_int([2]).numpy().tolist()
    generator.reset_from_seed(7)
    assert generator.normal([3]).numpy().tolist() == first.tolist()
    generator.reset_from_key_counter(5, [1, 2])
    assert generator.skip(2).numpy().tolist() == [1, 2, 5]
    assert generator.state.numpy().tolist() == [1 + 512, 2, 5]
    assert generator.make_seeds(3).shape == [2, 3]
    one, two = generator.split(2)
    assert one.uniform([2]).numpy().tolist() != two.uniform([2]).numpy().tolist()
    assert random.Generator.from_state([1, 2, 3]).state.numpy().tolist() == [1, 2, 3]
    assert random.Generator.from_key_counter(3, [1, 2]).state.numpy().tolist() == [1, 2, 3]
    assert generator.binomial([50], 10.0, 0.5).numpy().mean() == pytest.approx(5, abs=1)
    random.set_global_generator(one)
    assert random.get_global_generator() is one
    assert random.experimental.get_global_generator() is one


def test_shuffles_of_strings_and_indices() -> None:
    words = tg.constant(["a", "b", "c", "d"])
    assert sorted(random.shuffle(words).numpy().tolist()) == [b"a", b"b", b"c", b"d"]
    drawn = random.experimental.stateless_shuffle(words, [1, 2]).numpy().tolist()
    assert drawn == random.experimental.stateless_shuffle(words, [1, 2]).numpy().tolist()
    # As TensorFlow's documentation shows it.
    places = random.experimental.index_shuffle(tg.range(10), [5, 8], 9)
    assert places.numpy().tolist() == [3, 8, 0, 1, 2, 7, 6, 9, 4, 5]
    for most in (0, 1, 300, 65536, 70000):
        found = tg.random_index_shuffle(tg.range(min(most + 1, 500)), [1, 2, 3], most).numpy()
        assert len(set(found.tolist())) == len(found)
        assert found.max() <= most
    rows = tg.random_index_shuffle([0, 1], [[1, 2, 3], [4, 5, 6]], [3, 7])
    assert rows.shape == [2]
    for code, wrong in (
        ("TG-0123", lambda: tg.random_index_shuffle(4, [1, 2, 3], 3)),
        ("TG-0105", lambda: tg.random_index_shuffle(1, [1, 2], 3)),
        ("TG-0106", lambda: tg.random_index_shuffle(1, [1, 2, 3], 3, rounds=5)),
        ("TG-0103", lambda: tg.random_index_shuffle([[1]], [1, 2, 3], 3)),
        ("TG-0105", lambda: random.stateless_gamma([3], [1, 2], [1.0, 2.0])),
        ("TG-0123", lambda: random.poisson([3], -1.0, tg.int32)),
        ("TG-0123", lambda: random.stateless_binomial([3], [1, 2], 3.0, 1.5)),
        ("TG-0105", lambda: random.Generator.from_seed(1).reset([1, 2])),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match=code):
            wrong()
    assert np.isnan(random.poisson([2], -1.0).numpy()).all()
    assert np.isnan(random.stateless_gamma([2], [1, 2], -1.0).numpy()).all()
