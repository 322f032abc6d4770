"""Operators given by all of their elements, or by one triangle."""

from __future__ import annotations

from typing import Any

from tensegra._composites.linalg._common import adjoint_of, execute
from tensegra._composites.linalg.operators.base import LinearOperator, dense_product, matrix_argument
from tensegra._public import public
from tensegra._typing import TensorLike


@public("linalg.LinearOperatorFullMatrix")
class LinearOperatorFullMatrix(LinearOperator):
    """An operator given by its matrices.

    Args:
        matrix: Shape [..., m, n].
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> operator = tg.linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    >>> operator.trace().numpy()
    np.float32(5.0)
    """

    def __init__(
        self,
        matrix: TensorLike,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorFullMatrix",
    ) -> None:
        self._matrix = matrix_argument(matrix, self, "matrix", 2)
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(self._matrix.dtype, *hints, name, {"matrix": matrix})

    def _shape(self) -> tuple[int, ...]:
        return tuple(self._matrix._shape)

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        return dense_product(self._matrix, x, adjoint)

    def _to_dense(self) -> Any:
        return self._matrix


@public("linalg.LinearOperatorLowerTriangular")
class LinearOperatorLowerTriangular(LinearOperator):
    """An operator of lower triangular matrices.

    Args:
        tril: Shape [..., n, n]; what is above the diagonal is not read.
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> operator = tg.linalg.LinearOperatorLowerTriangular([[2.0, 9.0], [1.0, 4.0]])
    >>> operator.determinant().numpy()
    np.float32(8.0)
    """

    def __init__(
        self,
        tril: TensorLike,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorLowerTriangular",
    ) -> None:
        given = matrix_argument(tril, self, "tril", 2)
        self._tril = execute("matrix_band_part", (given,), {"num_lower": -1, "num_upper": 0})
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(self._tril.dtype, *hints, name, {"tril": tril})
        self._require_square("a triangular operator")

    def _shape(self) -> tuple[int, ...]:
        return tuple(self._tril._shape)

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        return dense_product(self._tril, x, adjoint)

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        return execute("matrix_triangular_solve", (self._tril, rhs), {"lower": True, "adjoint": adjoint})

    def _to_dense(self) -> Any:
        return self._tril

    def _determinant(self) -> Any:
        return execute("reduce_prod", (self.diag_part(),), ([-1],))

    def _log_abs_determinant(self) -> Any:
        sizes = execute("abs", (self.diag_part(),))
        return execute("reduce_sum", (execute("log", (sizes,)),), ([-1],))

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorFullMatrix(adjoint_of(self._tril), is_non_singular=self.is_non_singular)
