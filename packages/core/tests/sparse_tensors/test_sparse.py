"""`tg.sparse` against NumPy on whole arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

s = tg.sparse
A = np.array([[0.0, 5.0, 0.0], [7.0, 0.0, -2.0]], np.float32)
B = np.array([[1.0, -5.0, 0.0], [0.0, 0.0, 3.0]], np.float32)


def dense(value: Any) -> np.ndarray[Any, Any]:
    return np.asarray(s.to_dense(value) if isinstance(value, tg.SparseTensor) else value)


CASES = {
    "dense": (lambda a, b: a, lambda: A),
    "add": (lambda a, b: s.add(a, b), lambda: A + B),
    "add dense": (lambda a, b: s.add(B, a), lambda: A + B),
    "maximum": (lambda a, b: s.maximum(a, b), lambda: np.maximum(A, B)),
    "minimum": (lambda a, b: s.minimum(a, b), lambda: np.minimum(A, B)),
    "concat": (lambda a, b: s.concat(-1, [a, b]), lambda: np.concatenate([A, B], 1)),
    "concat rows": (lambda a, b: s.concat(0, [a, b]), lambda: np.concatenate([A, B], 0)),
    "expand": (lambda a, b: s.expand_dims(a, 1), lambda: A[:, None]),
    "reshape": (lambda a, b: s.reshape(a, [3, -1]), lambda: A.reshape(3, 2)),
    "slice": (lambda a, b: s.slice(a, [0, 1], [2, 5]), lambda: A[:, 1:]),
    "split": (lambda a, b: s.split(a, 2, axis=1)[0], lambda: A[:, :2]),
    "transpose": (lambda a, b: s.transpose(a), lambda: A.T),
    "sum": (lambda a, b: s.reduce_sum(a), lambda: A.sum()),
    "sum rows": (lambda a, b: s.reduce_sum(a, axis=1), lambda: A.sum(1)),
    "sum kept": (lambda a, b: s.reduce_sum(a, axis=[0], keepdims=True), lambda: A.sum(0, keepdims=True)),
    "sum sparse": (lambda a, b: s.reduce_sum(a, axis=0, output_is_sparse=True), lambda: A.sum(0)),
    "max rows": (lambda a, b: s.reduce_max(a, axis=1), lambda: np.array([5.0, 7.0])),
    "matmul": (lambda a, b: s.sparse_dense_matmul(a, B.T), lambda: A @ B.T),
    "adjoint": (lambda a, b: s.sparse_dense_matmul(a, B, adjoint_a=True), lambda: A.T @ B),
    "adjoints": (lambda a, b: s.sparse_dense_matmul(a, B, adjoint_b=True), lambda: A @ B.T),
    "dense first": (lambda a, b: s.sparse_dense_matmul(B.T, a), lambda: B.T @ A),
    "times": (lambda a, b: a * 2.0 / 4.0, lambda: A / 2),
    "times rows": (lambda a, b: a * [[2.0], [3.0]], lambda: A * [[2.0], [3.0]]),
    "map": (lambda a, b: s.map_values(tg.square, a), lambda: A**2),
}


@pytest.mark.parametrize("name", CASES)
def test_against_numpy(name: str) -> None:
    function, reference = CASES[name]
    for call in (function, tg.function(function)):
        found = call(s.from_dense(A), s.from_dense(B))
        np.testing.assert_allclose(dense(found), reference(), rtol=1e-6)


def test_places() -> None:
    mixed = tg.SparseTensor([[1, 0], [0, 1]], [2, 1], [2, 2])
    assert s.reorder(mixed).indices.numpy().tolist() == [[0, 1], [1, 0]]
    assert s.to_dense(mixed, validate_indices=False).numpy().tolist() == [[0, 1], [2, 0]]
    assert s.to_dense(tg.SparseTensor([[1]], ["a"], [2]), "?").numpy().tolist() == [b"?", b"a"]
    assert s.retain(mixed, [True, False]).values.numpy().tolist() == [2]
    filled, empty = s.fill_empty_rows(tg.SparseTensor([[1, 2]], ["x"], [3, 4]), "?")
    assert filled.values.numpy().tolist() == [b"?", b"x", b"?"]
    assert empty.numpy().tolist() == [True, False, True]
    assert s.reset_shape(mixed, [3, 5]).shape == [3, 5]
    assert s.reset_shape(tg.SparseTensor([[0, 1]], [1], [9, 9])).shape == [1, 2]
    assert s.to_indicator(tg.SparseTensor([[0, 0], [1, 0]], [2, 0], [2, 1]), 3).numpy().tolist() == [
        [False, False, True],
        [True, False, False],
    ]
    assert s.add(s.eye(2), s.eye(2) * -1.0, threshold=0.5).values.shape == [0]
    slices = tg.IndexedSlices(tg.constant([[1.0], [2.0], [4.0]]), tg.constant([0, 2, 0]), tg.constant([3, 1]))
    assert tg.convert_to_tensor(slices).numpy().tolist() == [[5.0], [0.0], [2.0]]
    assert s.mask(slices, [0]).indices.numpy().tolist() == [2]
    assert tg.function(lambda x: -x)(slices).values.numpy().tolist() == [[-1.0], [-2.0], [-4.0]]


def test_softmax_and_segments() -> None:
    found = s.softmax(tg.SparseTensor([[0, 0], [0, 2], [1, 1]], [1.0, 2.0, 9.0], [2, 3])).values.numpy()
    e = np.exp([1.0, 2.0])
    np.testing.assert_allclose(found, [*(e / e.sum()), 1.0], rtol=1e-6)
    data = np.arange(8, dtype=np.float32).reshape(4, 2)
    rows, ids = [0, 3, 1], [0, 0, 2]
    np.testing.assert_allclose(s.segment_sum(data, rows, ids), [[6, 8], [0, 0], [2, 3]])
    np.testing.assert_allclose(s.segment_mean(data, rows, ids, 4), [[3, 4], [0, 0], [2, 3], [0, 0]])
    np.testing.assert_allclose(s.segment_sqrt_n(data, rows, ids)[0], np.array([6, 8]) / np.sqrt(2), rtol=1e-6)


def test_gradients() -> None:
    values, matrix = tg.constant([5.0, 7.0, -2.0]), tg.constant(B.T)
    with tg.GradientTape() as tape:
        tape.watch([values, matrix])
        sparse = tg.SparseTensor([[0, 1], [1, 0], [1, 2]], values, [2, 3])
        product = s.sparse_dense_matmul(sparse, matrix)
    by_values, by_matrix = tape.gradient(product, [values, matrix])
    np.testing.assert_allclose(by_values, B.T.sum(1)[[1, 0, 2]])
    np.testing.assert_allclose(by_matrix, np.repeat(A.sum(0)[:, None], 2, 1))


def test_signatures() -> None:
    total = tg.function(s.reduce_sum, input_signature=[tg.SparseTensorSpec([None, None])])
    assert total(s.from_dense(A)).numpy() == A.sum()
    assert tg.SparseTensorSpec([2, 3]).is_compatible_with(s.from_dense(A))


def test_bad_input() -> None:
    for wrong in (
        lambda: s.to_dense(tg.SparseTensor([[1], [0]], [1, 2], [2])),
        lambda: s.to_dense(tg.SparseTensor([[0], [0]], [1, 2], [2])),
        lambda: s.to_dense(tg.SparseTensor([[2]], [1], [2])),
        lambda: s.to_dense(tg.SparseTensor([[-1]], [1], [2]), validate_indices=False),
        lambda: s.map_values(tg.add, s.from_dense(A), s.from_dense(B)),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0613"):
            wrong()
    for wrong in (
        lambda: tg.SparseTensor([[0, 0]], [1, 2], [2, 2]),
        lambda: tg.SparseTensor([[0, 0]], [1], [2]),
        lambda: s.add(s.eye(2), s.eye(3)),
        lambda: s.reshape(s.eye(2), [3]),
        lambda: s.reset_shape(s.eye(2), [1, 1]),
        lambda: s.concat(0, [s.eye(2), s.eye(3)]),
        lambda: s.sparse_dense_matmul(s.eye(2), [[1.0]]),
    ):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0105"):
            wrong()
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0104"):
        s.reduce_sum(s.eye(2), axis=2)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0117"):
        s.reorder(tg.ones([2]))
