"""`if`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from tensegra import _native, nest
from tensegra._control._branch import Branch
from tensegra._control._cond import as_predicate
from tensegra._control._structure import as_list, dtype_of, is_composite
from tensegra._errors import InvalidArgumentError, UnimplementedError
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._tracing import source_line
from tensegra._variable import Variable

from ._lists import StagedList, as_staged
from ._tensors import LITERALS, as_tensor, is_symbolic, is_tensor_like, zeros_like_spec
from ._undefined import RETURNED, Undefined, is_undefined, label_of

_DEEPEST = 32
_threads = threading.local()


def if_stmt(
    condition: Any,
    then: Callable[[], None],
    orelse: Callable[[], None],
    get_state: Callable[[], tuple[Any, ...]],
    set_state: Callable[[Sequence[Any]], None],
    names: Sequence[str],
    lists: Sequence[str] = (),
) -> None:
    """An `if` statement.

    Args:
        condition: A Python value, or one bool of a graph.
        then: The first branch.
        orelse: The other one.
        get_state: The values of the variables that the branches change.
        set_state: Sets them.
        names: What they are called. The state may be longer: what follows is needed inside only.
        lists: Those to which a branch appends.
    """
    if not is_symbolic(condition):
        then() if condition else orelse()
        return
    state = get_state()
    count = len(names)
    before = tuple(as_staged(value) if name in lists else value for name, value in zip(names, state))
    before += state[count:]

    def branch(run: Callable[[], None]) -> Callable[[], Sequence[Any]]:
        def traced() -> Sequence[Any]:
            set_state(before)
            run()
            return get_state()[:count]

        return traced

    try:
        after = choose(condition, branch(then), branch(orelse), names, "if")
    except BaseException:
        set_state(before)
        raise
    set_state([*after, *state[count:]])


def choose(
    condition: Any,
    then: Callable[[], Sequence[Any]],
    orelse: Callable[[], Sequence[Any]],
    names: Sequence[str],
    statement: str,
) -> list[Any]:
    """Traces both branches; the values are those of the one that runs.

    Args:
        condition: One bool of a graph.
        then: Returns the values of the first branch.
        orelse: Returns those of the other.
        names: What the values are called.
        statement: What it is in the source, for messages.

    Raises:
        tg.errors.InvalidArgumentError: The condition is not one bool (TG-0514), or a value differs in its kind
            (TG-0511, TG-0802).
        tg.errors.UnimplementedError: The branches call the function that they are in (TG-0803).
    """
    where = source_line() or "an unknown line"
    predicate = as_predicate(as_tensor(condition), f"{statement} at {where}")
    branches: list[Branch] = []
    sides: list[list[Any]] = []
    with Nested():
        for run, label in ((then, "then"), (orelse, "else")):
            with Branch(f"{statement}_{label}") as branch:
                sides.append(list(run()))
            branches.append(branch)
        merged = [merge(name, one, other, where) for name, one, other in zip(names, *sides, strict=True)]
        for side, branch in enumerate(branches):
            with branch:
                branch.set_outputs([tensor for each in merged for tensor in each.tensors(side)])
        functions = {"then_branch": branches[0].freeze(), "else_branch": branches[1].freeze()}
    outputs = iter(as_list(_native.execute("cond", (predicate, []), functions)))
    return [each.result(outputs) for each in merged]


class Nested:
    """Counts branches that lie in each other: only a function that calls itself gets very deep."""

    def __enter__(self) -> None:
        _threads.depth = getattr(_threads, "depth", 0) + 1
        if _threads.depth > _DEEPEST:
            _threads.depth -= 1
            raise _recursion()

    def __exit__(self, *exception: object) -> None:
        _threads.depth -= 1


def _recursion() -> UnimplementedError:
    from .._convert import is_converted

    counts: dict[str, int] = {}
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if is_converted(code):
            counts[code.co_qualname] = counts.get(code.co_qualname, 0) + 1
        frame = frame.f_back  # type: ignore[assignment]
    name = max(counts, key=lambda each: counts[each], default="a function")
    return UnimplementedError(
        "[autograph] whether a function calls itself cannot depend on a tensor: both branches are traced, so the "
        f"recursion would have no end. Received: {name}, {_DEEPEST} branches deep. Write it as a loop, or let Python "
        "values decide.",
        code="TG-0803",
    )


class Merged:
    """A value after a branch: the same on both sides, so that the graph need not know of it."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def tensors(self, side: int) -> list[Tensor]:
        """The tensors that this side's graph returns; called where ops go to that graph."""
        return []

    def result(self, outputs: Any) -> Any:
        """The value, given what the op returned."""
        return self._value


class _Chosen(Merged):
    """A structure whose tensors the graph chooses."""

    def __init__(self, sides: tuple[Any, Any], dtypes: list[Any]) -> None:
        self._sides = sides
        self._dtypes = dtypes
        self._counts: list[int] = []

    def tensors(self, side: int) -> list[Tensor]:
        other = nest.flatten(self._sides[1 - side])
        found: list[Tensor] = []
        self._counts = []
        for leaf, against, dtype in zip(nest.flatten(self._sides[side]), other, self._dtypes, strict=True):
            if isinstance(leaf, StagedList):
                leaf.resemble(against)
            if leaf is None:
                group = []
            elif is_composite(leaf):
                group = leaf._tensegra_components()
            else:
                group = [convert_to_tensor(leaf, dtype=dtype) if dtype is not None else as_tensor(leaf)]
            self._counts.append(len(group))
            found += group
        return found

    def result(self, outputs: Any) -> Any:
        made: list[Any] = []
        for leaf, count in zip(nest.flatten(self._sides[1]), self._counts, strict=True):
            group = [next(outputs) for _ in range(count)]
            if is_composite(leaf):
                made.append(leaf._tensegra_from_components(group))
            else:
                made.append(group[0] if group else None)
        return nest.pack_sequence_as(self._sides[1], made)


class _Placeholder(_Chosen):
    """A returned value that one side does not have yet: zeros stand for it, since a flag says so."""

    def __init__(self, value: Any, has: int) -> None:
        super().__init__((value, value), [None] * len(nest.flatten(value)))
        self._has = has

    def tensors(self, side: int) -> list[Tensor]:
        return super().tensors(side) if side == self._has else self._zeros()

    def _zeros(self) -> list[Tensor]:
        groups: list[Tensor] = []
        self._counts = []
        for leaf in nest.flatten(self._sides[0]):
            group = (
                []
                if leaf is None
                else leaf._tensegra_components()
                if is_composite(leaf)
                else [as_tensor(leaf)]
            )
            self._counts.append(len(group))
            groups += group
        return [zeros_like_spec(tensor) for tensor in groups]


def merge(name: str, one: Any, other: Any, where: str) -> Merged:
    """How the values of a variable after both branches become one."""
    if one is other or _equal_literals(one, other):
        return Merged(one)
    if is_undefined(one) or is_undefined(other):
        if is_undefined(one) and is_undefined(other):
            return Merged(one if one.where is not None else other)
        value, has = (other, 1) if is_undefined(one) else (one, 0)
        if name == RETURNED:
            return _Placeholder(value, has) if _has_tensors(value) else Merged(value)
        side = "false" if has == 0 else "true"
        return Merged(Undefined(name, f"where the condition at {where} is {side}"))
    if isinstance(one, StagedList) or isinstance(other, StagedList):
        one, other = as_staged(one), as_staged(other)
    try:
        nest.assert_same_structure(one, other, check_types=False)
    except InvalidArgumentError as error:
        raise _differ(name, where, error.message.partition("Received: ")[2] or error.message) from error
    dtypes = []
    for first, second in zip(nest.flatten(one), nest.flatten(other), strict=True):
        for leaf in (first, second):
            if not is_tensor_like(leaf):
                raise not_a_tensor(name, leaf, f"the branches at {where}")
        dtypes.append(_common_dtype(name, first, second, where))
    return _Chosen((one, other), dtypes)


def not_a_tensor(name: str, value: Any, statement: str) -> InvalidArgumentError:
    """The error for a Python object that would have to be chosen by a graph."""
    return InvalidArgumentError(
        "[autograph] a variable that changes where a tensor decides must hold tensors, numbers, strings, or nests "
        f"of these. Received: {label_of(name)} with a value of type {type(value).__name__} that {statement} may "
        "change. Let a Python value decide, or use tensors.",
        code="TG-0802",
    )


def _equal_literals(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (one is None or isinstance(one, LITERALS)) and one == other


def _has_tensors(value: Any) -> bool:
    return any(
        is_composite(leaf) or isinstance(leaf, (Tensor, Variable)) for leaf in nest.flatten(value)
    ) and all(is_tensor_like(leaf) for leaf in nest.flatten(value))


def _common_dtype(name: str, one: Any, other: Any, where: str) -> Any:
    """What Python numbers become so that both sides have one dtype; None where each is what it is."""
    if (one is None) != (other is None):
        raise _differ(name, where, _kind(one) + " and " + _kind(other))
    if one is None or (is_composite(one) and type(one) is type(other)):
        return None
    if is_composite(one) or is_composite(other):
        raise _differ(name, where, _kind(one) + " and " + _kind(other))
    dtypes = [_dtype(one), _dtype(other)]
    if dtypes[0] is dtypes[1]:
        return None
    for literal, dtype in ((one, dtypes[1]), (other, dtypes[0])):
        weak = isinstance(literal, (int, float)) and not isinstance(literal, bool)
        if weak and (
            dtype.is_floating or dtype.is_complex or (dtype.is_integer and isinstance(literal, int))
        ):
            return dtype
    raise _differ(name, where, f"{dtypes[0].name} and {dtypes[1].name}")


def _dtype(leaf: Any) -> Any:
    return dtype_of(as_tensor(leaf)) if not isinstance(leaf, Tensor) else dtype_of(leaf)


def _kind(leaf: Any) -> str:
    if leaf is None:
        return "None"
    if is_composite(leaf):
        return f"a {type(leaf).__name__}"
    return f"a tensor of {_dtype(leaf).name}"


def _differ(name: str, where: str, received: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[autograph] {label_of(name)} must have the same structure and dtype after both branches of the condition at "
        f"{where}. Received: {received}. Use tg.cast, or the same kind of value in both.",
        code="TG-0511",
    )
