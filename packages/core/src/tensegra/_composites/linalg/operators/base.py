"""What all linear operators have."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.linalg._common import adjoint_of, conjugate, convert, execute, matmul
from tensegra._dtypes import DType
from tensegra._errors import InvalidArgumentError
from tensegra._module import Module
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike


def refuse(operator: Any, rule: str, code: str, received: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[{type(operator).__name__}] {rule}. Received: {received}. See the documentation of the class.",
        code=code,
    )


def broadcast_batch(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(size) for size in np.broadcast_shapes(*shapes))


@public("linalg.LinearOperator")
class LinearOperator(Module):
    """A batch of matrices, shape [B1, ..., Bb, m, n], known by what it does to others.

    Subclasses give `_shape()` and `_matmul()`; what else they know to do faster than with a dense matrix they
    override: `_to_dense`, `_solve`, `_log_abs_determinant`, `_determinant`, `_diag_part`, `_trace`, `_adjoint`,
    `_inverse`, `_cholesky`, `_eigvals`. Sizes are known when an operator is made.

    Args:
        dtype: The dtype of the elements.
        is_non_singular: Whether the matrices are known to be invertible; None: not known.
        is_self_adjoint: Whether they are known to be their own conjugate transposes.
        is_positive_definite: Whether they are known to be positive definite.
        is_square: Whether they are known to be square.
        name: The name of the operator.
        parameters: The arguments that the operator was made with.

    Raises:
        tg.errors.InvalidArgumentError: Where the hints contradict each other (TG-0106).

    >>> import tensegra as tg
    >>> operator = tg.linalg.LinearOperatorDiag([1.0, 2.0])
    >>> operator.matvec([3.0, 4.0]).numpy()
    array([3., 8.], dtype=float32)
    """

    def __init__(
        self,
        dtype: DType,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(name)
        if is_positive_definite and is_non_singular is False:
            raise refuse(
                self, "a positive definite operator is invertible", "TG-0106", "is_non_singular=False"
            )
        if is_square is False and (is_non_singular or is_self_adjoint or is_positive_definite):
            raise refuse(
                self, "an invertible or self-adjoint operator is square", "TG-0106", "is_square=False"
            )
        self._dtype = dtype
        self._is_non_singular = True if is_positive_definite else is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._is_square = True if self._is_non_singular or is_self_adjoint else is_square
        self._parameters = dict(parameters or {})

    # --- what subclasses give

    def _shape(self) -> tuple[int, ...]:
        raise NotImplementedError

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        raise NotImplementedError

    def _to_dense(self) -> Any:
        rows = self.domain_dimension
        return self._matmul(execute("matrix_diag", (self._ones([rows]),)), False)

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        dense = self.to_dense()
        if self.is_positive_definite and self.is_self_adjoint:
            factor = execute("cholesky", (dense,))
            half = execute("matrix_triangular_solve", (factor, rhs))
            return execute("matrix_triangular_solve", (factor, half), {"lower": True, "adjoint": True})
        return execute("matrix_solve", (dense, rhs), {"adjoint": adjoint})

    def _determinant(self) -> Any:
        return execute("determinant", (self.to_dense(),))

    def _log_abs_determinant(self) -> Any:
        return execute("log_matrix_determinant", (self.to_dense(),))[1]

    def _diag_part(self) -> Any:
        return execute("matrix_diag_part", (self.to_dense(),))

    def _trace(self) -> Any:
        return execute("reduce_sum", (self.diag_part(),), ([-1],))

    def _adjoint(self) -> LinearOperator:
        from tensegra._composites.linalg.operators.made_of import LinearOperatorAdjoint

        return LinearOperatorAdjoint(self)

    def _inverse(self) -> LinearOperator:
        from tensegra._composites.linalg.operators.made_of import LinearOperatorInversion

        return LinearOperatorInversion(self)

    def _cholesky(self) -> LinearOperator:
        from tensegra._composites.linalg.operators.dense import LinearOperatorLowerTriangular

        return LinearOperatorLowerTriangular(execute("cholesky", (self.to_dense(),)), is_non_singular=True)

    def _eigvals(self) -> Any:
        return execute("self_adjoint_eig", (self.to_dense(),), {"compute_v": False})[0]

    # --- what everybody may ask

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments that the operator was made with."""
        return dict(self._parameters)

    @property
    def is_non_singular(self) -> bool | None:
        """Whether the matrices are known to be invertible."""
        return self._is_non_singular

    @property
    def is_self_adjoint(self) -> bool | None:
        """Whether they are known to be their own conjugate transposes."""
        return self._is_self_adjoint

    @property
    def is_positive_definite(self) -> bool | None:
        """Whether they are known to be positive definite."""
        return self._is_positive_definite

    @property
    def is_square(self) -> bool:
        """Whether the matrices are square."""
        return self.range_dimension == self.domain_dimension

    @property
    def shape(self) -> TensorShape:
        """[B1, ..., Bb, m, n]."""
        return TensorShape(self._shape())

    @property
    def batch_shape(self) -> TensorShape:
        """[B1, ..., Bb]."""
        return TensorShape(self._shape()[:-2])

    @property
    def tensor_rank(self) -> int:
        """b + 2."""
        return len(self._shape())

    @property
    def range_dimension(self) -> int:
        """m, the number of rows."""
        return self._shape()[-2]

    @property
    def domain_dimension(self) -> int:
        """n, the number of columns."""
        return self._shape()[-1]

    def shape_tensor(self, name: str | None = None) -> Tensor:
        """The shape as an int32 tensor."""
        return _native.tensor(list(self._shape()), 4)

    def batch_shape_tensor(self, name: str | None = None) -> Tensor:
        """The shape of the batch as an int32 tensor."""
        return _native.tensor(np.array(self._shape()[:-2], np.int32))

    def tensor_rank_tensor(self, name: str | None = None) -> Tensor:
        """The rank as an int32 tensor."""
        return _native.tensor(self.tensor_rank, 4)

    def range_dimension_tensor(self, name: str | None = None) -> Tensor:
        """The number of rows as an int32 tensor."""
        return _native.tensor(self.range_dimension, 4)

    def domain_dimension_tensor(self, name: str | None = None) -> Tensor:
        """The number of columns as an int32 tensor."""
        return _native.tensor(self.domain_dimension, 4)

    def matmul(
        self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str | None = None
    ) -> Any:
        """Multiplies the matrices by others, or by those of another operator.

        Args:
            x: Shape [..., n, r], or a LinearOperator.
            adjoint: Whether the conjugate transpose of this operator is used.
            adjoint_arg: Whether that of x is used.
            name: Ignored; for compatibility.

        Returns:
            Shape [..., m, r], or a LinearOperatorComposition.

        Raises:
            tg.errors.InvalidArgumentError: Where the sizes do not fit (TG-0105).
        """
        if isinstance(x, LinearOperator):
            from tensegra._composites.linalg.operators.made_of import LinearOperatorComposition

            left, right = self.adjoint() if adjoint else self, x.adjoint() if adjoint_arg else x
            return LinearOperatorComposition([left, right])
        values = self._argument(x, self.range_dimension if adjoint else self.domain_dimension, adjoint_arg)
        return self._matmul(values, adjoint)

    def __matmul__(self, other: Any) -> Any:
        return self.matmul(other)

    def matvec(self, x: TensorLike, adjoint: bool = False, name: str | None = None) -> Tensor:
        """Multiplies the matrices by vectors, shape [..., n]."""
        columns = execute("expand_dims", (self._tensor(x),), (-1,))
        return execute("squeeze", (self.matmul(columns, adjoint),), ([-1],))

    def solve(
        self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str | None = None
    ) -> Any:
        """Solves systems of equations with these matrices.

        Args:
            rhs: The right-hand sides, shape [..., m, r], or a LinearOperator.
            adjoint: Whether the conjugate transpose of this operator is used.
            adjoint_arg: Whether that of rhs is used.
            name: Ignored; for compatibility.

        Raises:
            tg.errors.InvalidArgumentError: Where the matrices are not square, or the sizes do not fit (TG-0105), or a
                matrix is not invertible (TG-0571).
        """
        self._require_square("solve")
        if self.is_non_singular is False:
            raise refuse(self, "a singular operator has no inverse", "TG-0571", "is_non_singular=False")
        if isinstance(rhs, LinearOperator):
            return self.inverse().matmul(rhs, adjoint, adjoint_arg)
        return self._solve(self._argument(rhs, self.range_dimension, adjoint_arg), adjoint)

    def solvevec(self, rhs: TensorLike, adjoint: bool = False, name: str | None = None) -> Tensor:
        """Solves systems of equations whose right-hand sides are vectors, shape [..., m]."""
        columns = execute("expand_dims", (self._tensor(rhs),), (-1,))
        return execute("squeeze", (self.solve(columns, adjoint),), ([-1],))

    def to_dense(self, name: str | None = None) -> Tensor:
        """The matrices in full."""
        return self._to_dense()

    def determinant(self, name: str | None = None) -> Tensor:
        """The determinants, shape [B1, ..., Bb]."""
        self._require_square("determinant")
        return self._determinant()

    def log_abs_determinant(self, name: str | None = None) -> Tensor:
        """The logarithms of the absolute values of the determinants."""
        self._require_square("log_abs_determinant")
        return self._log_abs_determinant()

    def diag_part(self, name: str | None = None) -> Tensor:
        """The main diagonals, shape [B1, ..., Bb, min(m, n)]."""
        return self._diag_part()

    def trace(self, name: str | None = None) -> Tensor:
        """The sums of the main diagonals."""
        return self._trace()

    def add_to_tensor(self, x: TensorLike, name: str | None = None) -> Tensor:
        """The matrices plus others."""
        return execute("add", (self.to_dense(), self._tensor(x)))

    def adjoint(self, name: str | None = None) -> LinearOperator:
        """The operator of the conjugate transposes."""
        return self if self.is_self_adjoint else self._adjoint()

    @property
    def H(self) -> LinearOperator:
        """The operator of the conjugate transposes."""
        return self.adjoint()

    def inverse(self, name: str | None = None) -> LinearOperator:
        """The operator of the inverses."""
        self._require_square("inverse")
        if self.is_non_singular is False:
            raise refuse(self, "a singular operator has no inverse", "TG-0571", "is_non_singular=False")
        return self._inverse()

    def cholesky(self, name: str | None = None) -> LinearOperator:
        """The lower triangular operator L with L L^H = this one, which must be known to be positive definite."""
        if not self.is_positive_definite or not self.is_self_adjoint:
            raise refuse(
                self, "the operator must be known to be self-adjoint and positive definite", "TG-0106",
                f"is_self_adjoint={self.is_self_adjoint}, is_positive_definite={self.is_positive_definite}",
            )  # fmt: skip
        return self._cholesky()

    def eigvals(self, name: str | None = None) -> Tensor:
        """The eigenvalues of an operator that is known to be self-adjoint, in ascending order."""
        if not self.is_self_adjoint:
            raise refuse(
                self, "the operator must be known to be self-adjoint", "TG-0106",
                f"is_self_adjoint={self.is_self_adjoint}",
            )  # fmt: skip
        return self._eigvals()

    def cond(self, name: str | None = None) -> Tensor:
        """The condition numbers: the greatest singular values over the least."""
        values = execute("svd", (self.to_dense(),), {"compute_uv": False})[0]
        return execute("divide", (values[..., 0], values[..., -1]))

    # --- for subclasses

    def _tensor(self, x: Any) -> Any:
        return x if isinstance(x, _native.Tensor) else _native.tensor(x, self._dtype._number)

    def _argument(self, x: Any, rows: int, adjoint: bool) -> Any:
        values = self._tensor(x)
        if values._rank < 2:
            raise refuse(
                self, "the argument must have at least 2 dimensions", "TG-0103", f"rank={values._rank}"
            )
        if adjoint:
            values = adjoint_of(values)
        if values._shape[-2] not in (-1, rows):
            raise refuse(
                self, "the argument must have as many rows as the operator has columns", "TG-0105",
                f"operator of shape {self._shape()}, argument of shape {values._shape}",
            )  # fmt: skip
        return values

    def _require_square(self, what: str) -> None:
        if not self.is_square:
            raise refuse(self, f"{what} needs square matrices", "TG-0105", f"shape={self._shape()}")

    def _ones(self, shape: list[int]) -> Any:
        return execute(
            "fill", (_native.tensor(np.array(shape, np.int64)), _native.tensor(1, self._dtype._number))
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} shape={self._shape()} dtype={self._dtype.name}>"


def dense_product(matrix: Any, x: Any, adjoint: bool) -> Any:
    return matmul(conjugate(matrix), x, True) if adjoint else matmul(matrix, x)


def matrix_argument(value: Any, operator: Any, name: str, least: int) -> Any:
    """A floating-point or complex tensor of at least that rank whose sizes are known."""
    tensor = convert(value)
    if not (tensor.dtype.is_floating or tensor.dtype.is_complex):
        raise refuse(
            operator, f"{name} must be floating-point or complex", "TG-0102", f"dtype={tensor.dtype.name}"
        )
    if tensor._rank < least or min(tensor._shape, default=0) < 0:
        raise refuse(
            operator, f"{name} must have at least {least} dimensions of known sizes", "TG-0103",
            f"{name}.shape={tensor._shape if tensor._rank >= 0 else None}",
        )  # fmt: skip
    return tensor
