"""Products, norms and diagonals that are written with ops, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

from .common import check_gradient, close, normal

A, B = normal(2, 3, 4), normal(4, 3, 5, seed=1)


@pytest.mark.parametrize("axes", [0, 1, [[1, 2], [1, 0]], [[2], [0]], [1, 1], (-1, 0), [[], []]], ids=str)
def test_tensordot(axes: Any) -> None:
    close(tg.tensordot(A, B, axes).numpy(), np.tensordot(A, B, axes))
    check_gradient(lambda x, y: tg.tensordot(x, y, axes), normal(2, 2, 2), normal(2, 2, 2, seed=1))


def test_tensordot_of_unknown_sizes() -> None:
    spec = tg.TensorSpec([None, None, 4], tg.float64)
    traced = tg.function(lambda x: tg.tensordot(x, B, [[2, 1], [0, 1]]), input_signature=[spec])
    close(traced(tg.constant(A)).numpy(), np.tensordot(A, B, [[2, 1], [0, 1]]))


@pytest.mark.parametrize(
    ("code", "axes"), [("TG-0104", 4), ("TG-0104", [[3], [0]]), ("TG-0104", [[0, 0], [0, 1]]),
                       ("TG-0104", [[0], [0, 1]]), ("TG-0105", [[0], [0]])]
)  # fmt: skip
def test_axes_of_tensordot(code: str, axes: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        tg.tensordot(A, B, axes)


def test_matvec() -> None:
    x = normal(2, 4)
    close(tg.linalg.matvec(A, x).numpy(), np.einsum("bij,bj->bi", A, x))
    close(tg.linalg.matvec(A, normal(3), transpose_a=True).numpy(), np.einsum("bij,i->bj", A, normal(3)))
    close(tg.linalg.matvec(A, normal(3), adjoint_a=True).numpy(), np.einsum("bij,i->bj", A, normal(3)))
    check_gradient(tg.linalg.matvec, normal(2, 3), normal(3, seed=1))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0106"):
        tg.linalg.matvec(A, x, transpose_a=True, adjoint_a=True)


def test_transposes() -> None:
    np.testing.assert_array_equal(tg.linalg.matrix_transpose(A).numpy(), np.swapaxes(A, 1, 2))
    np.testing.assert_array_equal(tg.linalg.adjoint(A).numpy(), np.swapaxes(A, 1, 2))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0103"):
        tg.linalg.adjoint([1.0])


def test_cross() -> None:
    x, y = normal(2, 3), normal(2, 3, seed=1)
    close(tg.linalg.cross(x, y).numpy(), np.cross(x, y))
    check_gradient(tg.linalg.cross, x, y)
    for other in (normal(3), normal(2, 2)):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0105"):
            tg.linalg.cross(x, other)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("ord", ["euclidean", 1, 2, 3, 0.5, np.inf])
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_vector_norm(ord: Any, axis: int | None, keepdims: bool) -> None:
    p = 2 if ord == "euclidean" else ord
    x = A.reshape(-1) if axis is None else A
    wanted = np.linalg.norm(x, p, 0 if axis is None else axis, keepdims=keepdims)
    wanted = wanted.reshape((1,) * 3) if axis is None and keepdims else wanted
    got = tg.norm(A, ord, axis, keepdims)
    assert got.shape == wanted.shape
    close(got.numpy(), wanted)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("ord", ["euclidean", "fro", 1, np.inf])
@pytest.mark.parametrize("axis", [[0, 1], [2, 0], [-2, -1]])
def test_matrix_norm(ord: Any, axis: list[int], keepdims: bool) -> None:
    p = "fro" if ord == "euclidean" else ord
    close(tg.norm(A, ord, axis, keepdims).numpy(), np.linalg.norm(A, p, tuple(axis), keepdims=keepdims))


@pytest.mark.parametrize(
    ("code", "ord", "axis"),
    [("TG-0106", "nuc", None), ("TG-0106", -1, None), ("TG-0106", 3, [0, 1]), ("TG-0106", "fro", 1),
     ("TG-0104", 1, [0, 5]), ("TG-0104", 2, [0, 1, 2]), ("TG-0104", 1, [0, -3]), ("TG-0104", 1, 7)],
)  # fmt: skip
def test_errors_of_norm(code: str, ord: Any, axis: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        tg.norm(A, ord, axis)


def test_normalize_and_global_norm() -> None:
    unit, length = tg.linalg.normalize(A, axis=1)
    close(length.numpy(), np.linalg.norm(A, axis=1, keepdims=True))
    close(unit.numpy(), A / np.linalg.norm(A, axis=1, keepdims=True))
    close(tg.linalg.global_norm([A, None, B]).numpy(), np.sqrt((A**2).sum() + (B**2).sum()))
    check_gradient(lambda x, y: tg.linalg.global_norm([x, y]), normal(2), normal(2, 2))
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0110"):
        tg.linalg.global_norm([None])


def test_diagonals() -> None:
    close(tg.linalg.trace(A).numpy(), np.trace(A, axis1=1, axis2=2))
    packed = tg.linalg.diag_part(A, k=(-1, 1), padding_value=7)
    np.testing.assert_array_equal(
        packed.numpy()[0], [[*np.diag(A[0], 1)], [*np.diag(A[0])], [*np.diag(A[0], -1), 7]]
    )
    np.testing.assert_array_equal(tg.linalg.set_diag(A, packed, k=(-1, 1)).numpy(), A)
    np.testing.assert_array_equal(tg.linalg.diag([1.0, 2.0], num_cols=3).numpy(), [[1, 0, 0], [0, 2, 0]])
    np.testing.assert_array_equal(tg.linalg.band_part(A, 1, 0).numpy(), np.tril(A) - np.tril(A, -2))


def test_tensor_diagonals() -> None:
    x = normal(2, 3)
    whole = tg.linalg.tensor_diag(x)
    assert whole.shape == (2, 3, 2, 3)
    np.testing.assert_array_equal(whole.numpy(), np.diag(x.reshape(-1)).reshape(2, 3, 2, 3))
    np.testing.assert_array_equal(tg.linalg.tensor_diag_part(whole).numpy(), x)
    check_gradient(lambda y: tg.linalg.tensor_diag_part(y) * tg.linalg.tensor_diag_part(y), normal(2, 2))
    for code, wrong in (("TG-0103", normal(2, 2, 2)), ("TG-0105", normal(2, 3)), ("TG-0103", normal(3))):
        with pytest.raises(tg.errors.InvalidArgumentError, match=code):
            tg.linalg.tensor_diag_part(wrong)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0103", lambda: tg.linalg.diag(1.0)),
        ("TG-0103", lambda: tg.linalg.diag_part([1.0])),
        ("TG-0105", lambda: tg.linalg.diag([[1.0]], k=(0, 1))),
        ("TG-0105", lambda: tg.linalg.diag([1.0], num_rows=2, num_cols=2)),
        ("TG-0105", lambda: tg.linalg.set_diag([[1.0]], [1.0, 2.0])),
        ("TG-0106", lambda: tg.linalg.diag_part([[1.0]], k=1)),
        ("TG-0106", lambda: tg.linalg.diag_part([[1.0]], k=(1, 0))),
        ("TG-0106", lambda: tg.linalg.diag_part([[1.0]], align="CENTER")),
        ("TG-0109", lambda: tg.linalg.diag([1.0], num_rows=-2)),
        ("TG-0106", lambda: tg.linalg.diag([1.0], k=-(2**63) + 1)),
        ("TG-0109", lambda: tg.linalg.diag(tg.zeros([0, 2**63 - 1]), k=1)),
    ],
)
def test_errors_of_diagonals(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        call()
