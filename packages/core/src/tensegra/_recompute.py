"""Less memory for more arithmetic: `tg.recompute_grad`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tensegra import _native, _variable_registry, nest
from tensegra._custom_gradient import custom_gradient
from tensegra._public import public
from tensegra._tape import GradientTape
from tensegra._tensor import Tensor
from tensegra._tracing import as_traced


@public("recompute_grad")
def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps a function so that its intermediate values are computed again for the gradient instead of kept.

    Memory then grows with what goes in and out of `f`, and not with what is computed inside, at the cost of a second
    forward pass (T. Chen et al., "Training deep nets with sublinear memory cost", 2016).

    Args:
        f: Takes tensors and gives a tensor or a nest of these; it may read variables. It must compute the same each
            time it is called, so it must not draw random numbers from state.

    Returns:
        A function that gives what `f` gives, and the same gradients.

    >>> import tensegra as tg
    >>> block = tg.recompute_grad(lambda x: tg.sin(tg.exp(x)))
    >>> x = tg.constant(0.0)
    >>> with tg.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = block(x)
    >>> round(tape.gradient(y, x).numpy().item(), 5)
    0.5403
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        @custom_gradient
        def inner(*given: Any) -> Any:
            def gradient(*seeds: Tensor, variables: list[Any] | None = None) -> Any:
                # In a graph, what is computed again from tensors of its own is not merged with what was computed.
                tensors = nest.map_structure(_separate, given)
                sources = [each for each in nest.flatten(tensors) if _differentiable(each)]
                with GradientTape() as tape:
                    tape.watch(sources)
                    again = nest.flatten(as_traced(f)(*tensors, **kwargs))
                pairs = [
                    (each, seed) for each, seed in zip(again, seeds, strict=True) if _differentiable(each)
                ]
                found = iter(
                    tape.gradient(
                        [each for each, _ in pairs],
                        [*sources, *(variables or [])],
                        [seed for _, seed in pairs],
                    )
                )
                rows = [next(found) if _differentiable(each) else None for each in nest.flatten(tensors)]
                return rows if variables is None else (rows, list(found))

            return _unrecorded(lambda: as_traced(f)(*given, **kwargs)), gradient

        return inner(*args)

    return decorated


def _unrecorded(function: Callable[[], Any]) -> Any:
    """Calls it while no tape records; tapes still learn which trainable variables it reads."""
    watcher = _native.Tape(False, True)
    _native.pause_tapes()
    watcher._start()
    try:
        result = function()
    finally:
        watcher._stop()
        _native.resume_tapes()
    for handle in watcher._watched_variables():
        variable = _variable_registry.find(handle)
        if variable is not None:
            variable._as_tensor()
    return result


def _differentiable(value: Tensor) -> bool:
    return value.dtype.is_floating or value.dtype.is_complex


def _separate(value: Tensor) -> Tensor:
    return _native.execute("identity", (value,))  # type: ignore[no-any-return]
