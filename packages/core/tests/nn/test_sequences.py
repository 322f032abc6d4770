"""Labels without places, isotonic regression, embeddings of sets, and pools of uneven windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg


def normal(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=shape)


LABELS = np.array([[1, 2, 2], [3, 1, 0], [4, 4, 4]], np.int32)


def test_ctc_loss_in_its_forms() -> None:
    logits, lengths, steps = normal(6, 3, 5), [3, 2, 3], [6, 4, 6]
    wanted = tg.nn.ctc_loss(LABELS, logits, lengths, steps).numpy()
    turned = tg.nn.ctc_loss(LABELS, logits.transpose(1, 0, 2).copy(), lengths, steps, logits_time_major=False)
    np.testing.assert_allclose(turned.numpy(), wanted, rtol=1e-12)
    places = [[b, i] for b in range(3) for i in range(lengths[b])]
    sparse = tg.SparseTensor(places, tg.constant([LABELS[b, i] for b, i in places]), [3, 3])
    np.testing.assert_allclose(tg.nn.ctc_loss(sparse, logits, None, steps, blank_index=0).numpy(), wanted)
    moved = np.roll(logits, -1, axis=-1)
    got = tg.nn.ctc_loss(np.maximum(LABELS - 1, 0), moved, lengths, steps, blank_index=-1)
    np.testing.assert_allclose(got.numpy(), wanted, rtol=1e-12)


def test_ctc_loss_of_too_few_steps_is_infinite_and_has_no_slope() -> None:
    logits = tg.constant(normal(2, 1, 3))
    with tg.GradientTape() as tape:
        tape.watch(logits)
        loss = tg.nn.ctc_loss([[1, 1]], logits, [2], [2])  # a blank is needed between equal labels
    assert np.isinf(loss.numpy()).all()
    assert not tape.gradient(loss, logits).numpy().any()


def test_second_derivatives_of_ctc_loss_need_known_sizes() -> None:
    @tg.function(input_signature=[tg.TensorSpec([None, 1, 3], tg.float64)])
    def second(logits: Any) -> Any:
        with tg.GradientTape() as outer:
            outer.watch(logits)
            with tg.GradientTape() as inner:
                inner.watch(logits)
                loss = tg.nn.ctc_loss([[1]], logits, [1], [2])
            first = tg.reduce_sum(tg.square(inner.gradient(loss, logits)))
        return outer.gradient(first, logits)

    with pytest.raises(tg.errors.UnimplementedError) as error:
        second(tg.ones([2, 1, 3], tg.float64))
    assert error.value.error_code == "TG-0590"


def test_training_with_ctc_loss_makes_the_labels_likeliest() -> None:
    logits = tg.Variable(np.zeros((8, 3, 5), np.float32))
    for _ in range(60):
        with tg.GradientTape() as tape:
            loss = tg.reduce_sum(tg.nn.ctc_loss(LABELS, logits, [3, 2, 3], [8, 8, 8]))
        logits.assign_sub(tape.gradient(loss, logits))
    decoded, _ = tg.nn.ctc_greedy_decoder(logits, [8, 8, 8], blank_index=0)
    rows: list[list[int]] = [[], [], []]
    for (row, _), value in zip(decoded[0].indices.numpy(), decoded[0].values.numpy(), strict=True):
        rows[row].append(int(value))
    assert rows == [[1, 2, 2], [3, 1], [4, 4, 4]]


def test_greedy_decoding() -> None:
    best = np.array([[0, 1, 1, 2, 1, 1], [2, 2, 0, 0, 2, 1]])  # 2 is the blank
    logits = np.eye(3)[best.T]
    (merged,), score = tg.nn.ctc_greedy_decoder(logits, [6, 5])
    assert tg.sparse.to_dense(merged).numpy().tolist() == [[0, 1, 1], [0, 0, 0]]
    assert merged.dense_shape.numpy().tolist() == [2, 3]
    assert merged.indices.numpy().tolist() == [[0, 0], [0, 1], [0, 2], [1, 0]]
    np.testing.assert_array_equal(score.numpy(), [[-6.0], [-5.0]])
    (every,), _ = tg.nn.ctc_greedy_decoder(logits, [6, 5], merge_repeated=False)
    assert every.values.numpy().tolist() == [0, 1, 1, 1, 1, 0, 0]


def test_unique_labels_and_repetitions() -> None:
    unique, places = tg.nn.ctc_unique_labels([[3, 4, 4, 3], [1, 2, 3, 1], [0, 0, 0, 0]])
    assert unique.numpy().tolist() == [[3, 4, 0, 0], [1, 2, 3, 0], [0, 0, 0, 0]]
    assert places.numpy().tolist() == [[0, 1, 1, 0], [0, 1, 2, 0], [0, 0, 0, 0]]
    merged, lengths = tg.nn.collapse_repeated([[7, 7, 7], [7, 8, 7]], tg.constant([0, 3], tg.int64))
    assert merged.numpy().tolist() == [[0, 0, 0], [7, 8, 7]]
    assert lengths.numpy().tolist() == [0, 3]
    assert lengths.dtype == tg.int64


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_isotonic_regression_along_any_axis(axis: int) -> None:
    x = normal(4, 5, 3)
    falls, segments = tg.nn.isotonic_regression(x, axis=axis)
    assert (np.diff(falls.numpy(), axis=axis) <= 1e-12).all()
    np.testing.assert_allclose(falls.numpy().mean(axis), x.mean(axis), rtol=1e-12)
    assert set(np.unique(np.diff(segments.numpy(), axis=axis))) <= {0, 1}
    rises, _ = tg.nn.isotonic_regression(-x, decreasing=False, axis=axis)
    np.testing.assert_array_equal(rises.numpy(), -falls.numpy())


@pytest.mark.parametrize(
    ("dtype", "wanted"), [("int8", "float32"), ("int32", "float64"), ("float32", "float32")]
)
def test_isotonic_regression_of_integers(dtype: str, wanted: str) -> None:
    solution, _ = tg.nn.isotonic_regression(np.array([1, 4, 2], dtype), decreasing=False)
    assert solution.dtype.name == wanted
    assert solution.numpy().tolist() == [1.0, 3.0, 3.0]


def test_all_of_the_greatest_and_least_are_found() -> None:
    x = np.random.default_rng(0).permutation(60).reshape(3, 20).astype(np.float32)
    values, places = tg.nn.approx_max_k(x, 4)
    np.testing.assert_array_equal(values.numpy(), -np.sort(-x, axis=1)[:, :4])
    values, places = tg.nn.approx_min_k(x, 2, reduction_dimension=0)
    np.testing.assert_array_equal(values.numpy(), np.sort(x, axis=0)[:2])
    np.testing.assert_array_equal(np.take_along_axis(x, places.numpy(), 0), values.numpy())


TABLE = normal(5, 3)
PLACES = [[0, 0], [0, 2], [2, 1]]


def combined(weights: list[float], combiner: str) -> np.ndarray[Any, Any]:
    rows, w = TABLE[[1, 3, 4]], np.array(weights)
    first = w[:2] @ rows[:2]
    second = w[2] * rows[2]
    divisors = {
        "sum": (1.0, 1.0),
        "mean": (w[:2].sum(), w[2]),
        "sqrtn": (np.sqrt((w[:2] ** 2).sum()), abs(w[2])),
    }[combiner]
    return np.stack([first / divisors[0], np.zeros(3), second / divisors[1], np.zeros(3)])


@pytest.mark.parametrize("combiner", ["sum", "mean", "sqrtn"])
def test_embeddings_of_sets(combiner: str) -> None:
    ids = tg.SparseTensor(PLACES, np.array([1, 3, 4]), [4, 3])
    weights = tg.SparseTensor(PLACES, np.array([0.5, 2.0, 3.0]), [4, 3])
    run = tg.nn.embedding_lookup_sparse
    for safe in (run, tg.nn.safe_embedding_lookup_sparse):
        np.testing.assert_allclose(safe(TABLE, ids, None, combiner).numpy(), combined([1, 1, 1], combiner))
        np.testing.assert_allclose(
            safe(TABLE, ids, weights, combiner).numpy(), combined([0.5, 2, 3], combiner)
        )
    parts = run([TABLE[:2], TABLE[2:]], ids, weights, combiner)
    np.testing.assert_allclose(parts.numpy(), combined([0.5, 2, 3], combiner))


def test_safe_embeddings_leave_out_what_does_not_count() -> None:
    ids = tg.SparseTensor([[0, 0, 0], [0, 0, 1], [1, 1, 0]], np.array([-1, 2, 4]), [2, 2, 2])
    weights = tg.SparseTensor(ids.indices, np.array([1.0, 2.0, -1.0]), ids.dense_shape)
    got = tg.nn.safe_embedding_lookup_sparse(TABLE, ids, weights, default_id=1).numpy()
    assert got.shape == (2, 2, 3)
    np.testing.assert_allclose(got[0, 0], TABLE[2])
    np.testing.assert_allclose(got.reshape(4, 3)[1:], np.stack([TABLE[1]] * 3))
    kept = tg.nn.safe_embedding_lookup_sparse(TABLE, ids, weights, combiner="sum").numpy()
    np.testing.assert_allclose(kept[1, 1], -TABLE[4])


def test_embeddings_have_gradients_and_norms() -> None:
    table = tg.constant(TABLE)
    ids = tg.SparseTensor(PLACES, np.array([1, 3, 4]), [4, 3])
    with tg.GradientTape() as tape:
        tape.watch(table)
        total = tg.reduce_sum(tg.nn.embedding_lookup_sparse(table, ids, None, "mean"))
    wanted = np.zeros((5, 3))
    wanted[[1, 3]], wanted[4] = 0.5, 1.0
    np.testing.assert_allclose(tape.gradient(total, table).numpy(), wanted)
    for found in (
        tg.nn.embedding_lookup(TABLE, [0, 1, 2, 3, 4], max_norm=0.5).numpy(),
        tg.nn.embedding_lookup_sparse(
            TABLE, tg.SparseTensor([[i, 0] for i in range(5)], np.arange(5), [5, 1]), None, "sum", 0.5
        ).numpy(),
    ):
        norms = np.linalg.norm(TABLE, axis=1, keepdims=True)
        np.testing.assert_allclose(found, TABLE * np.minimum(1, 0.5 / norms))


@pytest.mark.parametrize("pseudo_random", [True, False])
@pytest.mark.parametrize("overlapping", [True, False])
def test_fractional_pools(pseudo_random: bool, overlapping: bool) -> None:
    x = normal(2, 13, 10, 3)
    for seed in range(1, 6):
        arguments = (x, [1.0, 1.44, 1.73, 1.0], pseudo_random, overlapping, seed)
        y, rows, columns = tg.nn.fractional_max_pool(*arguments)
        mean, heights, widths = tg.nn.fractional_avg_pool(*arguments)
        assert y.shape == mean.shape == (2, 9, 5, 3)
        for borders, size, ratio in ((rows.numpy(), 13, 13 / 9), (columns.numpy(), 10, 2.0)):
            assert (borders[0], borders[-1]) == (0, size)
            assert set(np.diff(borders)) <= {int(ratio), int(np.ceil(ratio))} | (
                {1, 2, 3} if pseudo_random else set()
            )
        for i in range(9):
            for j in range(5):
                bottom = rows.numpy()[i + 1] + overlapping
                right = columns.numpy()[j + 1] + overlapping
                window = x[:, rows.numpy()[i] : bottom, columns.numpy()[j] : right]
                np.testing.assert_allclose(y.numpy()[:, i, j], window.max((1, 2)))
        if not overlapping:
            areas = np.outer(np.diff(heights.numpy()), np.diff(widths.numpy()))
            np.testing.assert_allclose((mean.numpy() * areas[..., None]).sum((1, 2)), x.sum((1, 2)))


def test_fractional_pools_have_gradients() -> None:
    x = tg.constant(np.random.default_rng(2).permutation(49).astype(np.float64).reshape(1, 7, 7, 1))
    with tg.GradientTape(persistent=True) as tape:
        tape.watch(x)
        most, _, _ = tg.nn.fractional_max_pool(x, 1.5, seed=4)
        mean, rows, columns = tg.nn.fractional_avg_pool(x, 1.5, seed=4)
    gradient = tape.gradient(most, x).numpy()
    assert set(gradient[gradient != 0]) == {1.0}
    assert gradient.sum() == 16
    areas = np.outer(np.diff(rows.numpy()), np.diff(columns.numpy()))
    wanted = np.repeat(np.repeat(1 / areas, np.diff(rows.numpy()), 0), np.diff(columns.numpy()), 1)
    np.testing.assert_allclose(tape.gradient(mean, x).numpy()[0, ..., 0], wanted)


_IDS = tg.SparseTensor([[0, 0]], np.array([9]), [1, 1])


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0106", lambda: tg.nn.ctc_loss(_IDS, np.ones((2, 1, 3)), None, [2])),
        ("TG-0106", lambda: tg.nn.ctc_loss([[1]], np.ones((2, 1, 3)), [1], [2], blank_index=3)),
        ("TG-0105", lambda: tg.nn.ctc_loss([[1], [1]], np.ones((2, 1, 3)), [1], [2])),
        ("TG-0107", lambda: tg.nn.ctc_loss([[3]], np.ones((2, 1, 3)), [1], [2])),
        ("TG-0107", lambda: tg.nn.ctc_loss([[1]], np.ones((2, 1, 3)), [2], [2])),
        ("TG-0107", lambda: tg.nn.ctc_loss([[1]], np.ones((2, 1, 3)), [1], [-1])),
        ("TG-0103", lambda: tg.nn.ctc_greedy_decoder(np.ones((2, 3)), [2])),
        ("TG-0106", lambda: tg.nn.ctc_greedy_decoder(np.ones((2, 1, 3)), [2], blank_index=5)),
        ("TG-0104", lambda: tg.nn.isotonic_regression([1.0, 2.0], axis=1)),
        ("TG-0106", lambda: tg.nn.approx_max_k([1.0, 2.0], 3)),
        ("TG-0106", lambda: tg.nn.embedding_lookup_sparse(TABLE, _IDS, None, "max")),
        ("TG-0106", lambda: tg.nn.embedding_lookup_sparse(TABLE, [[1]], None)),
        ("TG-0106", lambda: tg.nn.embedding_lookup_sparse([], _IDS, None)),
        ("TG-0107", lambda: tg.nn.embedding_lookup_sparse(TABLE, _IDS, None)),
        ("TG-0103", lambda: tg.nn.fractional_max_pool(np.ones((4, 4)), 1.5)),
        ("TG-0106", lambda: tg.nn.fractional_max_pool(np.ones((1, 4, 4, 1)), 0.5)),
        ("TG-0106", lambda: tg.nn.fractional_avg_pool(np.ones((1, 4, 4, 1)), [1.5, 1.5, 1.5])),
    ],
)  # fmt: skip
def test_errors(code: str, call: Any) -> None:
    with pytest.raises((tg.errors.InvalidArgumentError, tg.errors.OutOfRangeError)) as error:
        call()
    assert error.value.error_code == code
