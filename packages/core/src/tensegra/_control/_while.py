"""`tg.while_loop`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tensegra import _native, nest
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec
from tensegra._tensor import Tensor, convert_to_tensor

from ._branch import Branch
from ._cond import as_predicate
from ._structure import (
    as_list,
    dtype_of,
    flat,
    from_tensors,
    is_composite,
    paths,
    regroup,
    require_callable,
    to_tensors,
)


@public("while_loop")
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """Calls a function on its own results as long as another one says so.

    Inside of a `tg.function` each is traced once, and the graph loops. Where ops run at once, this is a Python loop.

    Args:
        cond: Takes the loop variables, returns one bool.
        body: Takes the loop variables, returns new ones: the same structure, dtypes and, but for
            `shape_invariants`, shapes.
        loop_vars: A tuple or list of nests of tensors and `tg.TensorArray`: what the loop begins with.
        shape_invariants: The same structure with a `tg.TensorShape` (or a spec) for each tensor: None for sizes that
            change in the loop.
        parallel_iterations: Ignored; accepted since TensorFlow has it. Iterations run one after the other.
        back_prop: Whether gradients flow; with False the results are constants to them.
        swap_memory: Ignored.
        maximum_iterations: The most iterations there may be: an int or a tensor of one. None: any number.
        name: Ignored.

    Returns:
        The loop variables at the end, in the structure of `loop_vars`.

    Raises:
        tg.errors.InvalidArgumentError: `body` returns other loop variables than it got (TG-0511), `cond` does not
            return one bool (TG-0514), or an argument is not what it must be (TG-0515).

    >>> import tensegra as tg
    >>> @tg.function
    ... def steps_to_one(n):
    ...     def step(n, count):
    ...         return tg.where(n % 2 == 0, n // 2, 3 * n + 1), count + 1
    ...     return tg.while_loop(lambda n, count: n > 1, step, (n, 0))[1]
    >>> steps_to_one(tg.constant(27)).numpy().item()
    111
    """
    cond = require_callable(cond, "while_loop", "cond")
    body = require_callable(body, "while_loop", "body")
    if not isinstance(loop_vars, (tuple, list)) or not loop_vars:
        raise InvalidArgumentError(
            f"[while_loop] loop_vars must be a tuple or list of at least one variable. Received: {loop_vars!r}. "
            "Put a single variable into a list.",
            code="TG-0515",
        )
    names = [name + path for name, path in _names(body, loop_vars)]
    groups = to_tensors(loop_vars, "while_loop")
    variables = from_tensors(loop_vars, groups)
    if _native.executing_eagerly():
        results = _run(cond, body, variables, names, maximum_iterations)
    else:
        results = trace_loop(cond, body, variables, names, shape_invariants, maximum_iterations)
    return results if back_prop else nest.map_structure(_constant, results)


def _constant(leaf: Any) -> Any:
    if leaf is None:
        return None
    if is_composite(leaf):
        components = [_native.execute("stop_gradient", (each,)) for each in leaf._tensegra_components()]
        return leaf._tensegra_from_components(components)
    return _native.execute("stop_gradient", (leaf,))


def _run(cond: Any, body: Any, variables: Any, names: list[str], maximum: Any) -> Any:
    limit = None if maximum is None else int(convert_to_tensor(maximum).numpy().item())
    count = 0
    dtypes = _dtypes(variables)
    while limit is None or count < limit:
        if not as_predicate(cond(*variables), "while_loop").numpy().item():
            break
        variables, _ = _matched(body(*variables), variables, names, dtypes)
        count += 1
    return variables


def trace_loop(
    cond: Any,
    body: Any,
    variables: Any,
    names: list[str],
    invariants: Any,
    maximum: Any,
    where: str = "while_loop",
) -> Any:
    """The op `while` in the graph being traced; arguments and results as those of `tg.while_loop`.

    `names` holds the name of each leaf of `variables`, and `where` what messages begin with.
    """
    counted = maximum is not None and not isinstance(maximum, int)
    if counted:  # a limit that is known when the graph runs: count beside the loop
        limit = convert_to_tensor(maximum)
        results = trace_loop(
            lambda count, inner: _native.execute(
                "logical_and", (count < limit, as_predicate(cond(*inner), where))
            ),
            lambda count, inner: (count + 1, body(*inner)),
            (convert_to_tensor(0, dtype=dtype_of(limit)), variables),
            ["iterations", *names],
            None if invariants is None else (TensorShape([]), invariants),
            None,
            where,
        )
        return results[1]
    groups = to_tensors(variables, where)
    shapes = _invariants(invariants, variables, groups)
    dtypes = _dtypes(variables)

    def add_inputs(branch: Branch) -> Any:
        inputs: list[list[Tensor] | None] = []
        for name, group, shape in zip(names, groups, shapes):
            if group is None:
                inputs.append(None)
                continue
            inputs.append(
                [
                    branch.add_input_like(name, tensor)
                    if dims is None
                    else branch.graph.add_input(name, tensor._dtype_number, dims._dims)
                    for tensor, dims in zip(group, shape)
                ]
            )
        return from_tensors(variables, inputs)

    with Branch("while_cond") as test:
        test.set_outputs([as_predicate(cond(*add_inputs(test)), where)])
    with Branch("while_body") as step:
        results, made = _matched(body(*add_inputs(step)), variables, names, dtypes)
        step.set_outputs(flat(made))
    initial = flat(groups)
    attributes: dict[str, Any] = {
        "cond": test.freeze(),
        "body": step.freeze(),
        "num_loop": len(initial),
    }
    if maximum is not None:
        attributes["maximum"] = max(int(maximum), 0)
    final = as_list(_native.execute("while", (initial,), attributes))
    return from_tensors(results, regroup(groups, final[: len(initial)]))


def _matched(
    results: Any, variables: Any, names: list[str], dtypes: list[Any]
) -> tuple[Any, list[list[Tensor] | None]]:
    """What the body returned, in the structure of the loop variables, and its tensors."""
    if isinstance(results, list) and isinstance(variables, tuple) and not hasattr(variables, "_fields"):
        results = tuple(results)
    elif isinstance(results, tuple) and not hasattr(results, "_fields") and isinstance(variables, list):
        results = list(results)
    elif len(variables) == 1 and not (isinstance(results, (tuple, list)) and len(results) == 1):
        results = type(variables)([results])
    try:
        nest.assert_same_structure(variables, results, check_types=False)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(
            f"[while_loop] body must return the structure of loop_vars. Received: {error.message} "
            "Return one new value for each loop variable.",
            code="TG-0511",
        ) from error
    made = to_tensors(results, "while_loop", dtypes)
    for name, leaf, dtype, group in zip(names, nest.flatten(variables), dtypes, made):
        if (leaf is None) != (group is None):
            raise _changed(
                name, "None" if leaf is None else "a tensor", "None" if group is None else "a tensor"
            )
        if group is not None and is_composite(leaf):
            old, new = leaf._tensegra_components(), group
            if [dtype_of(each) for each in old] != [dtype_of(each) for each in new]:
                raise _changed(name, dtype_of(old[0]).name, dtype_of(new[0]).name)
        elif group is not None and dtype is not dtype_of(group[0]):
            raise _changed(name, dtype.name, dtype_of(group[0]).name)
    return from_tensors(results, made), made


def _changed(name: str, before: str, after: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[while_loop] loop variable '{name}' must keep its dtype and its kind. Received: {before} before an "
        f"iteration, {after} after it. Use tg.cast in the body.",
        code="TG-0511",
    )


def _dtypes(variables: Any) -> list[Any]:
    return [
        None if leaf is None or is_composite(leaf) else dtype_of(leaf) for leaf in nest.flatten(variables)
    ]


def _invariants(
    invariants: Any, variables: Any, groups: list[list[Tensor] | None]
) -> list[list[TensorShape | None]]:
    """For each tensor, the shape that it keeps, or None for the one it has."""
    leaves = nest.flatten(variables)
    shapes: list[Any] = [None] * len(leaves)
    if invariants is not None:
        shapes = _flat_shapes(invariants, variables)
    found: list[list[TensorShape | None]] = []
    for name_shape, leaf, group in zip(shapes, leaves, groups):
        if group is None:
            found.append([])
        elif is_composite(leaf):
            found.append(leaf._tensegra_invariants())
        elif name_shape is None:
            found.append([None])
        else:
            shape = TensorShape(name_shape.shape if isinstance(name_shape, TensorSpec) else name_shape)
            if not shape.is_compatible_with(group[0].shape):
                raise InvalidArgumentError(
                    f"[while_loop] a loop variable must begin with a shape that its invariant allows. Received: "
                    f"{group[0].shape} for the invariant {shape}. Compare them size by size.",
                    code="TG-0511",
                )
            found.append([shape])
    return found


def _flat_shapes(invariants: Any, variables: Any) -> list[Any]:
    """The invariants in the order of the leaves; a list of sizes is a shape where a tensor stands."""
    if nest.is_nested(variables):
        same = nest.is_nested(invariants) and len(invariants) == len(variables)
        if not same:
            raise InvalidArgumentError(
                f"[while_loop] shape_invariants must have the structure of loop_vars. Received: {invariants!r}. Give "
                "a tg.TensorShape for each tensor.",
                code="TG-0515",
            )
        if isinstance(variables, (tuple, list)):
            pairs = list(zip(invariants, variables))
        else:
            pairs = [(invariants[key], variables[key]) for key in nest._sorted_keys(variables)]
        return [shape for each, variable in pairs for shape in _flat_shapes(each, variable)]
    return [invariants]


def _names(body: Any, loop_vars: Any) -> list[tuple[str, str]]:
    """What the loop variables are called: as the parameters of the body."""
    try:
        parameters = [
            parameter.name
            for parameter in inspect.signature(body).parameters.values()
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        parameters = []
    found = []
    for index, variable in enumerate(loop_vars):
        name = parameters[index] if index < len(parameters) else f"loop_vars[{index}]"
        found += [(name, path) for path in paths(variable)]
    return found
