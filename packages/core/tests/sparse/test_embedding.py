"""Embeddings of sparse ids, and counts of values, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

TABLE = np.random.default_rng(2).normal(size=(6, 3)).astype(np.float32)
PLACES, IDS, WEIGHTS = [[0, 0], [0, 1], [1, 0], [2, 0], [2, 3]], [1, 3, 0, 5, 5], [1.0, 2.0, 0.5, 3.0, 1.0]
ROWS = [[0, 1], [2], [3, 4]]


@pytest.mark.parametrize("combiner", ["mean", "sqrtn", "sum", None])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("max_norm", [None, 1.0])
def test_combined_rows(combiner: str | None, weighted: bool, max_norm: float | None) -> None:
    ids = tg.SparseTensor(PLACES, IDS, [3, 4])
    weights = tg.SparseTensor(PLACES, WEIGHTS, [3, 4]) if weighted else None
    table = TABLE
    if max_norm is not None:
        norms = np.linalg.norm(table, axis=1, keepdims=True)
        table = table * np.minimum(1, max_norm / norms)
    wanted = []
    for row in ROWS:
        w = np.array([WEIGHTS[i] if weighted else 1.0 for i in row])
        total = (table[[IDS[i] for i in row]] * w[:, None]).sum(0)
        divisor = {"sum": 1.0, "sqrtn": np.sqrt((w**2).sum())}.get(combiner or "mean", w.sum())
        wanted.append(total / divisor)
    found = tg.nn.embedding_lookup_sparse(TABLE, ids, weights, combiner, max_norm)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_missing_ids() -> None:
    ids = tg.SparseTensor([[0, 0, 0], [0, 1, 0], [1, 1, 1]], [2, -1, 4], [2, 2, 2])
    found = tg.nn.safe_embedding_lookup_sparse(TABLE, ids)
    zeros = np.zeros(3)
    np.testing.assert_allclose(found, [[TABLE[2], zeros], [zeros, TABLE[4]]])
    filled = tg.nn.safe_embedding_lookup_sparse(TABLE, ids, default_id=1)
    np.testing.assert_allclose(filled, [[TABLE[2], TABLE[1]], [TABLE[1], TABLE[4]]])
    weights = tg.SparseTensor(ids.indices, [0.0, 1.0, 2.0], [2, 2, 2])
    weighted = tg.nn.safe_embedding_lookup_sparse(TABLE, ids, weights, combiner="sqrtn")
    np.testing.assert_allclose(weighted, [[zeros, zeros], [zeros, TABLE[4]]], rtol=1e-6)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        tg.nn.embedding_lookup_sparse(TABLE, ids, None, combiner="max")


def test_gradients_reach_the_table() -> None:
    table = tg.constant(TABLE)
    with tg.GradientTape() as tape:
        tape.watch(table)
        found = tg.nn.embedding_lookup_sparse(table, tg.SparseTensor(PLACES, IDS, [3, 4]), None, "sum")
    wanted = np.bincount(IDS, minlength=6)[:, None] * np.ones(3)
    np.testing.assert_allclose(tape.gradient(found, table), wanted)


def test_counts() -> None:
    values = [[1, 1, 3], [0, 0, 7]]

    def whole(**options: Any) -> Any:
        return tg.sparse.to_dense(tg.sparse.bincount(values, **options)).numpy().tolist()

    assert whole() == [2, 2, 0, 1, 0, 0, 0, 1]
    assert whole(axis=-1, maxlength=4) == [[0, 2, 0, 1], [2, 0, 0, 0]]
    assert whole(axis=-1, maxlength=4, binary_output=True) == [[0, 1, 0, 1], [1, 0, 0, 0]]
    assert whole(maxlength=2, minlength=5) == [2, 2, 0, 0, 0]
    assert whole(weights=[[0.5, 1.0, 2.0], [1.0, 1.0, 0.0]], maxlength=4) == [2.0, 1.5, 0.0, 2.0]
    sparse = tg.SparseTensor([[0, 1], [1, 0], [1, 2]], [2, 1, 1], [2, 3])
    found = tg.sparse.to_dense(tg.sparse.bincount(sparse, axis=-1)).numpy().tolist()
    assert found == [[0, 0, 1], [0, 2, 0]]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0104"):
        tg.sparse.bincount(values, axis=1)


def test_crosses() -> None:
    first = tg.ragged.constant([["a", "b"], [], ["c"]])
    second = tg.ragged.constant([[1, 2], [3], [4]])
    found = tg.ragged.cross([first, second])
    assert found.to_list() == [[b"a_X_1", b"a_X_2", b"b_X_1", b"b_X_2"], [], [b"c_X_4"]]
    sparse = tg.sparse.cross([first.to_sparse(), second], separator="+")
    assert sparse.values.numpy().tolist() == [b"a+1", b"a+2", b"b+1", b"b+2", b"c+4"]
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0110"):
        tg.sparse.cross([])
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
        tg.ragged.cross([["a"]])
