"""Operators that few numbers describe: diagonals, identities, zeros, reflections, permutations, bands."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.linalg._common import conjugate, convert, execute, swap_last
from tensegra._composites.linalg.operators.base import (
    LinearOperator,
    broadcast_batch,
    dense_product,
    matrix_argument,
    refuse,
)
from tensegra._composites.linalg.solvers import _compact_diagonals
from tensegra._dtypes import as_dtype
from tensegra._public import public
from tensegra._typing import DTypeLike, TensorLike


def _columns(x: Any) -> Any:
    return execute("expand_dims", (x,), (-1,))


@public("linalg.LinearOperatorDiag")
class LinearOperatorDiag(LinearOperator):
    """An operator of diagonal matrices.

    Args:
        diag: The diagonals, shape [..., n].
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there; True for real dtypes.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> tg.linalg.LinearOperatorDiag([2.0, 4.0]).solvevec([2.0, 2.0]).numpy()
    array([1. , 0.5], dtype=float32)
    """

    def __init__(
        self,
        diag: TensorLike,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorDiag",
    ) -> None:
        self._diag = matrix_argument(diag, self, "diag", 1)
        if not self._diag.dtype.is_complex:
            is_self_adjoint = True
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(self._diag.dtype, *hints, name, {"diag": diag})

    @property
    def diag(self) -> Any:
        """The diagonals."""
        return self._diag

    def _shape(self) -> tuple[int, ...]:
        return (*self._diag._shape, self._diag._shape[-1])

    def _factors(self, adjoint: bool) -> Any:
        return _columns(conjugate(self._diag) if adjoint else self._diag)

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        return execute("multiply", (self._factors(adjoint), x))

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        return execute("divide", (rhs, self._factors(adjoint)))

    def _to_dense(self) -> Any:
        return execute("matrix_diag", (self._diag,))

    def _diag_part(self) -> Any:
        return self._diag

    def _determinant(self) -> Any:
        return execute("reduce_prod", (self._diag,), ([-1],))

    def _log_abs_determinant(self) -> Any:
        return execute("reduce_sum", (execute("log", (execute("abs", (self._diag,)),)),), ([-1],))

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorDiag(conjugate(self._diag), is_non_singular=self.is_non_singular)

    def _inverse(self) -> LinearOperator:
        return LinearOperatorDiag(
            execute("reciprocal", (self._diag,)), True, self.is_self_adjoint, self.is_positive_definite
        )

    def _cholesky(self) -> LinearOperator:
        return LinearOperatorDiag(execute("sqrt", (self._diag,)), True, True, True)


@public("linalg.LinearOperatorScaledIdentity")
class LinearOperatorScaledIdentity(LinearOperatorDiag):
    """An operator of multiples of the identity.

    Args:
        num_rows: The number of rows.
        multiplier: The multiples, shape [B1, ..., Bb].
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there; True for real dtypes.
        is_positive_definite: See there.
        is_square: See there.
        assert_proper_shapes: Ignored; for compatibility: shapes are always checked.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> tg.linalg.LinearOperatorScaledIdentity(2, 3.0).to_dense().numpy()
    array([[3., 0.],
           [0., 3.]], dtype=float32)
    """

    def __init__(
        self,
        num_rows: int,
        multiplier: TensorLike,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str | None = "LinearOperatorScaledIdentity",
    ) -> None:
        self._multiplier = matrix_argument(multiplier, self, "multiplier", 0)
        rows = _size(num_rows, self, "num_rows")
        shape = np.array([*self._multiplier._shape, rows], np.int64)
        diag = execute("broadcast_to", (_columns(self._multiplier), _native.tensor(shape)))
        super().__init__(diag, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name)
        self._parameters = {"num_rows": num_rows, "multiplier": multiplier}

    @property
    def multiplier(self) -> Any:
        """The multiples."""
        return self._multiplier


@public("linalg.LinearOperatorIdentity")
class LinearOperatorIdentity(LinearOperator):
    """The identity.

    Args:
        num_rows: The number of rows.
        batch_shape: The shape of the batch; none by default.
        dtype: The dtype, float32 by default.
        is_non_singular: True.
        is_self_adjoint: True.
        is_positive_definite: True.
        is_square: True.
        assert_proper_shapes: Ignored; for compatibility: shapes are always checked.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> tg.linalg.LinearOperatorIdentity(2).to_dense().numpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        num_rows: int,
        batch_shape: Any = None,
        dtype: DTypeLike | None = None,
        is_non_singular: bool | None = True,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = True,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str | None = "LinearOperatorIdentity",
    ) -> None:
        self._rows = _size(num_rows, self, "num_rows")
        self._batch = () if batch_shape is None else tuple(int(size) for size in np.asarray(batch_shape))
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        parameters = {"num_rows": num_rows, "batch_shape": batch_shape, "dtype": dtype}
        super().__init__(as_dtype(dtype or "float32"), *hints, name, parameters)

    def _shape(self) -> tuple[int, ...]:
        return (*self._batch, self._rows, self._rows)

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        return _with_batch(x, self._batch)

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        return _with_batch(rhs, self._batch)

    def _to_dense(self) -> Any:
        return execute("matrix_diag", (self._diag_part(),))

    def _diag_part(self) -> Any:
        return self._ones([*self._batch, self._rows])

    def _determinant(self) -> Any:
        return self._ones([*self._batch])

    def _log_abs_determinant(self) -> Any:
        return execute("zeros_like", (self._ones([*self._batch]),))

    def _inverse(self) -> LinearOperator:
        return self

    def _cholesky(self) -> LinearOperator:
        return self


def _with_batch(x: Any, batch: tuple[int, ...]) -> Any:
    """x repeated where the batch is greater."""
    if not batch:
        return x
    shape = (*broadcast_batch(batch, tuple(x._shape[:-2])), *x._shape[-2:])
    return execute("broadcast_to", (x, _native.tensor(np.array(shape, np.int64))))


def _size(value: Any, operator: Any, name: str) -> int:
    size = int(np.asarray(value))
    if size < 0:
        raise refuse(operator, f"{name} must not be negative", "TG-0109", f"{name}={size}")
    return size


@public("linalg.LinearOperatorZeros")
class LinearOperatorZeros(LinearOperator):
    """An operator of matrices of zeros.

    Args:
        num_rows: The number of rows.
        num_columns: The number of columns, by default as many.
        batch_shape: The shape of the batch; none by default.
        dtype: The dtype, float32 by default.
        is_non_singular: False.
        is_self_adjoint: True.
        is_positive_definite: False.
        is_square: True.
        assert_proper_shapes: Ignored; for compatibility: shapes are always checked.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> tg.linalg.LinearOperatorZeros(2).matvec([1.0, 2.0]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __init__(
        self,
        num_rows: int,
        num_columns: int | None = None,
        batch_shape: Any = None,
        dtype: DTypeLike | None = None,
        is_non_singular: bool | None = False,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = False,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str | None = "LinearOperatorZeros",
    ) -> None:
        rows = _size(num_rows, self, "num_rows")
        columns = rows if num_columns is None else _size(num_columns, self, "num_columns")
        self._sizes = rows, columns
        self._batch = () if batch_shape is None else tuple(int(size) for size in np.asarray(batch_shape))
        square = rows == columns
        parameters = {
            "num_rows": num_rows,
            "num_columns": num_columns,
            "batch_shape": batch_shape,
            "dtype": dtype,
        }
        super().__init__(
            as_dtype(dtype or "float32"), is_non_singular, is_self_adjoint and square, is_positive_definite,
            square, name, parameters,
        )  # fmt: skip

    def _shape(self) -> tuple[int, ...]:
        return (*self._batch, *self._sizes)

    def _zeros(self, shape: list[int]) -> Any:
        return execute("zeros_like", (self._ones(shape),))

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        batch = broadcast_batch(self._batch, tuple(x._shape[:-2]))
        return self._zeros([*batch, self._sizes[1 if adjoint else 0], x._shape[-1]])

    def _to_dense(self) -> Any:
        return self._zeros([*self._batch, *self._sizes])

    def _determinant(self) -> Any:
        return self._zeros([*self._batch])

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorZeros(self._sizes[1], self._sizes[0], self._batch, self._dtype)


@public("linalg.LinearOperatorHouseholder")
class LinearOperatorHouseholder(LinearOperator):
    """Reflections, I - 2 v v^H / |v|^2 (A. Householder, 1958).

    Args:
        reflection_axis: The vectors v, shape [..., n].
        is_non_singular: True.
        is_self_adjoint: True.
        is_positive_definite: False.
        is_square: True.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> tg.linalg.LinearOperatorHouseholder([2.0, 0.0]).matvec([3.0, 4.0]).numpy()
    array([-3.,  4.], dtype=float32)
    """

    def __init__(
        self,
        reflection_axis: TensorLike,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorHouseholder",
    ) -> None:
        self._axis = matrix_argument(reflection_axis, self, "reflection_axis", 1)
        if is_positive_definite or is_self_adjoint is False or is_non_singular is False or is_square is False:
            raise refuse(
                self, "a reflection is invertible, self-adjoint and not positive definite", "TG-0106",
                f"is_positive_definite={is_positive_definite}, is_self_adjoint={is_self_adjoint}",
            )  # fmt: skip
        parameters = {"reflection_axis": reflection_axis}
        super().__init__(self._axis.dtype, True, True, False, True, name, parameters)

    def _shape(self) -> tuple[int, ...]:
        return (*self._axis._shape, self._axis._shape[-1])

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        v = _columns(self._axis)
        length = execute("reduce_sum", (execute("multiply", (v, conjugate(v))),), ([-2], True))
        along = execute("divide", (dense_product(v, x, True), length))
        both = execute(
            "multiply", (execute("matmul", (v, along)), execute("cast", (2.0,), {"dtype": self._dtype}))
        )
        return execute("subtract", (x, both))

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        return self._matmul(rhs, adjoint)

    def _determinant(self) -> Any:
        return execute("negative", (self._ones(list(self._axis._shape[:-1])),))

    def _log_abs_determinant(self) -> Any:
        return execute("zeros_like", (self._ones(list(self._axis._shape[:-1])),))

    def _inverse(self) -> LinearOperator:
        return self


@public("linalg.LinearOperatorPermutation")
class LinearOperatorPermutation(LinearOperator):
    """Permutations: row i of the product is row perm[i].

    Args:
        perm: Permutations of 0 to n - 1, shape [..., n]; int32 or int64.
        dtype: The dtype of the operator.
        is_non_singular: True.
        is_self_adjoint: See `tg.linalg.LinearOperator`.
        is_positive_definite: See there.
        is_square: True.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> tg.linalg.LinearOperatorPermutation([1, 2, 0]).matvec([5.0, 6.0, 7.0]).numpy()
    array([6., 7., 5.], dtype=float32)
    """

    def __init__(
        self,
        perm: TensorLike,
        dtype: DTypeLike = "float32",
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorPermutation",
    ) -> None:
        self._perm: Any = convert(perm)
        if self._perm.dtype.name not in ("int32", "int64") or self._perm._rank < 1:
            raise refuse(
                self, "perm must be int32 or int64 of at least 1 dimension", "TG-0102",
                f"dtype={self._perm.dtype.name}, rank={self._perm._rank}",
            )  # fmt: skip
        if not self._perm._is_symbolic:
            found = self._perm._numpy()
            if not (np.sort(found, -1) == np.arange(found.shape[-1])).all():
                raise refuse(
                    self, "perm must hold each of 0 to n - 1 once", "TG-0123", f"perm={found.tolist()}"
                )
        if is_non_singular is False or is_square is False:
            raise refuse(self, "a permutation is square and invertible", "TG-0106", "a hint of False")
        parameters = {"perm": perm, "dtype": dtype}
        super().__init__(as_dtype(dtype), True, is_self_adjoint, is_positive_definite, True, name, parameters)

    @property
    def perm(self) -> Any:
        """The permutations."""
        return self._perm

    def _shape(self) -> tuple[int, ...]:
        return (*self._perm._shape, self._perm._shape[-1])

    def _to_dense(self) -> Any:
        return execute("one_hot", (self._perm,), {"depth": self._perm._shape[-1], "dtype": self._dtype})

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        if self._perm._rank == 1 and not adjoint:
            return execute("gather", (x, self._perm), {"axis": x._rank - 2})
        return execute("matmul", (self._to_dense(), x), (adjoint, False))

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        return self._matmul(rhs, not adjoint)

    def _log_abs_determinant(self) -> Any:
        return execute("zeros_like", (self._ones(list(self._perm._shape[:-1])),))


@public("linalg.LinearOperatorToeplitz")
class LinearOperatorToeplitz(LinearOperator):
    """Matrices whose elements are the same along each diagonal, laid out in full when they are used.

    Args:
        col: The first columns, shape [..., n].
        row: The first rows, shape [..., n]; their first element is that of the column.
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> tg.linalg.LinearOperatorToeplitz([1.0, 2.0], [1.0, 3.0]).to_dense().numpy()
    array([[1., 3.],
           [2., 1.]], dtype=float32)
    """

    def __init__(
        self,
        col: TensorLike,
        row: TensorLike,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorToeplitz",
    ) -> None:
        self._col = matrix_argument(col, self, "col", 1)
        self._row = matrix_argument(convert(row, self._col), self, "row", 1)
        if self._col._shape[-1] != self._row._shape[-1]:
            raise refuse(
                self, "col and row must have the same length", "TG-0105",
                f"col.shape={self._col._shape}, row.shape={self._row._shape}",
            )  # fmt: skip
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(self._col.dtype, *hints, name, {"col": col, "row": row})

    @property
    def col(self) -> Any:
        """The first columns."""
        return self._col

    @property
    def row(self) -> Any:
        """The first rows."""
        return self._row

    def _shape(self) -> tuple[int, ...]:
        size = self._col._shape[-1]
        return (*broadcast_batch(tuple(self._col._shape[:-1]), tuple(self._row._shape[:-1])), size, size)

    def _to_dense(self) -> Any:
        *batch, size, _ = self._shape()
        shape = _native.tensor(np.array([*batch, size], np.int64))
        col, row = (execute("broadcast_to", (x, shape)) for x in (self._col, self._row))
        below = execute("reverse", (col[..., 1:],), {"axis": [-1]})
        diagonals = execute("concat", ([below, col[..., :1], row[..., 1:]],), (-1,))
        places = np.arange(size)[None, :] - np.arange(size)[:, None] + size - 1
        return execute("gather", (diagonals, _native.tensor(places)), {"axis": diagonals._rank - 1})

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        return dense_product(self._to_dense(), x, adjoint)

    def _diag_part(self) -> Any:
        *batch, size, _ = self._shape()
        return execute(
            "broadcast_to", (self._col[..., :1], _native.tensor(np.array([*batch, size], np.int64)))
        )


@public("linalg.LinearOperatorTridiag")
class LinearOperatorTridiag(LinearOperator):
    """Tridiagonal matrices; products and solutions take a time proportional to their size.

    Args:
        diagonals: The matrices, as `tg.linalg.tridiagonal_solve` takes them.
        diagonals_format: "compact", "matrix" or "sequence".
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> operator = tg.linalg.LinearOperatorTridiag([[1.0, 0.0], [2.0, 2.0], [0.0, 1.0]])
    >>> operator.solvevec([3.0, 3.0]).numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(
        self,
        diagonals: Any,
        diagonals_format: str = "compact",
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorTridiag",
    ) -> None:
        compact = _compact_diagonals(diagonals, diagonals_format, "LinearOperatorTridiag")
        self._bands = matrix_argument(compact, self, "diagonals", 2)
        if self._bands._shape[-2] != 3:
            raise refuse(
                self, "diagonals must have 3 rows", "TG-0105", f"diagonals.shape={self._bands._shape}"
            )
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        parameters = {"diagonals": diagonals, "diagonals_format": diagonals_format}
        super().__init__(self._bands.dtype, *hints, name, parameters)

    def _shape(self) -> tuple[int, ...]:
        *batch, _, size = self._bands._shape
        return (*batch, size, size)

    def _to_dense(self) -> Any:
        attributes = {"k": [-1, 1], "align": "LEFT_RIGHT"}
        if self._bands._shape[-1] < 2:
            return execute("matrix_diag", (self._bands[..., 1, :],))
        return execute("matrix_diag", (self._bands,), attributes)

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        from tensegra._composites.linalg.solvers import tridiagonal_matmul

        if adjoint:
            dense = self._to_dense()
            return execute("matmul", (conjugate(swap_last(dense, dense._rank)), x))
        return tridiagonal_matmul(self._bands, x)

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        batch = broadcast_batch(tuple(self._bands._shape[:-2]), tuple(rhs._shape[:-2]))
        bands, values = (
            execute("broadcast_to", (x, _native.tensor(np.array([*batch, *x._shape[-2:]], np.int64))))
            for x in (self._bands, rhs)
        )
        return execute("tridiagonal_solve", (bands, values), {"adjoint": adjoint})

    def _diag_part(self) -> Any:
        return self._bands[..., 1, :]
