"""`while` and `for`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tensegra import _native, nest
from tensegra._control._branch import Branch
from tensegra._control._structure import from_tensors, is_composite, to_tensors
from tensegra._control._while import trace_loop
from tensegra._dtypes import int32
from tensegra._errors import InvalidArgumentError
from tensegra._shape import TensorShape
from tensegra._spec import TensorSpec
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._tracing import source_line

from ._branches import Nested, if_stmt, not_a_tensor
from ._iterables import source_of
from ._lists import StagedList, as_staged
from ._tensors import as_tensor, goes_through_graphs, is_symbolic, same_draws, zeros_like_spec
from ._undefined import RETURNED, Undefined, is_undefined, label_of

GetState = Callable[[], tuple[Any, ...]]
SetState = Callable[[Sequence[Any]], None]
Options = Callable[[], dict[str, Any]]


def while_stmt(
    test: Callable[[], Any],
    body: Callable[[], None],
    get_state: GetState,
    set_state: SetState,
    names: Sequence[str],
    lists: Sequence[str] = (),
    options: Options | None = None,
) -> None:
    """A `while` statement; it becomes a loop of the graph as soon as the test is a value of the graph.

    Args:
        test: Whether there is another iteration.
        body: One iteration.
        get_state: The values of the variables that the loop changes.
        set_state: Sets them.
        names: What they are called.
        lists: Those to which the body appends.
        options: What `set_loop_options` in the body says.
    """
    go = test()
    while not is_symbolic(go):
        if not go:
            return
        body()
        go = test()
    loop = _Loop("while", get_state, set_state, names, lists, options)

    def step(again: Tensor) -> tuple[Any, ...]:
        body()
        return (as_tensor(test()),)

    loop.run((as_tensor(go),), lambda again: again, step)


def for_stmt(
    values: Any,
    extra_test: Callable[[], Any] | None,
    body: Callable[[Any], None],
    get_state: GetState,
    set_state: SetState,
    names: Sequence[str],
    lists: Sequence[str] = (),
    options: Options | None = None,
) -> None:
    """A `for` statement; over a tensor of a graph it becomes a loop of the graph.

    Args:
        values: What it goes over.
        extra_test: Whether there may be another iteration: no `break` was met.
        body: One iteration.
        get_state: The values of the variables that the loop changes.
        set_state: Sets them.
        names: What they are called.
        lists: Those to which the body appends.
        options: What `set_loop_options` in the body says.
    """
    source = source_of(values)
    if source is None:
        if (
            not _native.executing_eagerly()
            and hasattr(values, "element_spec")
            and hasattr(values, "__iter__")
        ):
            from ._datasets import loop_over

            loop_over(values, extra_test, body, _Loop("for", get_state, set_state, names, lists, options))
            return
        _python_for(values, extra_test, body, get_state, set_state, names, lists)
        return
    loop = _Loop("for", get_state, set_state, names, lists, options)
    count = source.count()
    if extra_test is None:

        def plain(index: Tensor) -> tuple[Any, ...]:
            body(source.element(index))
            return (index + 1,)

        loop.run((convert_to_tensor(0, dtype=int32),), lambda index: index < count, plain)
        return

    def step(index: Tensor, go: Tensor) -> tuple[Any, ...]:
        body(source.element(index))
        return index + 1, as_tensor(extra_test())

    start = (convert_to_tensor(0, dtype=int32), as_tensor(extra_test()))
    loop.run(start, lambda index, go: _native.execute("logical_and", (index < count, go)), step)


def _python_for(
    values: Any,
    extra_test: Callable[[], Any] | None,
    body: Callable[[Any], None],
    get_state: GetState,
    set_state: SetState,
    names: Sequence[str],
    lists: Sequence[str],
) -> None:
    go: Any = True
    for item in values:
        if go is True:
            body(item)
        else:  # whether there was a break depends on a tensor
            if_stmt(go, lambda: body(item), lambda: None, get_state, set_state, names, lists)  # noqa: B023
        if extra_test is not None:
            go = extra_test()
            if not is_symbolic(go):
                if not go:
                    break
                go = True


def loop_options(
    parallel_iterations: Any = None,
    swap_memory: Any = None,
    maximum_iterations: Any = None,
    shape_invariants: Any = None,
) -> dict[str, Any]:
    """The arguments of `tg.autograph.experimental.set_loop_options`.

    Raises:
        tg.errors.InvalidArgumentError: `shape_invariants` is no list of pairs (TG-0806).
    """
    pairs = list(shape_invariants or ())
    if not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in pairs):
        raise InvalidArgumentError(
            "[set_loop_options] shape_invariants is a list of pairs of a loop variable and its shape. Received: "
            f"{shape_invariants!r}. Write [(x, tg.TensorShape([None]))].",
            code="TG-0806",
        )
    return {"maximum_iterations": maximum_iterations, "shape_invariants": pairs}


class _Loop:
    """A loop of the graph over the variables of a statement."""

    def __init__(
        self,
        statement: str,
        get_state: GetState,
        set_state: SetState,
        names: Sequence[str],
        lists: Sequence[str],
        options: Options | None,
    ) -> None:
        self._where = f"the {statement} loop at {source_line() or 'an unknown line'}"
        self._get, self._set = get_state, set_state
        self._names = list(names)
        self._lists = lists
        self._options: dict[str, Any] = {} if options is None else options()

    def run(
        self,
        extras: tuple[Any, ...],
        test: Callable[..., Any],
        step: Callable[..., tuple[Any, ...]],
    ) -> None:
        """Adds the loop.

        Args:
            extras: Further loop variables that come first.
            test: Takes these; whether there is another iteration.
            step: Takes these, runs one iteration, returns the next ones.
        """
        with Nested():
            self._run(extras, test, step)

    def _run(
        self, extras: tuple[Any, ...], test: Callable[..., Any], step: Callable[..., tuple[Any, ...]]
    ) -> None:
        before = list(self._get())
        initial = [as_staged(value) if name in self._lists else value for name, value in self._named(before)]
        if any(self._needs_a_look(name, value) for name, value in self._named(initial)):
            initial = self._filled(initial, extras, step)
        moving = [not is_undefined(value) and goes_through_graphs(value) for value in initial]
        shapes = self._shapes(before, initial, moving)
        labels = [name for name, moves in zip(self._names, moving) if moves]

        def body(more: Any, *values: Any) -> tuple[Any, ...]:
            self._restore(initial, moving, values)
            again = step(*more)
            after = list(self._get())
            results = []
            inputs = iter(values)
            for name, value, first, moves in zip(self._names, after, initial, moving):
                if moves:
                    results.append(self._checked(name, value, next(inputs), first))
                elif value is not first and not is_undefined(first):
                    raise not_a_tensor(name, value, self._where)
            return again, *results

        raw = (extras, *(value for value, moves in zip(initial, moving) if moves))
        variables = from_tensors(raw, to_tensors(raw, "autograph"))
        try:
            results = trace_loop(
                lambda more, *values: test(*more),
                body,
                variables,
                _paths(["a counter", *labels], variables),
                (nest.map_structure(lambda extra: None, extras), *shapes),
                self._options.get("maximum_iterations"),
                "autograph",
            )
        except BaseException:
            self._set(before)
            raise
        unset = f"where {self._where} has no iteration"
        final: list[Any] = [
            Undefined(name, unset) if is_undefined(value) else value for name, value in self._named(initial)
        ]
        positions = [position for position, moves in enumerate(moving) if moves]
        for position, value in zip(positions, results[1:]):
            final[position] = value
        self._set(final)

    def _named(self, values: Sequence[Any]) -> list[tuple[str, Any]]:
        return list(zip(self._names, values, strict=True))

    def _needs_a_look(self, name: str, value: Any) -> bool:
        """Whether an iteration must be seen before it is known what a variable is going to hold."""
        untyped = isinstance(value, StagedList) and value.array is None
        return untyped or (is_undefined(value) and name == RETURNED)

    def _filled(
        self, initial: list[Any], extras: tuple[Any, ...], step: Callable[..., tuple[Any, ...]]
    ) -> list[Any]:
        """The values with those that are not known yet, found by tracing an iteration that is thrown away."""
        with same_draws(), Branch("one_iteration") as branch:
            inputs = [
                nest.map_structure(_input(branch), value)
                if not is_undefined(value) and goes_through_graphs(value)
                else value
                for value in initial
            ]
            self._set(inputs)
            step(*nest.map_structure(_input(branch), extras))
            seen = list(self._get())
        self._set(initial)
        filled = list(initial)
        for position, (name, value) in enumerate(self._named(initial)):
            if not self._needs_a_look(name, value):
                continue
            if isinstance(value, StagedList):
                value.resemble(seen[position])
            elif not is_undefined(seen[position]) and goes_through_graphs(seen[position]):
                filled[position] = nest.map_structure(_zeros, seen[position])
        return filled

    def _restore(self, initial: Sequence[Any], moving: Sequence[bool], values: Sequence[Any]) -> None:
        inputs = iter(values)
        self._set([next(inputs) if moves else value for value, moves in zip(initial, moving)])

    def _checked(self, name: str, value: Any, before: Any, first: Any) -> Any:
        """The value of a variable after an iteration.

        Raises:
            tg.errors.InvalidArgumentError: It is of another kind than before (TG-0511, TG-0801, TG-0802).
        """
        label = label_of(name)
        if is_undefined(value):
            raise self._changed(label, "a value", "none")
        if not goes_through_graphs(value):
            raise not_a_tensor(name, value, self._where)
        if isinstance(before, StagedList):
            value = as_staged(value)
        try:
            nest.assert_same_structure(before, value, check_types=False)
        except InvalidArgumentError as error:
            raise self._changed(label, repr(before), repr(value)) from error
        for old, new in zip(nest.flatten(before), nest.flatten(value)):
            if (old is None) != (new is None) or is_composite(old) != is_composite(new):
                raise self._changed(label, _kind(old), _kind(new))
            if isinstance(old, Tensor) and isinstance(new, Tensor):
                if old._dtype_number != new._dtype_number:
                    raise self._changed(label, f"dtype {old.dtype.name}", f"dtype {new.dtype.name}")
                if name != RETURNED and not TensorSpec(old.shape, old.dtype)._accepts(new.shape):
                    raise self._changed(
                        label,
                        f"shape {old.shape}",
                        f"shape {new.shape}",
                        "Name the sizes that change: tg.autograph.experimental.set_loop_options("
                        f"shape_invariants=[({name}, tg.TensorShape([...]))])",
                    )
        return value

    def _changed(self, label: str, before: str, after: str, cure: str = "") -> InvalidArgumentError:
        cure = cure or "Use tg.cast, and the same kind of value before and in the loop"
        return InvalidArgumentError(
            f"[autograph] {label} must keep its structure, dtype and shape in {self._where}. Received: {before} "
            f"before an iteration, {after} after it. {cure}.",
            code="TG-0511",
        )

    def _shapes(self, before: list[Any], initial: list[Any], moving: list[bool]) -> list[Any]:
        """The shapes that `set_loop_options` gives, in the structure of the loop variables."""
        given: list[Any] = list(self._options.get("shape_invariants", ()))
        found = []
        used = 0
        for (name, value), moves, raw in zip(self._named(initial), moving, before):
            if not moves:
                continue
            wanted = [shape for variable, shape in given if variable is raw]
            used += len(wanted)
            if name == RETURNED:
                found.append(nest.map_structure(_open, value))
            elif wanted and not nest.is_nested(value):
                found.append(wanted[-1] if hasattr(wanted[-1], "shape") else TensorShape(wanted[-1]))
            else:
                found.append(wanted[-1] if wanted else nest.map_structure(lambda leaf: None, value))
        if used < len(given):
            raise InvalidArgumentError(
                "[set_loop_options] shape_invariants names variables that the loop changes. Received: "
                f"{len(given)} pairs, {used} of them for one of {self._names}. Name such a variable itself.",
                code="TG-0806",
            )
        return found


def _input(branch: Branch) -> Callable[[Any], Any]:
    def made(leaf: Any) -> Any:
        if leaf is None:
            return None
        if is_composite(leaf):
            parts = [branch.add_input_like("part", part) for part in leaf._tensegra_components()]
            return leaf._tensegra_from_components(parts)
        return branch.add_input_like("variable", as_tensor(leaf))

    return made


def _zeros(leaf: Any) -> Any:
    if leaf is None:
        return None
    if is_composite(leaf):
        return leaf._tensegra_from_components([zeros_like_spec(part) for part in leaf._tensegra_components()])
    return zeros_like_spec(as_tensor(leaf))


def _open(leaf: Any) -> Any:
    return (
        None
        if leaf is None or is_composite(leaf)
        else TensorShape([None] * (as_tensor(leaf).shape.rank or 0))
    )


def _kind(leaf: Any) -> str:
    return "None" if leaf is None else type(leaf).__name__


def _paths(labels: list[str], values: Sequence[Any]) -> list[str]:
    from tensegra._control._structure import paths

    return [label + path for label, value in zip(labels, values) for path in paths(value)]
