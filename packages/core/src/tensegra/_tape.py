"""Gradients: `tg.GradientTape`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from tensegra import _native, _variable_registry, nest
from tensegra._errors import FailedPreconditionError, InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._variable import Variable

_FLOAT16, _COMPLEX128 = 10, 15  # the numbers of floating and complex dtypes


@public("autodiff.GradientTape")
class GradientTape(_native.Tape):
    """Records what is computed and gives its gradients (reverse-mode differentiation).

    Trainable variables that are read while it records are watched by themselves; other tensors after `watch`. Tapes
    nest: a tape that records the gradients of another one gives higher derivatives. It works alike inside
    `tg.function`.

    Args:
        persistent: Whether `gradient` may be called more than once.
        watch_accessed_variables: Whether trainable variables are watched when they are read.

    >>> import tensegra as tg
    >>> x = tg.constant(3.0)
    >>> with tg.GradientTape() as outer:
    ...     outer.watch(x)
    ...     with tg.GradientTape() as inner:
    ...         inner.watch(x)
    ...         y = x * x * x
    ...     dy_dx = inner.gradient(y, x)
    >>> dy_dx.numpy().item(), outer.gradient(dy_dx, x).numpy().item()
    (27.0, 18.0)
    """

    __slots__ = ()

    def watch(self, tensor: Any) -> None:
        """Makes gradients with respect to these tensors possible.

        Args:
            tensor: A tensor, a variable, or a nest of these; floating point.

        Raises:
            tg.errors.InvalidArgumentError: One is not a tensor, or not of a floating-point dtype.
        """
        if type(tensor) is Tensor and _FLOAT16 <= tensor._dtype_number <= _COMPLEX128:
            return self._watch(tensor)
        for each in nest.flatten(tensor):
            source = _source(each, "watch")
            _check_floating("watch", "with respect to", each)
            self._watch(source)
        return None

    def watched_variables(self) -> tuple[Variable, ...]:
        """The trainable variables that were read so far, in the order of their first reading."""
        found = (_variable_registry.find(handle) for handle in self._watched_variables())
        return tuple(variable for variable in found if variable is not None)

    @contextlib.contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Records nothing while the context is entered.

        >>> import tensegra as tg
        >>> x = tg.constant(2.0)
        >>> with tg.GradientTape() as tape:
        ...     tape.watch(x)
        ...     with tape.stop_recording():
        ...         y = x * x
        >>> tape.gradient(y, x) is None
        True
        """
        if not self._records:
            raise FailedPreconditionError(
                "[GradientTape.stop_recording] the tape must be recording. Received: a tape that does not. "
                "Use it inside of the tape's with statement.",
                code="TG-0202",
            )
        self._stop()
        try:
            yield
        finally:
            self._start()

    def reset(self) -> None:
        """Forgets everything that was recorded and watched."""
        self._reset()

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = "none",
    ) -> Any:
        """The gradient of the sum of the targets with respect to each source.

        Args:
            target: A floating-point tensor or a nest of these.
            sources: A tensor or variable that was watched, or a nest of these.
            output_gradients: What each target's gradient starts with, in the form of `target`; ones by default.
            unconnected_gradients: ``"none"`` gives None where a source does not matter, ``"zero"`` zeros.

        Returns:
            The gradients in the form of `sources`; each has the shape and dtype of its source.

        Raises:
            tg.errors.FailedPreconditionError: A second call where the tape is not persistent.
            tg.errors.InvalidArgumentError: A target is not of a floating-point dtype.

        >>> import tensegra as tg
        >>> w, b = tg.Variable([2.0, 3.0]), tg.Variable(1.0)
        >>> with tg.GradientTape() as tape:
        ...     y = tg.reduce_sum(w * w) + b
        >>> tape.gradient(y, {"w": w, "b": b})["w"].numpy().tolist()
        [4.0, 6.0]
        """
        if output_gradients is None and unconnected_gradients == "none":
            found = self._gradient_of(target, sources)
            if found is not NotImplemented:
                return found
        zero = _zero_wanted(unconnected_gradients)
        if self._used and not self._persistent:
            raise FailedPreconditionError(
                "[GradientTape.gradient] a tape that is not persistent gives gradients once. "
                "Received: a second call. Use tg.GradientTape(persistent=True).",
                code="TG-0201",
            )
        targets = [self._target(each) for each in nest.flatten(target)]
        for each in targets:
            _check_floating("gradient", "of", each)
        flat_sources = nest.flatten(sources)
        handles = [_source(each, "gradient") for each in flat_sources]
        seeds = None
        if output_gradients is not None:
            seeds = [_seed(seed, each) for seed, each in zip(_seeds(target, output_gradients), targets)]
        results = self._gradient(targets, handles, seeds)
        if zero:
            results = [
                _native.execute("zeros_like", (_value(source),)) if result is None else result
                for result, source in zip(results, flat_sources)
            ]
        return nest.pack_sequence_as(sources, results)

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: str = "none",
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The derivative of every element of the target with respect to every element of each source.

        One backward pass per element of the target: the tape must be persistent, the target's shape known.

        Args:
            target: One floating-point tensor.
            sources: As for `gradient`.
            unconnected_gradients: As for `gradient`.
            parallel_iterations: Taken for the sake of programs that give it; without effect.
            experimental_use_pfor: Likewise.

        Returns:
            In the form of `sources`: tensors of the shape of the target followed by that of the source.

        Raises:
            tg.errors.FailedPreconditionError: The tape is not persistent.

        >>> import tensegra as tg
        >>> x = tg.constant([1.0, 2.0])
        >>> with tg.GradientTape(persistent=True) as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.jacobian(y, x).numpy().tolist()
        [[2.0, 0.0], [0.0, 4.0]]
        """
        self._check_persistent("jacobian")
        zero = _zero_wanted(unconnected_gradients)
        target = self._target(target)
        if not target.shape.is_fully_defined():
            raise InvalidArgumentError(
                f"[GradientTape.jacobian] the target's shape must be known. Received: shape={target.shape}. "
                "Give the function an input_signature with known sizes.",
                code="TG-0105",
            )
        shape = target.shape.as_list()
        count = target.shape.num_elements()
        flat_sources = nest.flatten(sources)
        rows: list[list[Any]] = [[] for _ in flat_sources]
        for index in range(count):
            seed = _native.execute("one_hot", ([index],), {"depth": count, "dtype": target.dtype._number})
            seed = _native.execute("reshape", (seed, shape))
            found = self.gradient(target, flat_sources, seed)
            for row, gradient in zip(rows, found):
                row.append(gradient)
        results = [_jacobian(row, source, shape, zero) for row, source in zip(rows, flat_sources)]
        return nest.pack_sequence_as(sources, results)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: str = "none",
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The jacobian of each example: row i of the target by row i of the source.

        One backward pass per element of a row of the target, whose shape must be known but for the first size.

        Args:
            target: A floating-point tensor of shape (batch, ...), of which each row depends on the same row of the
                source alone.
            source: A tensor or variable of shape (batch, ...) that was watched.
            unconnected_gradients: As for `gradient`.
            parallel_iterations: Taken for the sake of programs that give it; without effect.
            experimental_use_pfor: Likewise.

        Returns:
            A tensor of shape (batch, *target.shape[1:], *source.shape[1:]), or None.

        Raises:
            tg.errors.FailedPreconditionError: The tape is not persistent.
            tg.errors.InvalidArgumentError: Either has no batch dimension, or the sizes of the batches differ.

        >>> import tensegra as tg
        >>> x = tg.constant([[1.0, 2.0], [3.0, 4.0]])
        >>> with tg.GradientTape(persistent=True) as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.batch_jacobian(y, x).numpy().tolist()
        [[[2.0, 0.0], [0.0, 4.0]], [[6.0, 0.0], [0.0, 8.0]]]
        """
        self._check_persistent("batch_jacobian")
        target = self._target(target)
        rows, columns = target.shape, source.shape
        if not rows.rank or not columns.rank or not rows[:1].is_compatible_with(columns[:1]):
            raise InvalidArgumentError(
                "[GradientTape.batch_jacobian] target and source must begin with the same batch dimension. "
                f"Received: target.shape={rows}, source.shape={columns}. Use jacobian for other tensors.",
                code="TG-0105",
            )
        if not rows[1:].is_fully_defined():
            raise InvalidArgumentError(
                "[GradientTape.batch_jacobian] the sizes of the target after the first must be known. "
                f"Received: shape={rows}. Give the function an input_signature with known sizes.",
                code="TG-0105",
            )
        inner, count = rows[1:].as_list(), rows[1:].num_elements() or 0
        found: list[Any] = []
        for index in range(count):
            seed = _native.execute("one_hot", ([index],), {"depth": count, "dtype": target.dtype._number})
            seed = _native.execute(
                "broadcast_like", (_native.execute("reshape", (seed, [1, *inner])), target)
            )
            found.append(self.gradient(target, source, seed, unconnected_gradients))
        if count and all(row is None for row in found):
            return None
        value = _value(source)
        zeros = _native.execute("zeros_like", (value,))
        if not found:
            found, count = [zeros], 0
        stacked = _native.execute("stack", ([zeros if row is None else row for row in found],), {"axis": 1})
        if not count:
            stacked = stacked[:, :0]
        sizes = _native.execute("shape", (value,))
        shape = _native.execute("concat", ([sizes[:1], inner, sizes[1:]],), {"axis": 0}) if inner else sizes
        return _native.execute("reshape", (stacked, shape))

    def _check_persistent(self, where: str) -> None:
        if not self._persistent:
            raise FailedPreconditionError(
                f"[GradientTape.{where}] a jacobian takes several backward passes. Received: persistent=False. "
                "Use tg.GradientTape(persistent=True).",
                code="TG-0201",
            )

    def _target(self, value: Any) -> Tensor:
        """A target as a tensor; reading a variable has to be on the tape."""
        if not isinstance(value, Variable):
            return convert_to_tensor(value)
        if self._records:
            return value._as_tensor()
        self._start()
        try:
            return value._as_tensor()
        finally:
            self._stop()


def _jacobian(row: list[Any], source: Any, shape: list[int], zero: bool) -> Any:
    value = _value(source)
    if row and not zero and all(gradient is None for gradient in row):
        return None
    zeros = _native.execute("zeros_like", (value,))
    inner = value.shape.as_list()
    if not row:
        return _native.execute("fill", ([*shape, *inner], _native.tensor(0.0, value.dtype._number)))
    stacked = _native.execute("stack", ([zeros if gradient is None else gradient for gradient in row],))
    return _native.execute("reshape", (stacked, [*shape, *inner]))


def _seeds(target: Any, output_gradients: Any) -> list[Any]:
    """The output gradient of each target; within the place of a target, a list is a value."""
    if not nest.is_nested(target):
        # TensorFlow's users write [gradient] for one target as well.
        if isinstance(output_gradients, (list, tuple)) and len(output_gradients) == 1:
            first = output_gradients[0]
            return [first if first is None or isinstance(first, _native.Tensor) else output_gradients]
        return [output_gradients]
    if not nest.is_nested(output_gradients) or len(output_gradients) != len(target):
        count = len(output_gradients) if nest.is_nested(output_gradients) else 1
        raise InvalidArgumentError(
            f"[GradientTape.gradient] there must be one output gradient for each target. Received: {count} for "
            f"{len(target)} targets. Give output_gradients in the form of target.",
            code="TG-0307",
        )
    if isinstance(target, Mapping):
        nest.assert_same_structure(dict.fromkeys(target), dict.fromkeys(output_gradients))
        pairs = [(target[key], output_gradients[key]) for key in sorted(target)]
    else:
        pairs = list(zip(target, output_gradients))
    return [seed for each, given in pairs for seed in _seeds(each, given)]


def _seed(seed: Any, target: Tensor) -> Tensor | None:
    if seed is None:
        return None
    tensor = convert_to_tensor(seed, dtype=target.dtype)
    if not tensor.shape.is_compatible_with(target.shape):
        raise InvalidArgumentError(
            "[GradientTape.gradient] an output gradient must have the shape of its target. "
            f"Received: shape={tensor.shape} for a target of shape {target.shape}. Broadcast or reshape it.",
            code="TG-0105",
        )
    return tensor


def _source(value: Any, where: str) -> Tensor:
    """What the engine knows a source by."""
    if isinstance(value, Variable):
        return value.handle
    if isinstance(value, _native.Tensor):
        return value  # type: ignore[return-value]
    if hasattr(value, "_as_tensor"):
        return value._as_tensor()  # type: ignore[no-any-return]
    raise InvalidArgumentError(
        f"[GradientTape.{where}] gradients are taken with respect to tensors and variables. "
        f"Received: {value!r} of type {type(value).__name__}. Convert it with tg.constant first.",
        code="TG-0203",
    )


def _check_floating(where: str, relation: str, value: Any) -> None:
    if not (value.dtype.is_floating or value.dtype.is_complex):
        raise InvalidArgumentError(
            f"[GradientTape.{where}] gradients are taken {relation} floating-point and complex tensors. "
            f"Received: dtype={value.dtype.name}, shape={value.shape}. Cast it before computing with it.",
            code="TG-0203",
        )


def _value(source: Any) -> Tensor:
    return source if isinstance(source, _native.Tensor) else source._as_tensor()  # type: ignore[return-value]


def _zero_wanted(unconnected_gradients: Any) -> bool:
    kind = str(getattr(unconnected_gradients, "value", unconnected_gradients)).lower()
    if kind not in ("none", "zero"):
        raise InvalidArgumentError(
            "[GradientTape.gradient] unconnected_gradients must be 'none' or 'zero'. "
            f"Received: unconnected_gradients={unconnected_gradients!r}. Use one of the two.",
            code="TG-0106",
        )
    return kind == "zero"
