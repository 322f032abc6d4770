"""Conditions, loops, grouping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ._apply import apply, convert_to_tensor, is_graph_value, rebuild
from ._contexts import Context, owner_inputs, settle
from ._core import tg
from ._errors import invalid, wrong_type
from ._graph import control_op, get_default_graph, name_scope
from ._shapes import TensorShape
from ._static import constant_value
from ._symbols import export
from ._tensor import Operation, Tensor, variant

# ---- structures


def flatten(structure: Any) -> list[Any]:
    """The leaves of a nest; composites of tensors count as their tensors."""
    if isinstance(structure, (list, tuple)):
        return [leaf for each in structure for leaf in flatten(each)]
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flatten(structure[key])]
    if hasattr(structure, "_loop_parts"):
        return list(structure._loop_parts())
    return [structure]


def pack(structure: Any, leaves: list[Any]) -> Any:
    """The nest with other leaves."""
    remaining = iter(leaves)

    def take(item: Any) -> Any:
        if isinstance(item, (list, tuple)):
            return rebuild(item, [take(each) for each in item])
        if isinstance(item, dict):
            made = {key: take(item[key]) for key in sorted(item)}
            return type(item)((key, made[key]) for key in item)
        if hasattr(item, "_loop_parts"):
            return item._loop_rebuilt([next(remaining) for _ in item._loop_parts()])
        return next(remaining)

    return take(structure)


# ---- grouping


@export("no_op")
def no_op(name: str | None = None) -> Operation:
    """An op that does nothing, but for the control inputs that it has."""
    return get_default_graph().create("NoOp", list, (), name or "NoOp")


@export("group")
def group(*inputs: Any, **options: Any) -> Operation:
    """An op that runs others."""
    name = options.pop("name", None)
    ops: list[Operation] = []
    graph = get_default_graph()
    for each in inputs:
        for leaf in flatten(each) if isinstance(each, (list, tuple, dict)) else [each]:
            found = control_op(leaf, graph)
            if found is not None:
                ops.append(found)
    if ops:
        graph = ops[0].graph
    with graph.as_default(), graph.control_dependencies(ops):
        return no_op(name or "group_deps")


@export("tuple")
def tuple_(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """The tensors, each after all of them are computed."""
    with name_scope(name, "tuple"):
        gate = group(*[each for each in tensors if each is not None], *(control_inputs or ()))
        return [None if each is None else with_dependencies([gate], each) for each in tensors]


@export("with_dependencies")
def with_dependencies(dependencies: Any, output_tensor: Any, name: str | None = None) -> Any:
    """A tensor that is computed after other things."""
    with get_default_graph().control_dependencies(dependencies):
        if hasattr(output_tensor, "indices") and hasattr(output_tensor, "values"):
            return type(output_tensor)(
                apply("Identity", tg.identity, output_tensor.values),
                output_tensor.indices,
                output_tensor.dense_shape,
            )
        return apply("Identity", tg.identity, output_tensor, op_name=name or "control_dependency")


# ---- cond


def _results(structure: Any) -> tuple[Any, list[Any]]:
    leaves = [
        None if leaf is None or isinstance(leaf, Operation) else convert_to_tensor(leaf)
        for leaf in flatten(structure)
    ]
    return structure, leaves


@export("cond")
def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Any = None,
    fn2: Any = None,
) -> Any:
    """What one of two functions gives; only that one's ops run.

    Raises:
        TypeError: A function is missing, or pred is a Python value (TG-7250).
        ValueError: They do not give the same structure and dtypes (TG-7251).
    """
    true_fn, false_fn = true_fn or fn1, false_fn or fn2
    if not callable(true_fn) or not callable(false_fn):
        raise wrong_type(
            "cond",
            "true_fn and false_fn must be functions",
            f"{true_fn!r}, {false_fn!r}",
            "Use lambda: x.",
            "TG-7250",
        )
    if isinstance(pred, bool):
        raise wrong_type("cond", "pred must be a tensor", repr(pred), "Use Python's if.", "TG-7250")
    graph = get_default_graph()
    predicate = convert_to_tensor(pred)
    with name_scope(name, "cond"):
        contexts, structures, leaves = [], [], []
        for function in (true_fn, false_fn):
            context = Context(graph)
            with context.entered():
                structure, found = _results(function())
                found = [
                    apply("Identity", tg.identity, each)
                    if each is not None and each.dtype is not variant
                    else each
                    for each in found
                ]
            for operation in [each for each in flatten(structure) if isinstance(each, Operation)]:
                context.pinned.append(operation)
            contexts.append(context)
            structures.append(structure)
            leaves.append(found)
        first, second = leaves
        same = len(first) == len(second) and all(
            (a is None) == (b is None) and (a is None or a.dtype == b.dtype) for a, b in zip(first, second)
        )
        if not same:
            raise invalid(
                "cond",
                "both functions must return the same structure and dtypes",
                f"{structures[0]!r} and {structures[1]!r}",
                "Cast, or return the same number of tensors.",
                "TG-7251",
            )
        tensors = [(a, b) for a, b in zip(first, second) if a is not None]
        outputs = [(a.dtype, _common(a.shape, b.shape)) for a, b in tensors]
        opaque = [a.symbol for a, _ in tensors]

        def lower(emitter: Any, chosen: Any, *captured: Any) -> list[Any]:
            def branch(index: int) -> Callable[[], Any]:
                wanted = [pair[index] for pair in tensors]
                return lambda: emitter.branch(contexts[index], wanted) or [tg.constant(0)]

            made = tg.cond(chosen, branch(0), branch(1))
            return list(made)[: len(tensors)]

        op = graph.create(
            "If", lower, [predicate, *owner_inputs(*contexts)], "Merge", outputs=outputs, stateful=True,
            effect=any(context.effect or context.pinned for context in contexts),
            attributes={"writes": [v for context in contexts for v in context.writes]},
        )  # fmt: skip
        settle(op, *contexts)
        for tensor, symbol in zip(op.outputs, opaque):
            if tensor.dtype is variant:
                tensor.symbol = symbol
        if not op.outputs:
            return op
        made = iter(op.outputs)
        results = [None if each is None else next(made) for each in first]
        packed = pack(structures[0], results)
        if strict or not (
            isinstance(packed, (list, tuple)) and len(packed) == 1 and not hasattr(packed, "_fields")
        ):
            return op if packed is None else packed
        return packed[0]


def _common(first: TensorShape, second: TensorShape) -> TensorShape:
    if first._list is None or second._list is None or len(first._list) != len(second._list):
        return TensorShape(None)
    return TensorShape([a if a == b else None for a, b in zip(first._list, second._list)])


def smart_cond(
    pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str | None = None
) -> Any:
    """`cond`, but decided now where pred is known."""
    known = smart_constant(pred)
    if known is not None:
        return true_fn() if known else false_fn()
    return cond(pred, true_fn, false_fn, name=name)


def smart_constant(pred: Any) -> bool | None:
    """The value of a predicate where it is known."""
    if isinstance(pred, (bool, int)) or pred is None:
        return bool(pred)
    if isinstance(pred, Tensor):
        value = constant_value(pred)
        return None if value is None else bool(value)
    return None if is_graph_value(pred) else bool(pred)


@export("case")
def case(
    pred_fn_pairs: Any, default: Any = None, exclusive: bool = False, strict: bool = False, name: str = "case"
) -> Any:
    """What the function of the first true predicate gives, else what `default` gives."""
    pairs = list(pred_fn_pairs.items()) if isinstance(pred_fn_pairs, dict) else list(pred_fn_pairs)
    if default is None:
        default = pairs.pop()[1]

    def chain(index: int) -> Any:
        if index == len(pairs):
            return default()
        return cond(pairs[index][0], pairs[index][1], lambda: chain(index + 1), strict=strict)

    with name_scope(name, "case"):
        return chain(0)


@export("switch_case")
def switch_case(branch_index: Any, branch_fns: Any, default: Any = None, name: str = "switch_case") -> Any:
    """What the function of a number gives."""
    pairs = sorted(branch_fns.items()) if isinstance(branch_fns, dict) else list(enumerate(branch_fns))
    last = default or pairs[-1][1]
    index = convert_to_tensor(branch_index)
    return case([(index_is(index, number), function) for number, function in pairs], default=last, name=name)


def index_is(index: Tensor, number: int) -> Tensor:
    """Whether a tensor is a number."""
    return apply("Equal", tg.equal, index, number)  # type: ignore[no-any-return]


# ---- while_loop


@export("while_loop")
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Calls `body` on its own results as long as `cond` says so.

    Raises:
        TypeError: cond or body is no function (TG-7250).
        ValueError: There are no loop variables, or body returns others (TG-7252).
    """
    if not callable(cond) or not callable(body):
        raise wrong_type(
            "while_loop",
            "cond and body must be functions",
            f"{cond!r}, {body!r}",
            "Give functions.",
            "TG-7250",
        )
    if loop_vars is None or (isinstance(loop_vars, (list, tuple)) and not loop_vars):
        raise invalid(
            "while_loop",
            "there must be loop variables",
            repr(loop_vars),
            "Give a list of tensors.",
            "TG-7252",
        )
    if not isinstance(loop_vars, (list, tuple)):
        loop_vars = [loop_vars]
    graph = get_default_graph()
    with name_scope(name, "while"):
        initial = [convert_to_tensor(leaf) for leaf in flatten(loop_vars)]
        shapes = _invariants(loop_vars, shape_invariants, initial)
        test, step = Context(graph), Context(graph)
        with test.entered():
            test_vars = _loop_values(graph, initial, shapes)
            result = convert_to_tensor(cond(*pack(loop_vars, list(test_vars))))
        with step.entered():
            step_vars = _loop_values(graph, initial, shapes)
            made = body(*pack(loop_vars, list(step_vars)))
            if len(loop_vars) == 1 and not (isinstance(made, (list, tuple)) and len(made) == 1):
                made = [made]
            found = flatten(made)
            if len(found) != len(initial):
                raise invalid(
                    "while_loop",
                    "body must return a value for each loop variable",
                    f"{len(found)} values for {len(initial)}",
                    "Return as many as there are.",
                    "TG-7252",
                )
            results = [
                convert_to_tensor(each, None if start.dtype is variant else start.dtype)
                for each, start in zip(found, initial)
            ]
        outputs = []
        relaxed: list[TensorShape] = []
        for start, end, shape in zip(initial, results, shapes):
            whole = shape if shape is not None else _common(start.shape, end.shape)
            relaxed.append(whole)
            outputs.append((start.dtype, whole))
        count = len(initial)

        def lower(emitter: Any, *values: Any) -> list[Any]:
            def bound(inner: Sequence[Tensor]) -> Callable[..., list[tuple[Tensor, Any]]]:
                return lambda *given: list(zip(inner, given))

            def run_test(*given: Any) -> Any:
                return emitter.branch(test, [result], bound(test_vars)(*given))[0]

            def run_step(*given: Any) -> Any:
                return emitter.branch(step, results, bound(step_vars)(*given))

            invariants: list[Any] = []
            for value, shape in zip(values[:count], relaxed):
                if isinstance(value, tg.Tensor):
                    # The engine may know more than the graph does; a loop keeps what both know.
                    invariants.append(shape.as_core())
                else:
                    invariants.append(None)
            return list(
                tg.while_loop(
                    run_test, run_step, list(values[:count]), shape_invariants=invariants, back_prop=back_prop,
                    maximum_iterations=values[-1] if limit is not None and is_graph_value(limit) else limit,
                )
            )  # fmt: skip

        limit = maximum_iterations
        if is_graph_value(limit):
            known = constant_value(convert_to_tensor(limit))
            limit = convert_to_tensor(limit) if known is None else int(known)
        inputs = [*initial, *owner_inputs(test, step)]
        if is_graph_value(limit):
            inputs.append(limit)
        op = graph.create(
            "While", lower, inputs, "exit", outputs=outputs, stateful=True, effect=test.effect or step.effect,
            attributes={"writes": [*test.writes, *step.writes]},
        )  # fmt: skip
        settle(op, test, step)
        for tensor, end in zip(op.outputs, results):
            if tensor.dtype is variant:
                tensor.symbol = end.symbol
        packed = pack(loop_vars, list(op.outputs))
        return packed if return_same_structure or len(packed) > 1 else packed[0]


def _loop_values(graph: Any, initial: list[Tensor], shapes: list[TensorShape | None]) -> list[Tensor]:
    made = []
    for start, shape in zip(initial, shapes):
        op = graph.create(
            "Enter", lambda *values: list(values), (), "Identity",
            outputs=[(start.dtype, start.shape if shape is None else shape)],
        )  # fmt: skip
        if start.dtype is variant:
            op.outputs[0].symbol = start.symbol
        op.attributes["bound"] = True
        made.append(op.outputs[0])
    return made


def _invariants(loop_vars: Any, invariants: Any, initial: list[Tensor]) -> list[TensorShape | None]:
    if invariants is None:
        return [None] * len(initial)
    flat: list[Any] = []

    def take(variables: Any, shapes: Any) -> None:
        if isinstance(variables, (list, tuple)):
            for each, shape in zip(variables, shapes):
                take(each, shape)
        elif isinstance(variables, dict):
            for key in sorted(variables):
                take(variables[key], shapes[key])
        else:
            count = len(flatten(variables))
            if hasattr(variables, "_loop_parts"):
                flat.extend([None] * count)
            else:
                flat.append(TensorShape(shapes))

    take(loop_vars, invariants)
    return flat


# ---- loops over elements


@export("foldl")
def foldl(
    fn: Any, elems: Any, initializer: Any = None, parallel_iterations: int = 10, back_prop: bool = True,
    swap_memory: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Combines elements from the first to the last."""
    return scan(fn, elems, initializer, back_prop=back_prop, name=name or "foldl", _last=True)


@export("foldr")
def foldr(
    fn: Any, elems: Any, initializer: Any = None, parallel_iterations: int = 10, back_prop: bool = True,
    swap_memory: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """Combines elements from the last to the first."""
    return scan(fn, elems, initializer, back_prop=back_prop, name=name or "foldr", reverse=True, _last=True)


@export("scan")
def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
    _last: bool = False,
) -> Any:
    """All values of an accumulator that takes one element after the other."""
    from ._tensor_array import TensorArray

    with name_scope(name, "scan"):
        flat = [convert_to_tensor(each) for each in flatten(elems)]
        static = flat[0].shape[0].value
        count = static if static is not None else apply("strided_slice", lambda x: tg.shape(x)[0], flat[0])
        inputs = [
            TensorArray(each.dtype, size=count, element_shape=each.shape[1:]).unstack(each) for each in flat
        ]

        def element(index: Any) -> Any:
            return pack(elems, [array.read(index) for array in inputs])

        first: Any
        if initializer is None:
            first = element((count - 1) if reverse else 0)
            done = 1
        else:
            first = pack(initializer, [convert_to_tensor(each) for each in flatten(initializer)])
            done = 0
        leaves = [convert_to_tensor(each) for each in flatten(first)]
        arrays = [
            TensorArray(each.dtype, size=count, element_shape=each.shape if infer_shape else None)
            for each in leaves
        ]
        place = (lambda index: count - 1 - index) if reverse else (lambda index: index)
        if initializer is None:
            arrays = [array.write(place(0), leaf) for array, leaf in zip(arrays, leaves)]
        if _last:
            arrays = []

        def body(index: Any, value: Any, written: list[Any]) -> Any:
            made = fn(pack(first, flatten(value)), element(place(index)))
            new = [convert_to_tensor(each) for each in flatten(made)]
            written = [array.write(place(index), leaf) for array, leaf in zip(written, new)]
            return index + 1, pack(first, new), written

        _, last, arrays = while_loop(
            lambda index, *_: index < count,
            body,
            (convert_to_tensor(done), first, arrays),
            back_prop=back_prop,
        )
        return last if _last else pack(first, [array.stack() for array in arrays])


@export("map_fn")
def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: Any = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """What a function gives for each element, stacked."""
    from ._tensor import core_dtype
    from ._tensor_array import TensorArray

    with name_scope(name, "map"):
        flat = [convert_to_tensor(each) for each in flatten(elems)]
        static = flat[0].shape[0].value if flat[0].shape.ndims else None
        count = static if static is not None else apply("strided_slice", lambda x: tg.shape(x)[0], flat[0])
        inputs = [
            TensorArray(each.dtype, size=count, element_shape=each.shape[1:]).unstack(each) for each in flat
        ]
        kinds = elems if dtype is None else dtype
        dtypes = [each.dtype if isinstance(each, Tensor) else core_dtype(each) for each in
                  (flat if dtype is None else flatten(dtype))]  # fmt: skip
        arrays = [TensorArray(each, size=count) for each in dtypes]

        def body(index: Any, written: list[Any]) -> Any:
            made = fn(pack(elems, [array.read(index) for array in inputs]))
            new = [convert_to_tensor(each, kind) for each, kind in zip(flatten(made), dtypes)]
            return index + 1, [array.write(index, leaf) for array, leaf in zip(written, new)]

        _, arrays = while_loop(
            lambda index, *_: index < count, body, (convert_to_tensor(0), arrays), back_prop=back_prop
        )
        results = [array.stack() for array in arrays]
        for each in results:
            if static is not None and each.shape.ndims is not None:
                each.set_shape(TensorShape([static]).concatenate(each.shape[1:]))
        return pack(kinds, results)
