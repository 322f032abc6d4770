"""Distributions against SciPy."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from typing import Any

import numpy as np
import pytest
import scipy.stats

import tensegra as tg
from tensegra import probability

tfd = probability.distributions
RNG = np.random.default_rng(0)
LOC = RNG.normal(size=(3,))
SCALE = RNG.uniform(0.5, 2.0, size=(2, 3))
P = RNG.dirichlet(np.ones(4), size=3)
Q = RNG.dirichlet(np.ones(4), size=3)

CASES: dict[str, tuple[Any, Any, np.ndarray]] = {
    "normal": (tfd.Normal(LOC, SCALE), scipy.stats.norm(LOC, SCALE), RNG.normal(size=(5, 2, 3))),
    "uniform": (
        tfd.Uniform(LOC, LOC + SCALE),
        scipy.stats.uniform(LOC, SCALE),
        RNG.uniform(-3, 3, size=(5, 2, 3)),
    ),
    "bernoulli": (tfd.Bernoulli(probs=P), scipy.stats.bernoulli(P), RNG.integers(-1, 3, size=(5, 3, 4))),
}


@pytest.mark.parametrize("name", list(CASES))
def test_against_scipy(name: str) -> None:
    ours, reference, values = CASES[name]
    log_prob = reference.logpdf if hasattr(reference.dist, "pdf") else reference.logpmf
    with np.errstate(divide="ignore"):
        want = log_prob(values)
    np.testing.assert_allclose(ours.log_prob(values).numpy(), want, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours.prob(values).numpy(), np.exp(want), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(np.broadcast_to(ours.mean().numpy(), reference.mean().shape), reference.mean())
    np.testing.assert_allclose(ours.variance().numpy(), reference.var(), rtol=1e-6)
    np.testing.assert_allclose(ours.stddev().numpy(), reference.std(), rtol=1e-6)
    np.testing.assert_allclose(ours.entropy().numpy(), reference.entropy(), rtol=1e-6)
    assert tuple(ours.batch_shape) == reference.mean().shape
    assert tuple(ours.event_shape) == ()
    if name != "bernoulli":
        np.testing.assert_allclose(ours.cdf(values).numpy(), reference.cdf(values), rtol=1e-6, atol=1e-9)


def test_categorical_against_scipy() -> None:
    ours = tfd.Categorical(probs=P)
    for row in range(3):
        reference = scipy.stats.rv_discrete(values=(range(4), P[row]))
        for value in range(4):
            np.testing.assert_allclose(ours.prob(value).numpy()[row], reference.pmf(value), rtol=1e-6)
            np.testing.assert_allclose(ours.cdf(value).numpy()[row], reference.cdf(value), rtol=1e-6)
        np.testing.assert_allclose(ours.entropy().numpy()[row], scipy.stats.entropy(P[row]), rtol=1e-6)
    np.testing.assert_array_equal(ours.mode().numpy(), P.argmax(1))
    assert ours.num_categories == 4
    assert tuple(ours.batch_shape) == (3,)
    assert np.isneginf(ours.log_prob(9).numpy()).all()


def test_logits_and_unnormalised_probs_mean_the_same() -> None:
    np.testing.assert_allclose(tfd.Categorical(logits=np.log(P)).probs.numpy(), P, rtol=1e-6)
    np.testing.assert_allclose(tfd.Categorical(probs=P * 7).probs.numpy(), P, rtol=1e-6)


def test_certain_outcomes() -> None:
    certain = tfd.Categorical(probs=[1.0, 0.0])
    assert float(certain.entropy()) == 0
    assert certain.log_prob([0, 1]).numpy().tolist() == [0.0, -np.inf]
    coin = tfd.Bernoulli(probs=[0.0, 1.0])
    assert coin.entropy().numpy().tolist() == [0.0, 0.0]
    assert coin.log_prob([0, 1]).numpy().tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", list(CASES))
def test_moments_of_samples(name: str) -> None:
    ours, reference, _ = CASES[name]
    draws = ours.sample(40_000, seed=3).numpy()
    assert draws.shape == (40_000, *reference.mean().shape)
    error = 5 * reference.std() / np.sqrt(40_000)
    assert (np.abs(draws.mean(0) - reference.mean()) < error).all()
    np.testing.assert_allclose(draws.var(0), reference.var(), rtol=0.1, atol=1e-3)


def test_categorical_frequencies() -> None:
    draws = tfd.Categorical(probs=P).sample((100, 200), seed=5).numpy()
    assert draws.shape == (100, 200, 3)
    counts = np.stack([np.bincount(draws[..., row].ravel(), minlength=4) for row in range(3)])
    for row in range(3):
        assert scipy.stats.chisquare(counts[row], P[row] * 20_000).pvalue > 1e-4


@pytest.mark.parametrize("make", [lambda: tfd.Normal(0.0, 1.0), lambda: tfd.Categorical(probs=P)])
def test_seeds(make: Any) -> None:
    one, same, other = make().sample(50, seed=1), make().sample(50, seed=1), make().sample(50, seed=2)
    assert (one.numpy() == same.numpy()).all()
    assert (one.numpy() != other.numpy()).any()
    assert (make().sample(50).numpy() != make().sample(50).numpy()).any()


DIVERGENCES = {
    "normal": (tfd.Normal(LOC, 1.5), tfd.Normal(LOC - 0.5, 1.0)),
    "categorical": (tfd.Categorical(probs=P), tfd.Categorical(probs=Q)),
    "bernoulli": (tfd.Bernoulli(probs=P), tfd.Bernoulli(probs=Q)),
    "uniform": (tfd.Uniform(0.0, 1.0), tfd.Uniform(-1.0, 2.0)),
}


@pytest.mark.parametrize("name", list(DIVERGENCES))
def test_divergence_equals_its_estimate(name: str) -> None:
    a, b = DIVERGENCES[name]
    x = a.sample(200_000, seed=11)
    difference = (a.log_prob(x) - b.log_prob(x)).numpy()
    error = 6 * difference.std(0) / np.sqrt(len(difference)) + 1e-6
    assert (np.abs(difference.mean(0) - a.kl_divergence(b).numpy()) < error).all()
    np.testing.assert_allclose(a.kl_divergence(a).numpy(), 0, atol=1e-6)


def test_divergence_outside_of_the_support() -> None:
    assert float(tfd.kl_divergence(tfd.Uniform(0.0, 3.0), tfd.Uniform(0.0, 1.0))) == np.inf


def test_gradients_reach_parameters_through_samples_and_densities() -> None:
    loc, scale = tg.Variable(0.5), tg.Variable(2.0)
    with tg.GradientTape() as tape:
        sample = tfd.Normal(loc, scale).sample(1000, seed=1)
        loss = tg.reduce_sum(sample)
    noise = (sample.numpy() - 0.5) / 2
    d_loc, d_scale = tape.gradient(loss, [loc, scale])
    np.testing.assert_allclose(d_loc.numpy(), 1000, rtol=1e-5)
    np.testing.assert_allclose(d_scale.numpy(), noise.sum(), rtol=1e-3, atol=1e-2)
    logits = tg.Variable(np.log(P))
    with tg.GradientTape() as tape:
        loss = tg.reduce_sum(tfd.Categorical(logits=logits).log_prob([0, 1, 2]))
    want = np.eye(4)[[0, 1, 2]] - P
    np.testing.assert_allclose(tape.gradient(loss, logits).numpy(), want, rtol=1e-5, atol=1e-7)


def test_inside_a_function() -> None:
    @tg.function
    def entropy(logits: tg.Tensor) -> tg.Tensor:
        return tfd.Categorical(logits=logits).entropy() + tfd.Normal(logits, 1.0).log_prob(0.0)[:, 0]

    logits = np.log(P).astype(np.float32)
    want = scipy.stats.entropy(P, axis=1) + scipy.stats.norm(np.log(P)[:, 0]).logpdf(0)
    np.testing.assert_allclose(entropy(tg.constant(logits)).numpy(), want, rtol=1e-5)


def test_samples_need_a_known_batch() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None], tg.float32)])
    def draw(loc: tg.Tensor) -> tg.Tensor:
        return tfd.Normal(loc, 1.0).sample()

    with pytest.raises(tg.errors.FailedPreconditionError, match="TG-3010"):
        draw(tg.constant([1.0, 2.0]))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: tfd.Normal(np.array([1]), 1.0), "TG-3001"),
        (lambda: tfd.Normal(0.0, -1.0), "TG-3003"),
        (lambda: tfd.Normal(0.0, [1.0, float("nan")]), "TG-3003"),
        (lambda: tfd.Normal([0.0, 1.0], [1.0, 1.0, 1.0]), "TG-3006"),
        (lambda: tfd.Uniform(1.0, 1.0), "TG-3003"),
        (lambda: tfd.Categorical(), "TG-3005"),
        (lambda: tfd.Categorical(logits=[0.0], probs=[1.0]), "TG-3005"),
        (lambda: tfd.Categorical(probs=1.0), "TG-3007"),
        (lambda: tfd.Bernoulli(), "TG-3005"),
        (lambda: tfd.Bernoulli(probs=1.5), "TG-3011"),
        (lambda: tfd.Categorical(probs=[1.5, -0.5]), "TG-3011"),
        (lambda: tfd.Categorical(probs=[float("nan"), 0.5]), "TG-3011"),
        (lambda: tfd.Normal(0.0, 1.0).sample(2, seed="x"), "TG-3012"),
        (lambda: tfd.Normal(0.0, 1.0).sample(-1), "TG-3002"),
        (lambda: tfd.Normal(0.0, 1.0).sample([2, 1.5]), "TG-3002"),
        (lambda: tfd.Categorical(probs=[1.0]).variance(), "TG-3004"),
        (lambda: tfd.Normal(0.0, 1.0).kl_divergence(tfd.Uniform()), "TG-3008"),
        (lambda: tfd.RegisterKL(tfd.Normal, tfd.Normal)(lambda a, b: a), "TG-3009"),
    ],
)
def test_wrong_input(make: Any, code: str) -> None:
    with pytest.raises(tg.errors.Error, match=rf"Received: .*{code}"):
        make()


def test_examples() -> None:
    tried = 0
    for module in pkgutil.iter_modules(tfd.__path__):
        result = doctest.testmod(importlib.import_module(f"{tfd.__name__}.{module.name}"))
        assert result.failed == 0
        tried += result.attempted
    assert tried >= 10
