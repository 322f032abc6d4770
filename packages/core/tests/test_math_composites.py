"""Functions of `tg.math` that Python writes with ops: against NumPy, in graphs of unknown sizes, and their errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

import tensegra as tg

inf, nan = float("inf"), float("nan")
RANDOM = np.random.default_rng(5)


def both_ways(f: Callable[..., Any], *arrays: Any) -> list[Any]:
    """The results of an eager call and of one in a graph that knows ranks only."""
    tensors = [tg.constant(a) for a in arrays]
    specs = [tg.TensorSpec([None] * len(t.shape), t.dtype) for t in tensors]
    return [f(*tensors), tg.function(f, input_signature=specs)(*tensors)]


def agree(f: Callable[..., Any], wanted: Any, *arrays: Any, rtol: float = 1e-6) -> None:
    for result in both_ways(f, *arrays):
        parts = result if isinstance(result, list | tuple) else [result]
        wants = wanted if isinstance(wanted, list | tuple) else [wanted]
        assert len(parts) == len(wants)
        for got, want in zip(parts, wants, strict=True):
            np.testing.assert_allclose(got.numpy(), want, rtol=rtol)
            assert got.shape == np.shape(want)


def gradient(f: Callable[..., Any], *values: Any) -> list[Any]:
    tensors = [tg.constant(v, tg.float64) for v in values]
    with tg.GradientTape() as tape:
        tape.watch(tensors)
        y = f(*tensors)
    return [None if g is None else g.numpy().tolist() for g in tape.gradient(y, tensors)]


def test_sums() -> None:
    x, y = RANDOM.normal(size=(2, 3)), RANDOM.normal(size=(2, 3))
    agree(lambda a, b: tg.add_n([a, b, a]), 2 * x + y, x, y)
    agree(lambda a, b: tg.math.accumulate_n([a, b]), x + y, x, y)
    assert tg.add_n(tg.constant([1, 2])).numpy().tolist() == [1, 2]
    assert gradient(lambda a, b: tg.add_n([a, b, a]), [1.0], [2.0]) == [[2.0], [1.0]]
    agree(lambda a: tg.math.scalar_mul(3.0, a), 3 * x, x)
    assert tg.math.scalar_mul(2, tg.constant([1.5], tg.float64)).numpy().tolist() == [3.0]


def test_polynomials_and_beta() -> None:
    x = RANDOM.uniform(0.5, 2, (2, 3))
    agree(lambda a: tg.math.polyval([1.0, -2.0, 3.0], a), np.polyval([1, -2, 3], x), x)
    assert tg.math.polyval([], [1.0, 2.0]).numpy().tolist() == [0.0, 0.0]
    assert gradient(lambda a: tg.math.polyval([1.0, 0.0, 0.0], a), [3.0]) == [[6.0]]
    wanted = scipy.special.gammaln(x).sum(-1) - scipy.special.gammaln(x.sum(-1))
    agree(tg.math.lbeta, wanted, x, rtol=1e-12)


def test_norms_and_counts() -> None:
    x = RANDOM.normal(size=(3, 4))
    x[x < 0] = 0
    agree(
        lambda a: tg.math.reduce_euclidean_norm(a, axis=1, keepdims=True),
        np.linalg.norm(x, axis=1, keepdims=True),
        x,
    )
    assert tg.math.reduce_euclidean_norm([3, 4, 1]).numpy() == 5
    agree(lambda a: tg.math.count_nonzero(a, axis=0), np.count_nonzero(x, axis=0), x)
    agree(
        lambda a: tg.math.count_nonzero(a, dtype=tg.int32, keepdims=True),
        np.array([[np.count_nonzero(x)]]),
        x,
    )
    assert tg.math.count_nonzero(["a", "", "b"]).numpy() == 2
    assert tg.math.count_nonzero([True, False, True]).numpy() == 2
    agree(tg.math.zero_fraction, np.mean(x == 0), x)
    assert np.isnan(tg.nn.zero_fraction(tg.zeros([0])).numpy())
    assert tg.math.reciprocal_no_nan([4.0, 0.0]).numpy().tolist() == [0.25, 0.0]


def test_order_within_a_tensor() -> None:
    for x, loose, strict in (
        ([1, 2, 2], True, False),
        ([[1, 2], [3, 4]], True, True),
        ([2, 1], False, False),
    ):
        assert bool(tg.math.is_non_decreasing(x)) is loose
        assert bool(tg.math.is_strictly_increasing(x)) is strict
    assert bool(tg.math.is_strictly_increasing([7]))
    assert bool(tg.math.is_non_decreasing(tg.zeros([0])))


def test_means_of_unsorted_segments() -> None:
    data, ids = RANDOM.normal(size=(5, 2)), np.array([2, 0, -1, 2, 2])
    total = np.stack([data[1], [0, 0], data[0] + data[3] + data[4]])
    count = np.array([[1.0], [1], [3]])
    agree(lambda a, i: tg.math.unsorted_segment_mean(a, i, 3), total / count, data, ids)
    agree(lambda a, i: tg.math.unsorted_segment_sqrt_n(a, i, 3), total / np.sqrt(count), data, ids)
    assert gradient(lambda a: tg.math.unsorted_segment_mean(a, [0, 0, 1], 2), [1.0, 2.0, 3.0]) == [
        [0.5, 0.5, 1.0]
    ]
    whole = tg.math.unsorted_segment_mean(data, np.array([[0, 1], [1, 1], [0, 0], [1, 1], [0, 0]]), 2)
    assert whole.shape == (2,)


def test_bincount() -> None:
    x = RANDOM.integers(0, 6, 50)
    agree(tg.math.bincount, np.bincount(x), x)
    agree(lambda a: tg.math.bincount(a, minlength=9, dtype=tg.float64), np.bincount(x, minlength=9), x)
    agree(lambda a: tg.math.bincount(a, maxlength=3), np.bincount(x)[:3], x)
    agree(lambda a: tg.math.bincount(a, binary_output=True), np.bincount(x) > 0, x)
    weights = RANDOM.normal(size=50)
    agree(lambda a, w: tg.math.bincount(a, weights=w), np.bincount(x, weights), x, weights)
    rows = x.reshape(5, 10)
    agree(
        lambda a: tg.math.bincount(a, axis=-1),
        [np.stack([np.bincount(r, minlength=x.max() + 1) for r in rows])],
        rows,
    )
    agree(lambda a: tg.math.bincount(a, axis=-1, binary_output=True, maxlength=2),
          [np.stack([np.bincount(r, minlength=2)[:2] > 0 for r in rows])], rows)  # fmt: skip
    assert tg.math.bincount(tg.zeros([0], tg.int32)).shape == (0,)
    assert tg.math.bincount(tg.zeros([0], tg.int32), minlength=3).numpy().tolist() == [0, 0, 0]
    assert gradient(lambda w: tg.math.bincount([0, 2, 0], weights=w) * tg.constant([1.0, 2.0, 3.0], tg.float64),
                    [1.0, 1.0, 1.0]) == [[1.0, 3.0, 1.0]]  # fmt: skip


def test_confusion_matrix() -> None:
    labels, predictions = RANDOM.integers(0, 4, 30), RANDOM.integers(0, 4, 30)
    weights = RANDOM.normal(size=30)
    wanted = np.zeros((5, 5))
    np.add.at(wanted, (labels, predictions), 1)
    agree(lambda a, b: tg.math.confusion_matrix(a, b, 5), wanted, labels, predictions)
    agree(tg.math.confusion_matrix, wanted[:4, :4], labels, predictions)
    agree(lambda a, b: tg.math.confusion_matrix(a, b), wanted[:4, :4], labels[:, None], predictions)
    wanted[:] = 0
    np.add.at(wanted, (labels, predictions), weights)
    agree(
        lambda a, b, w: tg.math.confusion_matrix(a, b, 5, w, tg.float64), wanted, labels, predictions, weights
    )
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-0107"):
        tg.math.confusion_matrix([0], [3], num_classes=3)


def test_histograms() -> None:
    x = RANDOM.normal(size=200).astype(np.float32)
    counts = np.histogram(np.clip(x, -1, 1), 7, (-1, 1))[0]
    agree(lambda a: tg.histogram_fixed_width(a, [-1.0, 1.0], nbins=7), counts, x)
    assert tg.histogram_fixed_width_bins(
        [-3, 0, 4, 9], [0, 10], nbins=5, dtype=tg.int64
    ).numpy().tolist() == [0, 0, 2, 4]


def test_in_top_k() -> None:
    scores = np.array([[0.1, 0.9, 0.5], [0.3, 0.3, 0.3], [0.1, nan, 0.5], [0.5, 0.2, 0.1]], np.float32)
    targets = np.array([2, 0, 2, 7])
    agree(lambda t, p: tg.math.in_top_k(t, p, 1), [np.array([False, True, False, False])], targets, scores)
    agree(lambda t, p: tg.nn.in_top_k(t, p, 2), [np.array([True, True, False, False])], targets, scores)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_the_greatest_and_the_least(axis: int) -> None:
    x = RANDOM.normal(size=(4, 5, 6))
    order = np.argsort(-x, axis)
    wanted = [np.take(np.take_along_axis(x, o, axis), range(3), axis) for o in (order, np.flip(order, axis))]
    indices = [np.take(o, range(3), axis) for o in (order, np.flip(order, axis))]
    agree(lambda a: tg.math.approx_max_k(a, 3, axis), [wanted[0], indices[0]], x)
    agree(lambda a: tg.nn.approx_min_k(a, 3, axis), [wanted[1], indices[1]], x)
    agree(lambda a: tg.approx_top_k(a, 3, axis, is_max_k=False), [wanted[1], indices[1]], x)


def test_permutations_are_inverted() -> None:
    order = RANDOM.permutation(20)
    agree(tg.math.invert_permutation, np.argsort(order), order)
    assert tg.math.invert_permutation(tg.constant([1, 0], tg.int64)).dtype == tg.int64


def test_clipping_by_norms() -> None:
    x = RANDOM.normal(size=(3, 4))
    norm = np.linalg.norm(x)
    agree(lambda a: tg.clip_by_norm(a, 0.5), x * 0.5 / norm, x)
    agree(lambda a: tg.clip_by_norm(a, 100.0), x, x)
    rows = np.linalg.norm(x, axis=1, keepdims=True)
    agree(lambda a: tg.clip_by_norm(a, 1.0, axes=[1]), x / np.maximum(rows, 1), x)
    assert gradient(lambda a: tg.clip_by_norm(a, 1.0), [0.0, 0.0]) == [[1.0, 1.0]]
    agree(lambda a: tg.linalg.global_norm([a, None, a]), np.sqrt(2) * norm, x)
    (first, none), total = tg.clip_by_global_norm([tg.constant(x), None], 0.5)
    np.testing.assert_allclose(first.numpy(), x * 0.5 / norm)
    assert none is None
    np.testing.assert_allclose(total.numpy(), norm)
    (first,), _ = tg.clip_by_global_norm([tg.constant([1.0, inf])], 1.0)
    assert np.isnan(first.numpy()).all()
    (first,), _ = tg.clip_by_global_norm([tg.constant([3.0, 4.0])], 1.0, use_norm=tg.constant(10.0))
    np.testing.assert_allclose(first.numpy(), [0.3, 0.4], rtol=1e-6)


def test_initializers() -> None:
    assert tg.zeros_initializer()([2], tg.int32).numpy().tolist() == [0, 0]
    assert tg.ones_initializer()([2], partition_shape=[1]).shape == (1,)
    assert tg.constant_initializer(2.5)([2]).numpy().tolist() == [2.5, 2.5]
    normal = tg.random_normal_initializer(mean=3.0, stddev=2.0, seed=1)
    again = tg.random_normal_initializer.from_config(normal.get_config())
    assert (again.mean, again.stddev, again.seed) == (3.0, 2.0, 1)
    x = normal([4000]).numpy()
    assert abs(x.mean() - 3) < 0.2
    assert abs(x.std() - 2) < 0.2
    uniform = tg.random_uniform_initializer(2, 5, seed=3)
    drawn = uniform([1000], tg.int32).numpy()
    assert sorted(set(drawn.tolist())) == [2, 3, 4]
    assert uniform.get_config() == {"minval": 2, "maxval": 5, "seed": 3}


def test_values_and_passing_gradients() -> None:
    assert tg.guarantee_const([1]).numpy().tolist() == [1]
    assert tg.get_static_value(tg.constant([1, 2])).tolist() == [1, 2]
    seen = []

    @tg.function
    def traced(x: Any) -> Any:
        seen.append((tg.is_symbolic_tensor(x), tg.get_static_value(x)))
        return x

    traced(tg.constant(1.0))
    assert seen == [(True, None)]
    assert not tg.is_symbolic_tensor(3)
    assert gradient(lambda x: tg.grad_pass_through(tg.round)(x) * 2.0, [1.4]) == [[2.0]]
    assert (tg.half, tg.double) == (tg.float16, tg.float64)
    assert tg.realdiv(tg.constant(3.0), 2.0).numpy() == 1.5


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0110", lambda: tg.add_n([])),
        ("TG-0105", lambda: tg.add_n([[1], [1, 2]])),
        ("TG-0105", lambda: tg.math.accumulate_n([[1]], shape=[2])),
        ("TG-0102", lambda: tg.math.accumulate_n([[1]], tensor_dtype=tg.float32)),
        ("TG-0103", lambda: tg.math.scalar_mul(tg.constant([1.0]), [2.0])),
        ("TG-0117", lambda: tg.math.polyval(1.0, [2.0])),
        ("TG-0106", lambda: tg.math.bincount([1], weights=[1.0], binary_output=True)),
        ("TG-0106", lambda: tg.math.bincount([1], axis=1)),
        ("TG-0103", lambda: tg.math.bincount([[[1]]], axis=-1)),
        ("TG-0105", lambda: tg.math.bincount([1], weights=1.0)),
        ("TG-0551", lambda: tg.math.bincount([1, -1])),
        ("TG-0552", lambda: tg.math.invert_permutation([0, 0])),
        ("TG-0103", lambda: tg.math.invert_permutation([[0]])),
        ("TG-0106", lambda: tg.histogram_fixed_width([1.0], [0.0, 1.0], nbins=0)),
        ("TG-0106", lambda: tg.math.approx_max_k([1.0], 2)),
        ("TG-0104", lambda: tg.math.approx_max_k([1.0], 1, reduction_dimension=1)),
        ("TG-0110", lambda: tg.linalg.global_norm([None])),
        ("TG-0105", lambda: tg.constant_initializer([1, 2])([3])),
        ("TG-0102", lambda: tg.random_normal_initializer()([3], tg.string)),
    ],
)  # fmt: skip
def test_code(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.Error, match=code):
        call()
