"""Candidate samplers draw what TensorFlow draws, and losses over candidates compare with softmax and sigmoid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special

import tensegra as tg
from tensegra import _native

GOLDENS = json.loads((Path(__file__).parent / "candidate_goldens.json").read_text())
TRUE = np.array([[0, 3], [7, 2]], np.int64)
UNIGRAMS = {"unigrams": [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0], "distortion": 0.75, "num_reserved_ids": 2}
SAMPLERS: dict[str, Any] = {
    "log": lambda unique, seed: tg.random.log_uniform_candidate_sampler(TRUE, 2, 4, unique, 10, seed=seed),
    "uni": lambda unique, seed: tg.random.uniform_candidate_sampler(TRUE, 2, 4, unique, 10, seed=seed),
    "learned": lambda unique, seed: tg.random.learned_unigram_candidate_sampler(
        TRUE, 2, 4, unique, 10, seed=seed
    ),
    "fixed": lambda unique, seed: tg.nn.fixed_unigram_candidate_sampler(
        TRUE, 2, 4, unique, 10, seed=seed, **UNIGRAMS
    ),
}


@pytest.mark.parametrize("unique", [True, False])
@pytest.mark.parametrize("kind", list(SAMPLERS))
def test_the_draws_are_tensorflows(kind: str, unique: bool) -> None:
    from tensegra._random import _candidates

    _candidates._tables.clear()
    tg.random.set_seed(5)
    try:
        for candidates, true_count, sampled_count in GOLDENS[f"{kind}_{unique}"]:
            drawn = SAMPLERS[kind](unique, 8)
            assert drawn.sampled_candidates.numpy().tolist() == candidates
            np.testing.assert_allclose(drawn.true_expected_count.numpy(), true_count, rtol=1e-6)
            np.testing.assert_allclose(drawn.sampled_expected_count.numpy(), sampled_count, rtol=1e-6)
        if kind == "uni":  # a range that is a power of 2 is drawn by bits
            drawn = tg.random.uniform_candidate_sampler(TRUE, 2, 6, False, 16, seed=3)
            assert drawn.sampled_candidates.numpy().tolist() == GOLDENS["uni16"][0][0]
    finally:
        tg.random.set_seed(None)


def test_all_classes() -> None:
    for got, wanted in zip(tg.random.all_candidate_sampler(TRUE, 2, 8, True), GOLDENS["all"][0], strict=True):
        np.testing.assert_array_equal(got.numpy(), wanted)


@pytest.mark.parametrize("kind", list(SAMPLERS))
def test_a_graph_draws_anew_at_each_call(kind: str) -> None:
    draw = tg.function(lambda: SAMPLERS[kind](False, None).sampled_candidates)
    draws = {tuple(draw().numpy().tolist()) for _ in range(8)}
    assert len(draws) > 1


def test_learned_classes_become_likelier() -> None:
    truth = np.full((100, 1), 3, np.int64)

    def draw() -> Any:
        return tg.nn.learned_unigram_candidate_sampler(truth, 1, 50, False, 6, seed=4)

    first = float(draw().true_expected_count[0, 0])
    assert first == pytest.approx(50 / 6)
    assert float(draw().true_expected_count[0, 0]) == pytest.approx(50 * 101 / 106)


def test_counts_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("the,0\nking,4\nqueen,0\n")
    drawn = tg.nn.fixed_unigram_candidate_sampler([[1]], 1, 3, False, 3, vocab_file=str(file))
    assert drawn.sampled_candidates.numpy().tolist() == [1, 1, 1]
    assert drawn.true_expected_count.numpy().tolist() == [[3.0]]


def test_shards_hold_every_nth_class() -> None:
    drawn = tg.nn.fixed_unigram_candidate_sampler(
        [[0]], 1, 2, True, 2, num_shards=2, shard=1, unigrams=[9.0, 1.0, 9.0, 1.0]
    )
    assert sorted(drawn.sampled_candidates.numpy().tolist()) == [0, 1]


def test_accidental_hits() -> None:
    hits = tg.nn.compute_accidental_hits(TRUE, np.array([2, 0, 5, 2]), 2)
    for got, wanted in zip(hits, GOLDENS["hits"], strict=True):
        np.testing.assert_array_equal(got.numpy(), np.array(wanted, got.numpy().dtype))


@pytest.mark.parametrize("remove", [True, False])
def test_losses_are_tensorflows(remove: bool) -> None:
    random = np.random.default_rng(0)
    weights, biases, inputs = (
        random.normal(size=shape).astype(np.float32) for shape in ((10, 3), 10, (2, 3))
    )
    drawn = [np.array(v, t) for v, t in zip(GOLDENS["sv"], (np.int64, np.float32, np.float32), strict=True)]
    for name, loss in (("nce", tg.nn.nce_loss), ("sm", tg.nn.sampled_softmax_loss)):
        for table in (weights, [weights[:4], weights[4:]]):
            got = loss(
                table, biases, TRUE, inputs, 4, 10, 2, sampled_values=drawn, remove_accidental_hits=remove
            )
            np.testing.assert_allclose(got.numpy(), GOLDENS[f"{name}_{remove}"], rtol=1e-5)


def test_all_candidates_make_a_softmax() -> None:
    """With every class a candidate and hits removed, what is left is the softmax itself."""
    random = np.random.default_rng(1)
    weights, biases, inputs = (random.normal(size=shape) for shape in ((6, 3), 6, (4, 3)))
    labels = np.array([[0], [5], [2], [2]])
    everything = tg.nn.all_candidate_sampler(labels, 1, 6, True)
    arrays = [tg.constant(x) for x in (weights, biases, inputs)]
    with tg.GradientTape() as tape:
        tape.watch(arrays)
        loss = tg.nn.sampled_softmax_loss(*arrays[:2], labels, arrays[2], 6, 6, sampled_values=everything)
    logits = inputs @ weights.T + biases
    wanted = -scipy.special.log_softmax(logits, -1)[np.arange(4), labels[:, 0]]
    np.testing.assert_allclose(loss.numpy(), wanted, rtol=1e-12)
    error = scipy.special.softmax(logits, -1) - np.eye(6)[labels[:, 0]]
    for got, right in zip(
        tape.gradient(loss, arrays), (error.T @ inputs, error.sum(0), error @ weights), strict=True
    ):
        np.testing.assert_allclose(got.numpy(), right, rtol=1e-10, atol=1e-12)


def test_drawn_candidates_are_the_default() -> None:
    loss = tg.nn.nce_loss(tg.ones([9, 2]), tg.zeros([9]), TRUE, tg.ones([2, 2]), 4, 9, 2)
    assert loss.shape == (2,)
    assert np.isfinite(loss.numpy()).all()


def table(kind: str, range_max: int = 4, weights: Any = ()) -> Any:
    vector = tg.constant(np.array(weights, np.float32))
    return _native.execute("candidate_table", (vector,), {"kind": kind, "range_max": range_max})


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0103", lambda: tg.random.uniform_candidate_sampler([1], 1, 1, True, 3)),
        ("TG-0105", lambda: tg.random.uniform_candidate_sampler([[1, 2]], 1, 1, True, 3)),
        ("TG-0106", lambda: tg.random.uniform_candidate_sampler([[1]], 1, 0, True, 3)),
        ("TG-0106", lambda: tg.nn.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 2)),
        ("TG-0106", lambda: tg.nn.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 3, unigrams=[1.0, 2.0])),
        ("TG-0106", lambda: tg.nn.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 3, vocab_file="/no/file")),
        ("TG-0106", lambda: table("zipf")),
        ("TG-0107", lambda: tg.random.log_uniform_candidate_sampler([[7]], 1, 1, True, 3)),
        ("TG-0107", lambda: tg.random.uniform_candidate_sampler([[-1]], 1, 1, True, 3)),
        ("TG-0591", lambda: tg.random.uniform_candidate_sampler([[1]], 1, 4, True, 3)),
        ("TG-0591", lambda: tg.nn.fixed_unigram_candidate_sampler([[1]], 1, 2, True, 2, unigrams=[1.0, 0.0])),
        ("TG-0591", lambda: tg.nn.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 2, unigrams=[0.0, 0.0])),
        ("TG-0591", lambda: tg.nn.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 2, unigrams=[-1.0, 2.0])),
        ("TG-0591", lambda: table("learned", 2**31)),
        ("TG-0591", lambda: table("uniform", 0)),
    ],
)  # fmt: skip
def test_errors(code: str, call: Any) -> None:
    with pytest.raises((tg.errors.InvalidArgumentError, tg.errors.OutOfRangeError)) as error:
        call()
    assert error.value.error_code == code


def test_resources_of_another_kind() -> None:
    state = _native.execute("random_state", (), {"seed": 1, "seed2": 2})
    attributes = {"num_sampled": 1, "unique": True}
    for inputs in ((state, state), (table("uniform"), table("uniform", 9))):
        with pytest.raises(tg.errors.InvalidArgumentError) as error:
            _native.execute("candidate_sampler", (*inputs, tg.constant(TRUE)), attributes)
        assert error.value.error_code == "TG-0501"
