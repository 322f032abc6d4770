"""`tg.cond`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tensegra import _native, nest
from tensegra._dtypes import bool_
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor

from ._branch import Branch
from ._structure import as_list, dtype_of, flat, from_tensors, paths, regroup, require_callable, to_tensors


@public("cond")
def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """Calls one of two functions.

    Inside of a `tg.function` both are traced, and when the graph runs, one of them does. Where ops run at once, only
    one is called.

    Args:
        pred: One bool.
        true_fn: Takes nothing and returns a nest of tensors: the result where `pred` is true.
        false_fn: The result where it is false. In a graph it returns the same structure with the same dtypes.
        name: Ignored.

    Returns:
        What the function returned. In a graph, sizes are unknown where the two results differ.

    Raises:
        tg.errors.InvalidArgumentError: `pred` is not one bool (TG-0514), a function is missing (TG-0515), or the two
            return different structures or dtypes (TG-0511).

    >>> import tensegra as tg
    >>> @tg.function
    ... def absolute(x):
    ...     return tg.cond(x < 0.0, lambda: -x, lambda: x)
    >>> absolute(tg.constant(-3.0)).numpy().item(), absolute(tg.constant(2.0)).numpy().item()
    (3.0, 2.0)
    """
    true_fn = require_callable(true_fn, "cond", "true_fn")
    false_fn = require_callable(false_fn, "cond", "false_fn")
    predicate = as_predicate(pred, "cond")
    if not predicate._is_symbolic:
        return true_fn() if predicate.numpy().item() else false_fn()
    return conditional(predicate, true_fn, false_fn, "cond", ("true_fn", "false_fn"))


def as_predicate(pred: Any, where: str) -> Tensor:
    """One bool as a tensor.

    Raises:
        tg.errors.InvalidArgumentError: It is something else (TG-0514).
    """
    predicate = convert_to_tensor(pred)
    shape = predicate.shape
    if dtype_of(predicate) is not bool_ or (shape.rank is not None and shape.num_elements() not in (1, None)):
        raise InvalidArgumentError(
            f"[{where}] a predicate is one bool. Received: dtype={dtype_of(predicate).name}, shape={shape}. "
            "Compare values, or reduce with tg.reduce_all or tg.reduce_any.",
            code="TG-0514",
        )
    if shape.rank not in (0, None) and shape.is_fully_defined():
        return _native.execute("reshape", (predicate, convert_to_tensor([], dtype="int32")))  # type: ignore[no-any-return]
    return predicate


def conditional(
    predicate: Tensor,
    true_fn: Callable[[], Any],
    false_fn: Callable[[], Any],
    where: str,
    names: tuple[str, str],
) -> Any:
    """The op `cond` in the graph being traced."""
    branches: list[Branch] = []
    results: list[Any] = []
    groups: list[list[list[Tensor] | None]] = []
    for function, name in ((true_fn, names[0]), (false_fn, names[1])):
        with Branch(f"{where}_{name}") as branch:
            results.append(function())
            groups.append(to_tensors(results[-1], where))
            branch.set_outputs(flat(groups[-1]))
        branches.append(branch)
    _check_same(results, groups, where, names)
    functions = {"then_branch": branches[0].freeze(), "else_branch": branches[1].freeze()}
    made = as_list(_native.execute("cond", (predicate, []), functions))
    return from_tensors(results[0], regroup(groups[0], made))


def _check_same(
    results: list[Any], groups: list[list[list[Tensor] | None]], where: str, names: tuple[str, str]
) -> None:
    try:
        nest.assert_same_structure(results[0], results[1], check_types=False)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(
            f"[{where}] {names[0]} and {names[1]} must return the same structure. Received: {error.message} "
            "Return the same tuples, lists and dicts from both.",
            code="TG-0511",
        ) from error
    for path, first, second in zip(paths(results[0]), *groups):
        types = [
            None if group is None else [dtype_of(tensor).name for tensor in group]
            for group in (first, second)
        ]
        if types[0] != types[1]:
            given = ["None" if each is None else ", ".join(each) for each in types]
            raise InvalidArgumentError(
                f"[{where}] {names[0]} and {names[1]} must return the same dtypes. Received: result{path} is "
                f"{given[0]} from {names[0]} and {given[1]} from {names[1]}. Use tg.cast.",
                code="TG-0511",
            )
