"""`tg.gradients` and `tg.hessians`: derivatives within the graph that is being traced."""

from __future__ import annotations

from typing import Any

from tensegra import _native, nest
from tensegra._control._functional import map_fn
from tensegra._control._unconnected import UnconnectedGradients
from tensegra._errors import FailedPreconditionError, InvalidArgumentError
from tensegra._public import public
from tensegra._spec import TensorSpec
from tensegra._tape import _source, _zero_wanted
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._variable import Variable


@public("AggregationMethod")
class AggregationMethod:
    """How gradients of one value are added. There is one way; the names are TensorFlow's.

    >>> import tensegra as tg
    >>> tg.AggregationMethod.DEFAULT == tg.AggregationMethod.ADD_N
    True
    """

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


@public("gradients")
def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str | None = "gradients",
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> list[Any]:
    """Adds to the graph being traced what computes the gradient of the sum of `ys` with respect to each of `xs`.

    It works inside of a `tg.function`, on everything that was traced so far; no tape is needed. Gradients of gradients
    are taken by calling it again. Inside of a branch or a loop, `ys` and `xs` may be values of the graph around it.

    Args:
        ys: A floating-point tensor or a list of these.
        xs: A tensor or variable, or a list of these.
        grad_ys: What the gradient of each of `ys` starts with: a tensor of its shape, or None for ones.
        name: Ignored.
        gate_gradients: Ignored; gradients are complete when they are used.
        aggregation_method: Ignored; there is one way to add gradients.
        stop_gradients: Tensors that are taken to be constant: nothing flows through them.
        unconnected_gradients: ``"none"`` gives None where an x does not matter, ``"zero"`` zeros.

    Returns:
        A list with one gradient for each of `xs`, of its shape and dtype.

    Raises:
        tg.errors.FailedPreconditionError: Ops run at once, so that there is no graph (TG-0761).
        tg.errors.InvalidArgumentError: One of `ys` is not of a floating-point dtype (TG-0203), or `grad_ys` does not
            suit `ys` (TG-0307, TG-0105).
        tg.errors.UnimplementedError: A gradient would flow through an op that has none (TG-0113).

    >>> import tensegra as tg
    >>> @tg.function
    ... def derivatives(x):
    ...     y = x * x * x
    ...     first = tg.gradients(y, x)[0]
    ...     return first, tg.gradients(first, x)[0]
    >>> [value.numpy().item() for value in derivatives(tg.constant(2.0))]
    [12.0, 12.0]
    """
    _require_graph("gradients")
    zero = _zero_wanted(unconnected_gradients)
    targets = [convert_to_tensor(y) for y in nest.flatten(ys)]
    sources = nest.flatten(xs)
    stops = (
        []
        if stop_gradients is None
        else [_source(each, "gradients") for each in nest.flatten(stop_gradients)]
    )
    found = _native.graph_gradients(
        targets, [_source(x, "gradients") for x in sources], _seeds(grad_ys, targets), stops
    )
    if zero:
        return [_zeros(x) if each is None else each for each, x in zip(found, sources, strict=True)]
    return found


@public("hessians")
def hessians(
    ys: Any,
    xs: Any,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    name: str | None = "hessians",
) -> list[Any]:
    """Adds to the graph being traced what computes the second derivatives of the sum of `ys` by each of `xs`.

    One backward pass for each element of an x, in a loop of the graph.

    Args:
        ys: A floating-point tensor or a list of these.
        xs: A tensor or variable, or a list of these.
        gate_gradients: Ignored, as by `tg.gradients`.
        aggregation_method: Ignored.
        name: Ignored.

    Returns:
        A list with one Hessian for each of `xs`: a tensor of the shape of x followed by the shape of x, zeros where the
        gradient does not depend on x.

    Raises:
        tg.errors.FailedPreconditionError: Ops run at once, so that there is no graph (TG-0761).
        tg.errors.InvalidArgumentError: `ys` does not depend on one of `xs` (TG-0203).

    >>> import tensegra as tg
    >>> @tg.function
    ... def second(x):
    ...     return tg.hessians(x[0] * x[0] * x[1], x)[0]
    >>> second(tg.constant([3.0, 5.0])).numpy().tolist()
    [[10.0, 6.0], [6.0, 0.0]]
    """
    _require_graph("hessians")
    sources = nest.flatten(xs)
    return [_hessian(gradient, x) for gradient, x in zip(gradients(ys, sources), sources, strict=True)]


def _hessian(gradient: Tensor | None, x: Any) -> Any:
    if gradient is None:
        raise InvalidArgumentError(
            f"[hessians] ys must depend on every x. Received: {x!r}, on which they do not. Leave it out.",
            code="TG-0203",
        )
    flat = _native.execute("reshape", (gradient, [-1]))
    count = _native.execute("shape", (flat,))[0]

    def row(index: Tensor) -> Any:
        return gradients(flat[index], x, unconnected_gradients="zero")[0]

    rows = map_fn(
        row, _native.execute("range", (0, count, 1)), fn_output_signature=TensorSpec(x.shape, x.dtype)
    )
    sizes = _native.execute("shape", (gradient,))
    shape = _native.execute("concat", ([sizes, sizes],), {"axis": 0})
    return _native.execute("reshape", (rows, shape))


def _require_graph(where: str) -> None:
    if _native.executing_eagerly():
        raise FailedPreconditionError(
            f"[{where}] tg.{where} works on the graph of a tg.function. Received: a call while ops run at once. "
            "Call it inside of a tg.function, or use tg.GradientTape.",
            code="TG-0761",
        )


def _seeds(given: Any, targets: list[Tensor]) -> list[Tensor | None]:
    if given is None:
        return [None] * len(targets)
    flat = list(given) if isinstance(given, (list, tuple)) else [given]
    if len(flat) != len(targets):
        raise InvalidArgumentError(
            f"[gradients] there must be one of grad_ys for each of ys. Received: {len(flat)} for {len(targets)}. Give "
            "None for ones.",
            code="TG-0307",
        )
    seeds: list[Tensor | None] = []
    for seed, target in zip(flat, targets, strict=True):
        tensor = None if seed is None else convert_to_tensor(seed, dtype=target.dtype)
        if tensor is not None and not tensor.shape.is_compatible_with(target.shape):
            raise InvalidArgumentError(
                f"[gradients] one of grad_ys must have the shape of its y. Received: shape={tensor.shape} for a y of "
                f"shape {target.shape}. Broadcast or reshape it.",
                code="TG-0105",
            )
        seeds.append(tensor)
    return seeds


def _zeros(x: Any) -> Any:
    return _native.execute("zeros_like", (x._as_tensor() if isinstance(x, Variable) else x,))
