"""Eigenvalues of matrices of any kind; apart from the other decompositions since `tg` itself has these names."""

from __future__ import annotations

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


@public("linalg.eig eig")
def eig(tensor: TensorLike, name: str | None = None) -> tuple[Tensor, Tensor]:
    """The eigenvalues and eigenvectors of square matrices (LAPACK's geev).

    Args:
        tensor: Square matrices, shape [..., n, n].
        name: Ignored; for compatibility.

    Returns:
        The eigenvalues in no particular order, shape [..., n], and the eigenvectors of length 1 as columns, shape
        [..., n, n]; complex.

    Raises:
        tg.errors.FailedPreconditionError: Where LAPACK is not installed (TG-0570).

    >>> import tensegra as tg
    >>> tg.linalg.eig([[2.0, 0.0], [0.0, 3.0]])[0].numpy()
    array([2.+0.j, 3.+0.j], dtype=complex64)
    """
    values, vectors = _execute("eig", (tensor,), {"compute_v": True})
    return values, vectors


@public("linalg.eigvals eigvals")
def eigvals(tensor: TensorLike, name: str | None = None) -> Tensor:
    """The eigenvalues of square matrices, in no particular order.

    Args:
        tensor: Square matrices, shape [..., n, n].
        name: Ignored; for compatibility.

    Returns:
        Complex, shape [..., n].

    >>> import tensegra as tg
    >>> tg.linalg.eigvals([[2.0, 0.0], [0.0, 3.0]]).numpy()
    array([2.+0.j, 3.+0.j], dtype=complex64)
    """
    return _execute("eig", (tensor,), {"compute_v": False})[0]
