"""`tf.gradients`: an op whose lowering asks a tape that runs beside the emission of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._apply import apply, convert_to_tensor
from ._core import tg
from ._errors import invalid, wrong_type
from ._graph import name_scope
from ._shapes import TensorShape
from ._symbols import export
from ._tensor import Operation, Tensor, is_floating

_STOPS = {
    "StopGradient", "ZerosLike", "OnesLike", "Floor", "Ceil", "Round", "Rint", "Sign", "PyFunc", "Bucketize", "ArgMax",
    "ArgMin", "Shape", "Size", "Rank", "Print_", "InTopK", "LogUniformCandidateSampler",
}  # fmt: skip


@export("IndexedSlices")
class IndexedSlices:
    """Rows of a tensor with their numbers: the gradient of what only some rows were taken of."""

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values, self._indices, self._dense_shape = values, indices, dense_shape

    @property
    def values(self) -> Any:
        """The rows."""
        return self._values

    @property
    def indices(self) -> Any:
        """Their numbers; a number may occur several times, its rows are then added."""
        return self._indices

    @property
    def dense_shape(self) -> Any:
        """The shape of the whole tensor, or None."""
        return self._dense_shape

    @property
    def name(self) -> str:
        """The name of the rows."""
        return self._values.name  # type: ignore[no-any-return]

    @property
    def op(self) -> Operation:
        """The op that makes the rows."""
        return self._values.op  # type: ignore[no-any-return]

    @property
    def dtype(self) -> Any:
        """The dtype of the rows."""
        return self._values.dtype

    @property
    def graph(self) -> Any:
        """Their graph."""
        return self._values.graph

    @property
    def device(self) -> str:
        """The device that was asked for."""
        return self._values.device  # type: ignore[no-any-return]

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape of the whole tensor."""
        rest = self._values.shape[1:] if self._values.shape.ndims else TensorShape(None)
        known = getattr(self, "_static", None)
        return known if known is not None else TensorShape([None]).concatenate(rest)

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    def _as_dense(self) -> Tensor:
        return self._as_graph_tensor()

    def _as_graph_tensor(self) -> Tensor:
        if self._dense_shape is None:
            raise invalid(
                "IndexedSlices",
                "rows without dense_shape cannot become a whole tensor",
                repr(self),
                "Give it.",
                "TG-7240",
            )
        return apply("UnsortedSegmentSum", _dense, self._values, self._indices, self._dense_shape)  # type: ignore[no-any-return]

    def _fetch(self) -> Any:
        parts = [self._values, self._indices]
        if self._dense_shape is not None:
            parts.append(self._dense_shape)
        return parts, lambda values: IndexedSlicesValue(*values, *[None] * (3 - len(values)))

    def __repr__(self) -> str:
        return f"IndexedSlices(indices={self._indices}, values={self._values})"

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)


def _dense(values: Any, indices: Any, shape: Any) -> Any:
    return tg.math.unsorted_segment_sum(values, indices, tg.cast(shape, tg.int32)[0])


class IndexedSlicesValue(tuple):  # type: ignore[type-arg]
    """What a session gives for `IndexedSlices`."""

    def __new__(cls, values: Any, indices: Any, dense_shape: Any = None) -> IndexedSlicesValue:
        return super().__new__(cls, (values, indices, dense_shape))

    values = property(lambda self: self[0])
    indices = property(lambda self: self[1])
    dense_shape = property(lambda self: self[2])


export("IndexedSlicesValue")(IndexedSlicesValue)


@export("gradients")
def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str | None = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = "none",
) -> list[Any]:
    """The gradient of the sum of ys with respect to each of xs; None where ys do not depend on it.

    Args:
        ys: A tensor or a list of tensors.
        xs: Tensors and variables.
        grad_ys: What the gradient of each y begins with; default: ones.
        name: The scope of the ops.
        stop_gradients: Tensors that are taken as constants.
        unconnected_gradients: "none" or "zero".
        colocate_gradients_with_ops: Accepted, without effect, as are `gate_gradients` and `aggregation_method`.
    """
    targets = [convert_to_tensor(each) for each in _listed(ys)]
    sources = [_source(each) for each in _listed(xs)]
    seeds: list[Any] = [None] * len(targets) if grad_ys is None else _listed(grad_ys)
    if len(seeds) != len(targets):
        raise invalid(
            "gradients",
            "there must be one grad_ys for each of ys",
            f"{len(seeds)}",
            "Give None for ones.",
            "TG-7241",
        )
    for each in targets:
        if not is_floating(each.dtype):
            raise wrong_type(
                "gradients",
                "ys must be of a floating-point dtype",
                repr(each),
                "Use tf.cast before.",
                "TG-7242",
            )
    graph = targets[0].graph if targets else sources[0].graph
    stops = [_source(each) for each in _listed(stop_gradients)]
    reached = _reached(targets, {id(each) for each in stops} if stops else set())
    with graph.as_default(), name_scope(name or "gradients"):
        return _make(
            graph,
            targets,
            seeds,
            sources,
            reached,
            stops,
            getattr(unconnected_gradients, "value", unconnected_gradients),
        )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _source(value: Any) -> Any:
    """A variable, or a tensor that is none."""
    if isinstance(value, Tensor):
        return value.op.attributes.get("variable", value.op.attributes.get("alias", value))
    if hasattr(value, "_reference"):
        return value
    if isinstance(value, IndexedSlices):
        return value.values
    if hasattr(value, "_as_graph_tensor"):
        return value._as_graph_tensor()
    return convert_to_tensor(value)


def _reached(targets: Sequence[Tensor], stops: set[int]) -> dict[int, Operation]:
    """The ops that the targets depend on in a differentiable way, by number."""
    found: dict[int, Operation] = {}
    stack = [each.op for each in targets]
    while stack:
        op = stack.pop()
        if op._id in found:
            continue
        found[op._id] = op
        if op.type in _STOPS:
            continue
        for each in op.inputs:
            if id(each) in stops:
                found.setdefault(each.op._id, each.op)  # reached, and not passed
                continue
            if not (is_floating(each.dtype) or each.dtype.name == "variant"):
                continue
            if each.op._id not in found:
                stack.append(each.op)
    return found


def _make(
    graph: Any,
    targets: list[Tensor],
    seeds: list[Any],
    sources: list[Any],
    reached: dict[int, Operation],
    stops: list[Any],
    unconnected: str,
) -> list[Any]:
    places: list[Any] = []
    wanted: list[Any] = []  # variables and tensors that the tape is asked for
    inputs: list[Tensor] = list(targets)
    given = [
        convert_to_tensor(seed, target.dtype) for seed, target in zip(seeds, targets) if seed is not None
    ]
    inputs += given
    outputs: list[tuple[Any, Any]] = []
    for source in sources:
        gathers = _gathers(source, reached, targets) if hasattr(source, "_reference") else []
        if gathers:
            places.append(("sparse", source, len(outputs), len(gathers)))
            for op in gathers:
                wanted.append(op.outputs[0])
                outputs.append((source.dtype, op.outputs[0].shape))
        elif _connected(source, reached):
            places.append(("dense", source, len(outputs), 1))
            wanted.append(source)
            outputs.append((source.dtype, source.shape))
        else:
            places.append(("none", source, 0, 0))
    if not wanted:
        return [_nothing(source, unconnected) for source in sources]
    held = [each for each in wanted if isinstance(each, Tensor)]
    inputs += held
    seeded = [seed is not None for seed in seeds]

    def lower(emitter: Any, *values: Any) -> list[Any]:
        tape = emitter.tape(op)
        ys, rest = list(values[: len(targets)]), iter(values[len(targets) :])
        starts = [next(rest) if flag else None for flag in seeded]
        held_values = list(rest)
        if stops:
            ys, held_values = _restarted(emitter, tape, op, targets, held, stops, ys, held_values)
        remaining = iter(held_values)
        flat: list[Any] = []
        spans: list[tuple[int, Any]] = []
        for each in wanted:
            if isinstance(each, Tensor):
                value = next(remaining)
                flat.append(value)
                spans.append((1, value))
            else:
                reads = emitter.reads(each) or [emitter.variable_value(each)]
                flat.extend(reads)
                spans.append((len(reads), reads[0]))
        found = iter(tape.gradient(ys, flat, starts if any(seeded) else None))
        results = []
        for count, value in spans:
            parts = [part for part in (next(found) for _ in range(count)) if part is not None]
            results.append(_sum(parts) if parts else tg.zeros_like(value))
        return results

    op = graph.create(
        "Gradients",
        lower,
        inputs,
        "grad",
        outputs=outputs,
        stateful=True,
        attributes={"sources": list(wanted)},
    )
    results: list[Any] = []
    for kind, source, start, count in places:
        if kind == "none":
            results.append(_nothing(source, unconnected))
        elif kind == "dense":
            results.append(op.outputs[start])
        else:
            gathers = [each.op for each in wanted[start : start + count]]
            results.append(_slices(source, gathers, op.outputs[start : start + count]))
    return results


def _sum(parts: list[Any]) -> Any:
    total = parts[0]
    for part in parts[1:]:
        total = tg.add(total, part)
    return total


def _nothing(source: Any, unconnected: str) -> Any:
    return apply("ZerosLike", tg.zeros_like, source) if unconnected == "zero" else None


def _tensors_of(source: Any) -> list[Tensor]:
    if isinstance(source, Tensor):
        return [source]
    return [source._reference, source._snapshot]


def _connected(source: Any, reached: dict[int, Operation]) -> bool:
    if isinstance(source, Tensor):
        return source.op._id in reached
    if any(each.op._id in reached for each in _tensors_of(source)):
        return True
    return any(op.attributes.get("alias") is source for op in reached.values())


def _gathers(variable: Any, reached: dict[int, Operation], targets: Sequence[Tensor]) -> list[Operation]:
    """The ops that take rows of a variable, where that is all that is done with it."""
    tensors = _tensors_of(variable)
    users: list[Operation] = []
    for tensor in tensors:
        if tensor in targets:
            return []
        users += [
            each for each in tensor._consumers if each._id in reached and "variable" not in each.attributes
        ]
    if not users or any(
        each.type != "GatherV2" or each.context is not None or not each.attributes.get("rows")
        for each in users
    ):
        return []
    if any(op.attributes.get("alias") is variable for op in reached.values()):
        return []
    return sorted(set(users), key=lambda each: each._id)


def _slices(variable: Any, gathers: list[Operation], gradients_: list[Tensor]) -> IndexedSlices:
    """The rows of the gradients of what was gathered, with their numbers."""
    shape = variable.shape.as_list()
    indices = [apply("Reshape", tg.reshape, op.inputs[op.attributes["rows"]], [-1]) for op in gathers]
    rows = [apply("Reshape", tg.reshape, each, [-1, *shape[1:]]) for each in gradients_]
    if len(rows) > 1:
        values = apply("ConcatV2", lambda *parts: tg.concat(list(parts), 0), *rows, op_name="concat")
        numbers = apply(
            "ConcatV2",
            lambda *parts: tg.concat([tg.cast(part, tg.int64) for part in parts], 0),
            *indices,
            op_name="concat",
        )
    else:
        values, numbers = rows[0], indices[0]
    made = IndexedSlices(values, numbers, convert_to_tensor(shape, tg.int32))
    made._static = variable.shape  # type: ignore[attr-defined]
    return made


def _restarted(
    emitter: Any,
    tape: Any,
    gradient: Operation,
    targets: list[Tensor],
    held: list[Tensor],
    stops: list[Any],
    ys: list[Any],
    held_values: list[Any],
) -> tuple[list[Any], list[Any]]:
    """The targets computed again from constants in place of `stops`, which the tape watches."""
    values: dict[Any, Any] = {}
    for stop in stops:
        tensor = stop if isinstance(stop, Tensor) else stop._snapshot
        made = tg.stop_gradient(emitter.value(tensor))
        tape._watch(made)
        values[tensor] = made
        if not isinstance(stop, Tensor):
            values[stop._reference] = made
    needed: dict[int, Operation] = {}
    stack = [each.op for each in targets]
    while stack:
        op = stack.pop()
        if op._id not in needed and op._id < gradient._id:
            needed[op._id] = op
            stack.extend(each.op for each in op.inputs if each not in values)
    for key in sorted(needed):
        op = needed[key]
        if op.effect or op.stateful or not any(each in values for each in op.inputs):
            continue
        results = op.lower(*[values[each] if each in values else emitter.value(each) for each in op.inputs])
        for tensor, result in zip(op.outputs, results):
            values.setdefault(tensor, result)
    return (
        [values.get(each, old) for each, old in zip(targets, ys)],
        [values.get(each, old) for each, old in zip(held, held_values)],
    )


@export("hessians")
def hessians(ys: Any, xs: Any, name: str = "hessians", **options: Any) -> list[Any]:
    """The second derivatives of the sum of ys with respect to each of xs, which are vectors."""
    found = []
    for x in _listed(xs):
        first = gradients(ys, x)[0]
        size = _source(x).shape[0].value
        rows = [gradients(first[index], x)[0] for index in range(size)]
        found.append(apply("Pack", lambda *parts: tg.stack(list(parts)), *rows, op_name="stack"))
    return found


@export("AggregationMethod")
class AggregationMethod:
    """How gradients are added; the engine does it in one way."""

    ADD_N = 0
    DEFAULT = 0
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


@export("UnconnectedGradients")
class UnconnectedGradients:
    """What `gradients` gives where nothing connects."""

    NONE = "none"
    ZERO = "zero"
