"""Derivatives along a direction: `tg.autodiff.ForwardAccumulator`."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from tensegra import _native, nest
from tensegra._errors import FailedPreconditionError, InvalidArgumentError
from tensegra._public import public
from tensegra._tape import GradientTape
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._variable import Variable


@public("autodiff.ForwardAccumulator")
class ForwardAccumulator:
    """Gives Jacobian-vector products (forward-mode differentiation).

    What is computed from the primals in the context has a derivative along their tangents: `jvp` gives it. A
    `tg.GradientTape` inside of the context gives products of Hessians with vectors; accumulators nest.

    The product is the gradient, with respect to the gradient's own seed, of the reverse-mode gradient (J. Townsend,
    "A new trick for calculating Jacobian vector products", 2017), so every op with a gradient has it.

    Args:
        primals: A floating-point tensor or variable, or a nest of these.
        tangents: Directions of the same structure, shapes and dtypes.

    Raises:
        tg.errors.InvalidArgumentError: Structures or shapes differ, or a primal is not of a floating-point dtype.

    >>> import tensegra as tg
    >>> x = tg.constant([2.0, 3.0])
    >>> with tg.autodiff.ForwardAccumulator(x, tg.constant([1.0, 0.0])) as acc:
    ...     y = x * x * x
    >>> acc.jvp(y).numpy().tolist()
    [12.0, 0.0]
    >>> with tg.autodiff.ForwardAccumulator(x, tg.constant([1.0, 0.0])) as acc:
    ...     with tg.GradientTape() as tape:
    ...         tape.watch(x)
    ...         loss = tg.reduce_sum(x * x * x)
    ...     gradient = tape.gradient(loss, x)
    >>> acc.jvp(gradient).numpy().tolist()
    [12.0, 0.0]
    """

    def __init__(self, primals: Any, tangents: Any) -> None:
        nest.assert_same_structure(primals, tangents)
        self._primals = nest.flatten(primals)
        self._tangents = [
            _tangent(primal, tangent)
            for primal, tangent in zip(self._primals, nest.flatten(tangents), strict=True)
        ]
        self._tape = GradientTape(persistent=True, watch_accessed_variables=False)
        self._entered = False

    def __enter__(self) -> ForwardAccumulator:
        if self._entered:
            raise FailedPreconditionError(
                "[ForwardAccumulator] an accumulator is entered once. Received: a second entry. Make another one.",
                code="TG-0202",
            )
        self._entered = True
        self._tape.__enter__()
        for primal in self._primals:
            self._tape.watch(primal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tape.__exit__(kind, error, trace)

    def jvp(self, primals: Any, unconnected_gradients: Any = "none") -> Any:
        """The derivative of tensors along the tangents that the accumulator was made with.

        Args:
            primals: A tensor or a nest of these, computed while the context was entered.
            unconnected_gradients: ``"none"`` gives None where nothing depends on the primals, ``"zero"`` zeros.

        Returns:
            In the form of `primals`: tensors of their shapes and dtypes.
        """
        return nest.map_structure(lambda target: self._product(target, unconnected_gradients), primals)

    def _product(self, target: Any, unconnected_gradients: Any) -> Tensor | None:
        for primal, tangent in zip(self._primals, self._tangents, strict=True):
            if primal is target:
                return tangent
        value = target._as_tensor() if isinstance(target, Variable) else convert_to_tensor(target)
        if not (value.dtype.is_floating or value.dtype.is_complex):
            return _unconnected(value, unconnected_gradients)
        with GradientTape() as outer:
            # What it is does not matter: the gradient is linear in it.
            seed = _native.execute("ones_like", (value,))
            outer.watch(seed)
            rows = self._tape.gradient(value, self._primals, seed)
        pairs = [(row, tangent) for row, tangent in zip(rows, self._tangents, strict=True) if row is not None]
        if not pairs:
            return _unconnected(value, unconnected_gradients)
        kinds = [row for row, _ in pairs]
        return outer.gradient(kinds, seed, [tangent for _, tangent in pairs], "zero")  # type: ignore[no-any-return]


def _tangent(primal: Any, tangent: Any) -> Tensor:
    if not isinstance(primal, (Tensor, Variable)):
        raise InvalidArgumentError(
            f"[ForwardAccumulator] primals must be tensors or variables. Received: {primal!r} of type "
            f"{type(primal).__name__}. Convert it with tg.constant first.",
            code="TG-0203",
        )
    value = convert_to_tensor(tangent, dtype=primal.dtype)
    if not value.shape.is_compatible_with(primal.shape):
        raise InvalidArgumentError(
            "[ForwardAccumulator] a tangent must have the shape of its primal. "
            f"Received: shape={value.shape} for a primal of shape {primal.shape}. Broadcast or reshape it.",
            code="TG-0105",
        )
    return value


def _unconnected(value: Tensor, kind: Any) -> Tensor | None:
    word = str(getattr(kind, "value", kind)).lower()
    return _native.execute("zeros_like", (value,)) if word == "zero" else None  # type: ignore[return-value]
