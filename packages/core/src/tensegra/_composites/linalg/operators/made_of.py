"""Operators made of other operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._composites.linalg._common import adjoint_of, execute, matmul, reshape, swap_last
from tensegra._composites.linalg.operators.base import (
    LinearOperator,
    broadcast_batch,
    dense_product,
    matrix_argument,
    refuse,
)
from tensegra._composites.linalg.operators.simple import LinearOperatorDiag
from tensegra._public import public
from tensegra._typing import TensorLike


def _all(operators: Sequence[LinearOperator], hint: str) -> bool | None:
    """True where every operator is known to have it."""
    return True if all(getattr(operator, hint) for operator in operators) else None


def _list_of(operators: Any, owner: Any) -> list[LinearOperator]:
    found = list(operators)
    if not found or not all(isinstance(operator, LinearOperator) for operator in found):
        raise refuse(
            owner, "a list of at least one LinearOperator is needed", "TG-0110", f"{len(found)} things"
        )
    if len({operator.dtype.name for operator in found}) > 1:
        raise refuse(
            owner, "the operators must have one dtype", "TG-0102", ", ".join(x.dtype.name for x in found)
        )
    return found


def _sum(values: Sequence[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        total = execute("add", (total, value))
    return total


def _broadcast(x: Any, batch: Sequence[int], kept: int) -> Any:
    """x with its batch made that great; the last `kept` axes stay."""
    sizes = [*batch, *x._shape[x._rank - kept :]]
    return x if tuple(sizes) == tuple(x._shape) else execute("broadcast_to", (x, _native.tensor(sizes, 5)))


@public("linalg.LinearOperatorAdjoint")
class LinearOperatorAdjoint(LinearOperator):
    """The conjugate transposes of an operator's matrices.

    Args:
        operator: The operator.
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints; by default those of the operator.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> operator = tg.linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.linalg.LinearOperatorAdjoint(operator).matvec([1.0, 0.0]).numpy()
    array([1., 2.], dtype=float32)
    """

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        self._operator = _list_of([operator], self)[0]
        super().__init__(
            operator.dtype,
            operator.is_non_singular if is_non_singular is None else is_non_singular,
            operator.is_self_adjoint if is_self_adjoint is None else is_self_adjoint,
            operator.is_positive_definite if is_positive_definite is None else is_positive_definite,
            is_square, name, {"operator": operator},
        )  # fmt: skip

    @property
    def operator(self) -> LinearOperator:
        """The operator whose adjoint this is."""
        return self._operator

    def _shape(self) -> tuple[int, ...]:
        *batch, rows, columns = self._operator._shape()
        return (*batch, columns, rows)

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        return self._operator._matmul(x, not adjoint)

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        return self._operator._solve(rhs, not adjoint)

    def _to_dense(self) -> Any:
        return adjoint_of(self._operator.to_dense())

    def _adjoint(self) -> LinearOperator:
        return self._operator

    def _log_abs_determinant(self) -> Any:
        return self._operator._log_abs_determinant()


@public("linalg.LinearOperatorInversion")
class LinearOperatorInversion(LinearOperator):
    """The inverses of an operator's matrices: what multiplies here solves there.

    Args:
        operator: The operator, which must be invertible.
        is_non_singular: True.
        is_self_adjoint: See `tg.linalg.LinearOperator`, as for the other hints; by default those of the operator.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> operator = tg.linalg.LinearOperatorLowerTriangular([[2.0, 0.0], [0.0, 4.0]])
    >>> tg.linalg.LinearOperatorInversion(operator).matvec([2.0, 2.0]).numpy()
    array([1. , 0.5], dtype=float32)
    """

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        self._operator = _list_of([operator], self)[0]
        if is_non_singular is False or operator.is_non_singular is False or not operator.is_square:
            raise refuse(self, "the operator must be square and invertible", "TG-0106", repr(operator))
        super().__init__(
            operator.dtype, True,
            operator.is_self_adjoint if is_self_adjoint is None else is_self_adjoint,
            operator.is_positive_definite if is_positive_definite is None else is_positive_definite,
            True, name, {"operator": operator},
        )  # fmt: skip

    @property
    def operator(self) -> LinearOperator:
        """The operator whose inverse this is."""
        return self._operator

    def _shape(self) -> tuple[int, ...]:
        return self._operator._shape()

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        return self._operator._solve(x, adjoint)

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        return self._operator._matmul(rhs, adjoint)

    def _inverse(self) -> LinearOperator:
        return self._operator

    def _log_abs_determinant(self) -> Any:
        return execute("negative", (self._operator._log_abs_determinant(),))

    def _determinant(self) -> Any:
        return execute("reciprocal", (self._operator._determinant(),))


@public("linalg.LinearOperatorComposition")
class LinearOperatorComposition(LinearOperator):
    """The product of operators; the last one acts first.

    Args:
        operators: The operators, whose sizes fit and whose batches broadcast.
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    Raises:
        tg.errors.InvalidArgumentError: Where the sizes do not fit (TG-0105).

    >>> import tensegra as tg
    >>> twice = tg.linalg.LinearOperatorDiag([2.0, 2.0])
    >>> tg.linalg.LinearOperatorComposition([twice, twice]).matvec([1.0, 2.0]).numpy()
    array([4., 8.], dtype=float32)
    """

    def __init__(
        self,
        operators: Sequence[LinearOperator],
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        self._operators = _list_of(operators, self)
        for left, right in zip(self._operators, self._operators[1:], strict=False):
            if left.domain_dimension != right.range_dimension:
                raise refuse(
                    self, "each operator must have as many columns as the next one has rows", "TG-0105",
                    ", ".join(str(operator._shape()) for operator in self._operators),
                )  # fmt: skip
        known = _all(self._operators, "is_non_singular") if is_non_singular is None else is_non_singular
        super().__init__(
            self._operators[0].dtype, known, is_self_adjoint, is_positive_definite, is_square, name,
            {"operators": operators},
        )  # fmt: skip

    @property
    def operators(self) -> list[LinearOperator]:
        """The factors."""
        return list(self._operators)

    def _shape(self) -> tuple[int, ...]:
        batch = broadcast_batch(*(operator._shape()[:-2] for operator in self._operators))
        return (*batch, self._operators[0].range_dimension, self._operators[-1].domain_dimension)

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        for operator in self._operators if adjoint else reversed(self._operators):
            x = operator._matmul(x, adjoint)
        return x

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._solve(rhs, adjoint)
        for operator in reversed(self._operators) if adjoint else self._operators:
            rhs = operator._solve(rhs, adjoint)
        return rhs

    def _to_dense(self) -> Any:
        dense = self._operators[-1].to_dense()
        for operator in reversed(self._operators[:-1]):
            dense = operator._matmul(dense, False)
        return dense

    def _log_abs_determinant(self) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._log_abs_determinant()
        return _sum([operator._log_abs_determinant() for operator in self._operators])

    def _determinant(self) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._determinant()
        total = self._operators[0]._determinant()
        for operator in self._operators[1:]:
            total = execute("multiply", (total, operator._determinant()))
        return total

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorComposition([operator.adjoint() for operator in reversed(self._operators)])

    def _inverse(self) -> LinearOperator:
        if not all(operator.is_square for operator in self._operators):
            return super()._inverse()
        return LinearOperatorComposition([operator.inverse() for operator in reversed(self._operators)])


@public("linalg.LinearOperatorBlockDiag")
class LinearOperatorBlockDiag(LinearOperator):
    """Operators as blocks along the diagonal, zeros elsewhere.

    Args:
        operators: The operators, whose batches broadcast.
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints; by default True where all have it.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> blocks = [tg.linalg.LinearOperatorDiag([2.0]), tg.linalg.LinearOperatorIdentity(2)]
    >>> tg.linalg.LinearOperatorBlockDiag(blocks).matvec([1.0, 1.0, 1.0]).numpy()
    array([2., 1., 1.], dtype=float32)
    """

    def __init__(
        self,
        operators: Sequence[LinearOperator],
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = None,
    ) -> None:
        self._operators = _list_of(operators, self)
        hints = (
            _all(self._operators, "is_non_singular") if is_non_singular is None else is_non_singular,
            _all(self._operators, "is_self_adjoint") if is_self_adjoint is None else is_self_adjoint,
            _all(self._operators, "is_positive_definite")
            if is_positive_definite is None
            else is_positive_definite,
        )
        square = all(operator.is_square for operator in self._operators)
        super().__init__(self._operators[0].dtype, *hints, square, name, {"operators": operators})

    @property
    def operators(self) -> list[LinearOperator]:
        """The blocks."""
        return list(self._operators)

    def _shape(self) -> tuple[int, ...]:
        batch = broadcast_batch(*(operator._shape()[:-2] for operator in self._operators))
        return (
            *batch,
            sum(operator.range_dimension for operator in self._operators),
            sum(operator.domain_dimension for operator in self._operators),
        )

    def _blockwise(self, x: Any, rows: list[int], act: Any) -> Any:
        batch = broadcast_batch(self._shape()[:-2], tuple(x._shape[:-2]))
        ends = np.cumsum(rows).tolist()
        parts = [
            _broadcast(act(operator, x[..., end - count : end, :]), batch, 2)
            for operator, end, count in zip(self._operators, ends, rows, strict=True)
        ]
        return execute("concat", (parts,), (-2,))

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        rows = [op.range_dimension if adjoint else op.domain_dimension for op in self._operators]
        return self._blockwise(x, rows, lambda operator, part: operator._matmul(part, adjoint))

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._solve(rhs, adjoint)
        rows = [operator.range_dimension for operator in self._operators]
        return self._blockwise(rhs, rows, lambda operator, part: operator._solve(part, adjoint))

    def _diag_part(self) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._diag_part()
        batch = self._shape()[:-2]
        parts = [_broadcast(operator._diag_part(), batch, 1) for operator in self._operators]
        return execute("concat", (parts,), (-1,))

    def _log_abs_determinant(self) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._log_abs_determinant()
        return _sum([operator._log_abs_determinant() for operator in self._operators])

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorBlockDiag([operator.adjoint() for operator in self._operators])

    def _inverse(self) -> LinearOperator:
        return LinearOperatorBlockDiag([operator.inverse() for operator in self._operators])

    def _cholesky(self) -> LinearOperator:
        return LinearOperatorBlockDiag([operator.cholesky() for operator in self._operators])


@public("linalg.LinearOperatorKronecker")
class LinearOperatorKronecker(LinearOperator):
    """The Kronecker product of operators: each element of the first times the second, and so on.

    Args:
        operators: The operators, whose batches broadcast.
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints; by default True where all have it.
        is_self_adjoint: See there.
        is_positive_definite: See there.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> factors = [tg.linalg.LinearOperatorDiag([1.0, 2.0]), tg.linalg.LinearOperatorIdentity(2)]
    >>> tg.linalg.LinearOperatorKronecker(factors).diag_part().numpy()
    array([1., 1., 2., 2.], dtype=float32)
    """

    def __init__(
        self,
        operators: Sequence[LinearOperator],
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        self._operators = _list_of(operators, self)
        hints = (
            _all(self._operators, "is_non_singular") if is_non_singular is None else is_non_singular,
            _all(self._operators, "is_self_adjoint") if is_self_adjoint is None else is_self_adjoint,
            _all(self._operators, "is_positive_definite")
            if is_positive_definite is None
            else is_positive_definite,
        )
        super().__init__(self._operators[0].dtype, *hints, is_square, name, {"operators": operators})

    @property
    def operators(self) -> list[LinearOperator]:
        """The factors."""
        return list(self._operators)

    def _shape(self) -> tuple[int, ...]:
        batch = broadcast_batch(*(operator._shape()[:-2] for operator in self._operators))
        return (
            *batch,
            int(np.prod([operator.range_dimension for operator in self._operators])),
            int(np.prod([operator.domain_dimension for operator in self._operators])),
        )

    def _factorwise(self, x: Any, act: Any, sizes_of: Any) -> Any:
        """Lets each factor act on its own axis of x, whose rows are taken apart: one axis for each factor."""
        batch = broadcast_batch(self._shape()[:-2], tuple(x._shape[:-2]))
        x = _broadcast(x, batch, 2)
        columns = x._shape[-1]
        rows = [sizes_of(operator) for operator in self._operators]
        for i, operator in enumerate(self._operators):
            # [batch, before, own, after, columns] -> own axis next to last, everything else behind it
            before, after = int(np.prod(rows[:i])), int(np.prod(rows[i + 1 :])) * columns
            split = reshape(x, [*batch, before, rows[i], after])
            moved = reshape(swap_last(split, split._rank), [*batch, before * after, rows[i]])
            result = act(operator, swap_last(moved, moved._rank))
            rows[i] = result._shape[-2]
            back = reshape(swap_last(result, result._rank), [*batch, before, after, rows[i]])
            x = reshape(swap_last(back, back._rank), [*batch, int(np.prod(rows)), columns])
        return x

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        size = (lambda op: op.range_dimension) if adjoint else (lambda op: op.domain_dimension)
        return self._factorwise(x, lambda operator, part: operator._matmul(part, adjoint), size)

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._solve(rhs, adjoint)
        return self._factorwise(
            rhs, lambda operator, part: operator._solve(part, adjoint), lambda op: op.range_dimension
        )

    def _diag_part(self) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._diag_part()
        batch = self._shape()[:-2]
        total = _broadcast(self._operators[0]._diag_part(), batch, 1)
        for operator in self._operators[1:]:
            part = _broadcast(operator._diag_part(), batch, 1)
            pairs = execute(
                "multiply", (execute("expand_dims", (total,), (-1,)), execute("expand_dims", (part,), (-2,)))
            )
            total = reshape(pairs, [*batch, total._shape[-1] * part._shape[-1]])
        return total

    def _log_abs_determinant(self) -> Any:
        if not all(operator.is_square for operator in self._operators):
            return super()._log_abs_determinant()
        rows = self.range_dimension
        return _sum(
            [
                execute("multiply", (operator._log_abs_determinant(), rows / operator.range_dimension))
                for operator in self._operators
            ]
        )

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorKronecker([operator.adjoint() for operator in self._operators])

    def _inverse(self) -> LinearOperator:
        if not all(operator.is_square for operator in self._operators):
            return super()._inverse()
        return LinearOperatorKronecker([operator.inverse() for operator in self._operators])

    def _cholesky(self) -> LinearOperator:
        return LinearOperatorKronecker([operator.cholesky() for operator in self._operators])


@public("linalg.LinearOperatorLowRankUpdate")
class LinearOperatorLowRankUpdate(LinearOperator):
    """L + U D V^H with few columns in U and V; solved by Woodbury's identity.

    Args:
        base_operator: L, shape [..., m, n].
        u: U, shape [..., m, k].
        diag_update: The diagonal of D, shape [..., k]; ones by default.
        v: V, shape [..., n, k]; U by default.
        is_diag_update_positive: Whether the diagonal of D is known to be positive.
        is_non_singular: See `tg.linalg.LinearOperator`, as for the other hints.
        is_self_adjoint: See there; by default that of L where v is not given.
        is_positive_definite: See there; by default that of L where v is not given and D is positive.
        is_square: See there.
        name: The name of the operator.

    >>> import tensegra as tg
    >>> base = tg.linalg.LinearOperatorIdentity(2)
    >>> tg.linalg.LinearOperatorLowRankUpdate(base, [[1.0], [1.0]]).to_dense().numpy()
    array([[2., 1.],
           [1., 2.]], dtype=float32)
    """

    def __init__(
        self,
        base_operator: LinearOperator,
        u: TensorLike,
        diag_update: TensorLike | None = None,
        v: TensorLike | None = None,
        is_diag_update_positive: bool | None = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorLowRankUpdate",
    ) -> None:
        self._base = _list_of([base_operator], self)[0]
        self._dtype = base_operator.dtype
        self._u = matrix_argument(self._tensor(u), self, "u", 2)
        self._v = self._u if v is None else matrix_argument(self._tensor(v), self, "v", 2)
        self._diag = (
            None
            if diag_update is None
            else matrix_argument(self._tensor(diag_update), self, "diag_update", 1)
        )
        rank = self._u._shape[-1]
        if (
            self._u._shape[-2] != base_operator.range_dimension
            or self._v._shape[-2:] != (base_operator.domain_dimension, rank)
            or (self._diag is not None and self._diag._shape[-1] != rank)
        ):
            raise refuse(
                self, "u, diag_update and v must fit the operator and each other", "TG-0105",
                f"base_operator of shape {base_operator._shape()}, u.shape={self._u._shape}, v.shape={self._v._shape}",
            )  # fmt: skip
        symmetric = v is None and bool(base_operator.is_self_adjoint)
        positive = is_diag_update_positive or self._diag is None
        if is_self_adjoint is None and symmetric:
            is_self_adjoint = True
        if is_positive_definite is None and symmetric and positive and base_operator.is_positive_definite:
            is_positive_definite = True
        parameters = {"base_operator": base_operator, "u": u, "diag_update": diag_update, "v": v}
        super().__init__(
            base_operator.dtype,
            is_non_singular,
            is_self_adjoint,
            is_positive_definite,
            is_square,
            name,
            parameters,
        )

    @property
    def base_operator(self) -> LinearOperator:
        """L."""
        return self._base

    @property
    def u(self) -> Any:
        """U."""
        return self._u

    @property
    def v(self) -> Any:
        """V."""
        return self._v

    @property
    def diag_operator(self) -> LinearOperatorDiag:
        """D."""
        return LinearOperatorDiag(self._ones([self._u._shape[-1]]) if self._diag is None else self._diag)

    def _shape(self) -> tuple[int, ...]:
        batches = [self._base._shape()[:-2], tuple(self._u._shape[:-2]), tuple(self._v._shape[:-2])]
        if self._diag is not None:
            batches.append(tuple(self._diag._shape[:-1]))
        return (*broadcast_batch(*batches), *self._base._shape()[-2:])

    def _matmul(self, x: Any, adjoint: bool) -> Any:
        u, v = (self._v, self._u) if adjoint else (self._u, self._v)
        middle = dense_product(v, x, True)
        if self._diag is not None:
            middle = self.diag_operator._matmul(middle, adjoint)
        return execute("add", (self._base._matmul(x, adjoint), matmul(u, middle)))

    def _capacitance(self, adjoint: bool) -> tuple[Any, Any, Any]:
        """L^-1 U, V, and D^-1 + V^H L^-1 U."""
        u, v = (self._v, self._u) if adjoint else (self._u, self._v)
        solved = self._base._solve(u, adjoint)
        inverse = LinearOperatorDiag(execute("reciprocal", (self.diag_operator.diag,)))
        inner = dense_product(v, solved, True)
        dense = inverse.to_dense() if not adjoint else adjoint_of(inverse.to_dense())
        return solved, v, execute("add", (inner, dense))

    def _solve(self, rhs: Any, adjoint: bool) -> Any:
        solved, v, capacitance = self._capacitance(adjoint)
        first = self._base._solve(rhs, adjoint)
        inner = execute("matrix_solve", (capacitance, dense_product(v, first, True)))
        return execute("subtract", (first, matmul(solved, inner)))

    def _log_abs_determinant(self) -> Any:
        _, _, capacitance = self._capacitance(False)
        parts = [self._base._log_abs_determinant(), self.diag_operator._log_abs_determinant()]
        return _sum([*parts, execute("log_matrix_determinant", (capacitance,))[1]])
