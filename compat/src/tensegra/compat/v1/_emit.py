"""From the ops that a run needs to one graph of the engine.

What has no effect is emitted before what has one, unless it depends on that: a value that is fetched beside an update
is then the one before the update, whatever order the program made them in. Reading a variable is emitted where the
value is used, as a reference of 1.x is read.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import tensegra as tg

from ._errors import invalid
from ._tensor import Operation, Tensor

if TYPE_CHECKING:
    from ._session import SessionState
    from ._variables import Variable


def needed(targets: Iterable[Any], fed: set[Tensor], context: Any = None) -> list[Operation]:
    """The ops of a context that targets (ops and tensors) need, in the order in which they were made."""
    found: dict[int, Operation] = {}
    stack: list[Operation] = []

    def visit(op: Operation) -> None:
        owner = op
        while owner.context is not context:
            # An op of an inner context stands for the op that holds the context; one of an outer is there already.
            inner = owner.context
            if inner is None or inner is context or not inner.is_inside(context):
                return
            if inner.owner is None:
                raise invalid(
                    "Session.run",
                    "what is inside of a branch or a loop has no value outside",
                    f"{op.name!r}",
                    "Return it from the branch or the body.",
                    "TG-7220",
                )
            owner = inner.owner
        if owner._id not in found:
            found[owner._id] = owner
            stack.append(owner)

    for target in targets:
        if isinstance(target, Tensor):
            if target not in fed:
                visit(target.op)
        else:
            visit(target)
    while stack:
        op = stack.pop()
        for each in op.inputs:
            if each not in fed:
                visit(each.op)
        for control in op.control_inputs:
            visit(control)
    return [found[key] for key in sorted(found)]


def scheduled(ops: Sequence[Operation], fed: set[Tensor]) -> list[Operation]:
    """The ops in an order that respects inputs and control inputs; effects as late as that allows."""
    present = {op._id for op in ops}
    initializers = {op.attributes["initializes"]: op for op in ops if "initializes" in op.attributes}
    waiting: dict[int, int] = {}
    users: dict[int, list[Operation]] = {}
    for op in ops:
        before = {each.op._id for each in op.inputs if each not in fed}
        before |= {control._id for control in op.control_inputs}
        if initializers and "initializes" not in op.attributes:
            # What reads a variable comes after its initializer, where both are in one run.
            for each in op.inputs:
                variable = each.op.attributes.get("variable")
                if variable in initializers and not _feeds(op, initializers[variable], present):
                    before.add(initializers[variable]._id)
        before &= present
        before.discard(op._id)
        waiting[op._id] = len(before)
        for each_id in before:
            users.setdefault(each_id, []).append(op)
    by_id = {op._id: op for op in ops}
    ready = [(op.effect, op._id) for op in ops if waiting[op._id] == 0]
    heapq.heapify(ready)
    order: list[Operation] = []
    while ready:
        op = by_id[heapq.heappop(ready)[1]]
        order.append(op)
        for user in users.get(op._id, ()):
            waiting[user._id] -= 1
            if waiting[user._id] == 0:
                heapq.heappush(ready, (user.effect, user._id))
    if len(order) != len(ops):
        stuck = next(op for op in ops if waiting[op._id])
        raise invalid(
            "Session.run",
            "ops must not wait for each other",
            f"a cycle through {stuck.name!r}",
            "Remove it.",
            "TG-7221",
        )
    return order


def _feeds(op: Operation, target: Operation, present: set[int]) -> bool:
    """Whether `target` needs `op`."""
    seen: set[int] = set()
    stack = [target]
    while stack:
        current = stack.pop()
        if current is op:
            return True
        for before in [*[each.op for each in current.inputs], *current.control_inputs]:
            if before._id in present and before._id not in seen and before._id >= op._id:
                seen.add(before._id)
                stack.append(before)
    return False


class Emitter:
    """Adds the ops of one context to the engine's graph that is being traced.

    Attributes:
        state: The session's variables and random states.
        read: Variables that were read before anything in this plan wrote them.
        written: Variables that the plan writes.
    """

    def __init__(self, state: SessionState, fed: dict[Tensor, Any], parent: Emitter | None = None) -> None:
        self.state = state
        self.parent = parent
        self.fed = fed
        self.values: dict[Tensor, Any] = {}
        self._cached: dict[Any, Any] = {}
        self._reads: dict[Any, list[Any]] = {}
        self._tapes: list[tg.GradientTape] = []
        self._watched: dict[Any, set[int]] = {}
        self.read: dict[Any, None] = {} if parent is None else parent.read
        self.written: dict[Any, None] = {} if parent is None else parent.written
        self.conditional = parent is not None

    # ---- values

    def value(self, tensor: Tensor) -> Any:
        """What stands for a tensor."""
        if tensor in self.fed:
            return self.fed[tensor]
        attributes = tensor.op.attributes
        if "variable" in attributes:
            return self.variable_value(attributes["variable"])
        if "alias" in attributes:
            return self.variable_value(attributes["alias"])
        emitter: Emitter | None = self
        while emitter is not None:
            if tensor in emitter.values:
                return emitter.values[tensor]
            emitter = emitter.parent
        raise invalid(
            "Session.run",
            "a value must be made before it is used",
            f"{tensor!r}",
            "Return it from its branch or loop.",
            "TG-7220",
        )

    def bind(self, tensor: Tensor, value: Any) -> None:
        """Gives a tensor its value."""
        if tensor in self._watched and not value._is_symbolic:
            value = tg.identity(value)  # a constant becomes a value of the graph, which the tape can follow
        self.values[tensor] = value
        for level in self._watched.get(tensor, ()):
            self._tapes[level - 1]._watch(value)

    def variable_value(self, variable: Variable) -> Any:
        """The present value of a variable."""
        if variable._reference in self.fed:
            return self.fed[variable._reference]
        emitter: Emitter | None = self
        while emitter is not None:
            if variable in emitter._cached:
                value = emitter._cached[variable]
                if emitter is not self and variable in self._watched:
                    self._note(variable, value)
                return value
            emitter = emitter.parent
        if variable not in self.written and not self.conditional:
            self.read[variable] = None
        value = self.state.variable(variable).read_value()
        self._cached[variable] = value
        self._note(variable, value)
        return value

    def _note(self, variable: Variable, value: Any) -> None:
        known = self._reads.setdefault(variable, [])
        if not any(each is value for each in known):
            known.append(value)
            for level in self._watched.get(variable, ()):
                self._tapes[level - 1]._watch(value)

    def reads(self, variable: Variable) -> list[Any]:
        """All values of a variable that were read in this context so far."""
        return self._reads.get(variable, [])

    def write(self, variable: Variable, reads: bool = True) -> Any:
        """The engine's variable, to be changed; with `reads`, what it was matters."""
        if reads and variable not in self.written and not self.conditional:
            self.read[variable] = None
        self.written[variable] = None
        self.forget(variable)
        return self.state.variable(variable)

    def forget(self, variable: Variable) -> None:
        """The next reading reads again."""
        emitter: Emitter | None = self
        while emitter is not None:
            emitter._cached.pop(variable, None)
            emitter = emitter.parent

    # ---- ops

    def run(self, targets: Iterable[Any], context: Any = None) -> None:
        """Emits all that targets need."""
        fed = set(self.fed)
        order = scheduled(needed(targets, fed, context), fed)
        depth = self._plan_tapes(order)
        self._tapes = [tg.GradientTape(persistent=True, watch_accessed_variables=False) for _ in range(depth)]
        for tape in reversed(self._tapes):
            tape.__enter__()
        try:
            for tensor, value in [*self.fed.items(), *self.values.items()]:
                for level in self._watched.get(tensor, ()):
                    self._tapes[level - 1]._watch(value)
            for op in order:
                self._emit(op)
        finally:
            for tape in self._tapes:
                tape.__exit__(None, None, None)

    def _emit(self, op: Operation) -> None:
        if "variable" in op.attributes or (not op.outputs and op.type in ("NoOp", "Placeholder")):
            return
        if op.outputs and all(each in self.fed for each in op.outputs):
            return
        unread = op.attributes.get("unread", 0)
        arguments = [None if index < unread else self.value(each) for index, each in enumerate(op.inputs)]
        results = op.lower(self, *arguments) if op.stateful else op.lower(*arguments)
        for tensor, result in zip(op.outputs, results):
            self.bind(tensor, result)

    def branch(
        self, context: Any, outputs: Sequence[Any], bindings: Sequence[tuple[Tensor, Any]] = ()
    ) -> list[Any]:
        """Emits a branch or body inside of the function that is being traced: the values of `outputs`."""
        inner = Emitter(self.state, self.fed, self)
        for variable in context.writes:
            inner._hide(variable)
        for tensor, value in bindings:
            inner.values[tensor] = value
        inner.run([*outputs, *context.pinned], context)
        return [inner.value(each) for each in outputs if isinstance(each, Tensor)]

    def _hide(self, variable: Any) -> None:
        """What was read outside must be read again inside, where it changes from iteration to iteration."""
        emitter = self.parent
        while emitter is not None:
            emitter._cached.pop(variable, None)
            emitter = emitter.parent

    # ---- gradients

    def _plan_tapes(self, order: Sequence[Operation]) -> int:
        """Gives each gradient op the tape that it uses, and says what the tapes watch; the number of tapes."""
        levels: dict[int, int] = {}
        depth = 0
        for op in order:
            before = [each.op for each in op.inputs] + op.control_inputs
            level = max((levels.get(each._id, 0) for each in before), default=0)
            if op.type == "Gradients":
                level += 1
                depth = max(depth, level)
                op.attributes["level"] = level
                for source in op.attributes["sources"]:
                    self._watched.setdefault(source, set()).add(level)
            levels[op._id] = level
        return depth

    def tape(self, op: Operation) -> tg.GradientTape:
        """The tape of a gradient op."""
        return self._tapes[op.attributes["level"] - 1]
