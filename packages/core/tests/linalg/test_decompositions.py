"""Decompositions: what they are defined by, batches, sizes that pass the blocks of the kernels, bad input."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import tensegra as tg

from .common import Array, check_gradient, close, normal

SHAPES = [(3, 3), (5, 3), (3, 5), (2, 4, 3), (2, 1, 3, 3), (0, 3), (3, 0), (0, 2, 2)]


def positive(*shape: int, seed: int = 0) -> Array:
    x = normal(*shape, seed=seed)
    return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1])


def orthonormal(x: Any, tolerance: float = 1e-12) -> None:
    x = np.asarray(x)
    gram = np.swapaxes(x.conj(), -1, -2) @ x
    close(gram, np.broadcast_to(np.eye(x.shape[-1]), gram.shape), tolerance)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_qr(shape: tuple[int, ...], full: bool) -> None:
    x = normal(*shape)
    q, r = tg.linalg.qr(x, full_matrices=full)
    wanted = np.linalg.qr(x, "complete" if full else "reduced")
    assert q.shape == wanted.Q.shape
    assert r.shape == wanted.R.shape
    orthonormal(q.numpy())
    close(q.numpy() @ r.numpy(), x)
    np.testing.assert_array_equal(r.numpy(), np.triu(r.numpy()))


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_svd(shape: tuple[int, ...], full: bool) -> None:
    x = normal(*shape)
    s, u, v = tg.linalg.svd(x, full_matrices=full)
    k = min(shape[-2:])
    orthonormal(u.numpy())
    orthonormal(v.numpy())
    assert u.shape[-1] == (shape[-2] if full else k)
    assert v.shape[-1] == (shape[-1] if full else k)
    close(s.numpy(), np.linalg.svd(x, compute_uv=False))
    close(tg.linalg.svd(x, compute_uv=False).numpy(), s.numpy())
    close((u.numpy()[..., :k] * s.numpy()[..., None, :]) @ np.swapaxes(v.numpy()[..., :k], -1, -2), x)


@pytest.mark.parametrize("n", [1, 7, 64, 65, 200, 300])
def test_cholesky_and_triangular_systems_of_many_sizes(n: int) -> None:
    x = positive(n, n)
    factor = tg.linalg.cholesky(x).numpy()
    np.testing.assert_array_equal(factor, np.tril(factor))
    np.testing.assert_allclose(factor @ factor.T, x, rtol=1e-10, atol=1e-10)
    for columns in (1, 70):
        b = normal(n, columns, seed=1)
        for lower in (False, True):
            a = np.tril(factor) if lower else np.triu(factor.T)
            for adjoint in (False, True):
                got = tg.linalg.triangular_solve(a, b, lower=lower, adjoint=adjoint).numpy()
                wanted = scipy.linalg.solve_triangular(a, b, trans=int(adjoint), lower=lower)
                np.testing.assert_allclose(got, wanted, rtol=1e-8, atol=1e-8)


def test_the_other_triangle_is_not_read() -> None:
    x = positive(4, 4)
    spoilt = x + np.triu(np.full((4, 4), np.nan), 1)
    close(tg.linalg.cholesky(spoilt).numpy(), np.linalg.cholesky(x))
    close(tg.linalg.eigvalsh(spoilt).numpy(), np.linalg.eigvalsh(x))
    b = normal(4, 2)
    close(tg.linalg.triangular_solve(spoilt, b).numpy(), np.linalg.solve(np.tril(x), b))


def test_eigh() -> None:
    x = positive(2, 3, 5, 5)
    values, vectors = tg.linalg.eigh(x)
    orthonormal(vectors.numpy())
    close(values.numpy(), np.linalg.eigvalsh(x))
    close(tg.linalg.eigvalsh(x).numpy(), values.numpy())
    close(x @ vectors.numpy(), vectors.numpy() * values.numpy()[..., None, :])
    assert tg.linalg.eigvalsh(np.zeros((0, 0))).shape == (0,)


def test_gradients_that_do_not_depend_on_free_signs() -> None:
    """Functions of the vectors that stay the same whatever signs the decomposition takes."""

    def projector(x: Any) -> Any:
        _, vectors = tg.linalg.eigh(x)
        first = vectors[..., :2]
        return tg.matmul(first, first, transpose_b=True)

    def low_rank(x: Any) -> Any:
        s, u, v = tg.linalg.svd(x)
        return tg.matmul(u[..., :1] * s[..., None, :1], v[..., :1], transpose_b=True)

    check_gradient(lambda x: projector(x + tg.linalg.matrix_transpose(x)), normal(4, 4))
    for shape in ((4, 3), (3, 4), (2, 3, 3)):
        check_gradient(low_rank, normal(*shape), tolerance=1e-5)
    check_gradient(lambda x: tg.matmul(*tg.linalg.qr(x)), normal(4, 3))
    check_gradient(lambda x: tg.matmul(*tg.linalg.qr(x)), normal(2, 3, 5))


def test_lu() -> None:
    x = normal(2, 3, 5, 5)
    lu, p = tg.linalg.lu(x, output_idx_type=tg.int64)
    lower = np.tril(lu.numpy(), -1) + np.eye(5)
    close(lower @ np.triu(lu.numpy()), np.take_along_axis(x, p.numpy()[..., None], -2))
    close(tg.linalg.lu_reconstruct(lu, p).numpy(), x)
    close(tg.linalg.lu_matrix_inverse(lu, p).numpy(), np.linalg.inv(x))
    b = normal(5, 2, seed=1)
    close(tg.linalg.lu_solve(lu, p, b).numpy(), np.linalg.solve(x, b))
    check_gradient(lambda y: tg.linalg.lu_solve(*tg.linalg.lu(y), b[:3]), normal(3, 3))


def test_determinants() -> None:
    x = normal(2, 5, 5)
    close(tg.linalg.det(x).numpy(), np.linalg.det(x))
    sign, log = tg.linalg.slogdet(x)
    close(sign.numpy() * np.exp(log.numpy()), np.linalg.det(x))
    close(tg.linalg.logdet(positive(2, 4, 4)).numpy(), np.linalg.slogdet(positive(2, 4, 4))[1])
    assert tg.linalg.det(np.ones((2, 2))).numpy() == 0.0
    sign, log = tg.linalg.slogdet(np.ones((2, 2)))
    assert (sign.numpy(), log.numpy()) == (0.0, -np.inf)
    np.testing.assert_array_equal(tg.linalg.det(np.zeros((2, 0, 0))).numpy(), [1, 1])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_matrix_functions(scale: float) -> None:
    x = normal(2, 6, 6) * scale
    got = tg.linalg.expm(x).numpy()
    wanted = scipy.linalg.expm(x)
    np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12 * np.abs(wanted).max())
    p = positive(2, 6, 6) * scale
    close(tg.linalg.sqrtm(p).numpy() @ tg.linalg.sqrtm(p).numpy(), p, 1e-9)
    close(tg.matrix_square_root(p).numpy(), tg.linalg.sqrtm(p).numpy())
    for matrix, log in zip(p, tg.linalg.logm(p).numpy(), strict=True):
        close(scipy.linalg.expm(log) / scale, matrix / scale, 1e-9)
    close(tg.linalg.logm(tg.linalg.expm(x / scale / 10)).numpy(), x / scale / 10, 1e-9)


def test_matrix_functions_without_a_real_result() -> None:
    negative = np.diag([-1.0, 2.0])
    assert np.isnan(tg.linalg.sqrtm(negative).numpy()).all()
    assert np.isnan(tg.linalg.logm(negative).numpy()).all()
    assert np.isnan(tg.linalg.logm(np.zeros((2, 2))).numpy()).all()
    assert np.isnan(tg.linalg.sqrtm(np.array([[0.0, 1.0], [0.0, 0.0]])).numpy()).all()
    np.testing.assert_array_equal(tg.linalg.sqrtm(np.zeros((2, 2))).numpy(), np.zeros((2, 2)))
    rotation = np.array([[0.0, -1.0], [1.0, 0.0]])  # complex eigenvalues, real root
    close(tg.linalg.sqrtm(rotation).numpy(), scipy.linalg.sqrtm(rotation).real)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity(value: float) -> None:
    x = positive(2, 3, 3)
    x[1, 2, 0] = value
    for results in (tg.linalg.svd(x), tg.linalg.eigh(x), [tg.linalg.expm(x)], [tg.linalg.sqrtm(x)]):
        for result in results:
            assert np.isfinite(result.numpy()[0]).all()
            assert np.isnan(result.numpy()[1]).all()
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0572"):
        tg.linalg.cholesky(np.full((2, 2), value))


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("TG-0571", lambda: tg.linalg.inv(np.ones((2, 2)))),
        ("TG-0571", lambda: tg.linalg.solve(np.ones((2, 2)), np.ones((2, 1)))),
        ("TG-0571", lambda: tg.linalg.lu(np.zeros((2, 2)))),
        ("TG-0571", lambda: tg.linalg.triangular_solve(np.zeros((2, 2)), np.ones((2, 1)))),
        ("TG-0571", lambda: tg.linalg.banded_triangular_solve(np.zeros((2, 2)), np.ones((2, 1)))),
        ("TG-0571", lambda: tg.linalg.tridiagonal_solve(np.zeros((3, 2)), np.ones((2, 1)))),
        ("TG-0572", lambda: tg.linalg.cholesky([[1.0, 2.0], [2.0, 1.0]])),
        ("TG-0572", lambda: tg.linalg.logdet([[-1.0]])),
        ("TG-0103", lambda: tg.linalg.qr([1.0])),
        ("TG-0103", lambda: tg.linalg.svd([1.0])),
        ("TG-0105", lambda: tg.linalg.cholesky(np.ones((2, 3)))),
        ("TG-0105", lambda: tg.linalg.expm(np.ones((2, 3)))),
        ("TG-0105", lambda: tg.linalg.solve(np.ones((2, 2)), np.ones((3, 1)))),
        ("TG-0101", lambda: tg.linalg.solve(np.ones((2, 2, 2)), np.ones((3, 2, 1)))),
        ("TG-0106", lambda: tg.linalg.lu(np.ones((2, 2)), output_idx_type=tg.float32)),
    ],
)
def test_errors(code: str, call: Any) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=code):
        call()


def test_a_singular_matrix_is_named() -> None:
    x = np.stack([np.eye(2), np.ones((2, 2)), np.zeros((2, 2))])
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[matrix_inverse\].*matrix 1 "):
        tg.linalg.inv(x)


@pytest.mark.parametrize(
    ("library", "found"),
    [("", "no library"), ("/nowhere.so", "cannot open"), ("libm.so.6", "without dgetrf")],
)
def test_without_lapack(library: str, found: str) -> None:
    """The error says what to install; what has a kernel of its own works all the same."""
    code = (
        "import numpy as np, tensegra as tg\n"
        "print(tg.linalg.cholesky(np.eye(2)).numpy()[0, 0])\n"
        "try:\n    tg.linalg.inv(np.eye(2))\n"
        "except tg.errors.FailedPreconditionError as error:\n    print(error)\n"
    )
    environment = {**os.environ, "TENSEGRA_LAPACK": library}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("1.0\n[matrix_inverse] this op needs LAPACK.")
    assert found in run.stdout
    assert "pip install 'tensegra-core[linalg]'" in run.stdout
    assert "TG-0570" in run.stdout


def test_the_wheel_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from tensegra._lapack import locate

    library = tmp_path / "scipy_openblas32" / "lib" / "libscipy_openblas.so"
    library.parent.mkdir(parents=True)
    library.touch()
    (tmp_path / "scipy_openblas32" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert locate() == str(library)


def test_an_iteration_that_does_not_converge(tmp_path: Any) -> None:
    """A LAPACK whose gesdd always gives up."""
    source = tmp_path / "lapack.c"
    source.write_text(
        "void dgesdd_(char* job, int* m, int* n, double* a, int* lda, double* s, double* u, int* ldu, double* vt,\n"
        "             int* ldvt, double* work, int* lwork, int* iwork, int* info) {\n"
        "  work[0] = 1;\n"
        "  *info = *lwork == -1 ? 0 : 1;\n"
        "}\n"
    )
    library = tmp_path / "liblapack.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    code = (
        "import numpy as np, tensegra as tg\n"
        "try:\n    tg.linalg.svd(np.eye(2))\n"
        "except tg.errors.InvalidArgumentError as error:\n    print(error)\n"
    )
    environment = {**os.environ, "TENSEGRA_LAPACK": str(library)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("[svd] the iteration did not converge. Received: matrix 0")
    assert "TG-0573" in run.stdout
