"""The insides of branches and loops: ops that are recorded in the graph and run by the op that owns them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ._graph import Graph
from ._tensor import Operation, Tensor


class Context:
    """A branch, or the condition or body of a loop.

    Attributes:
        owner: The op that runs it; known once that is made.
        captured: Tensors of the surroundings that it reads, in order.
        controls: Ops of the surroundings that it must run after.
        writes: Variables that it changes.
        effect: Whether it changes anything.
        pinned: Ops of its own that must run whenever it runs.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.parent: Context | None = graph.context
        self.owner: Operation | None = None
        self.captured: dict[Tensor, None] = {}
        self.controls: dict[int, Operation] = {}
        self.writes: dict[Any, None] = {}
        self.effect = False
        self.pinned: list[Operation] = []

    def is_inside(self, context: Any) -> bool:
        """Whether it is this context or one of its insides."""
        if context is None:
            return True
        current: Context | None = self
        while current is not None:
            if current is context:
                return True
            current = current.parent
        return False

    def add(self, op: Operation) -> None:
        """Notes what a new op takes from the surroundings."""
        for each in op.inputs:
            self.capture(each)
        if op.effect:
            self.effect = True
            for variable in op.attributes.get("writes", ()):
                self.writes[variable] = None

    def capture(self, tensor: Tensor) -> None:
        """Notes a tensor that it reads, if that is of the surroundings."""
        inner = tensor.op.context
        if inner is None or not inner.is_inside(self):
            self.captured[tensor] = None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Ops made inside belong to it."""
        saved, self.graph.context = self.graph.context, self
        controls = self.graph._controls
        # Control inputs from outside hold for the op that owns it.
        for level in reversed(controls):
            if level is None:
                break
            self.controls.update((op._id, op) for op in level)
        controls.append(None)
        try:
            yield
        finally:
            controls.pop()
            self.graph.context = saved


def owner_inputs(*contexts: Context) -> list[Tensor]:
    """What an op that runs contexts takes from the surroundings."""
    found: dict[Tensor, None] = {}
    for context in contexts:
        found.update(context.captured)
    return list(found)


def settle(op: Operation, *contexts: Context) -> None:
    """Makes an op the owner of contexts."""
    for context in contexts:
        context.owner = op
        op._add_control_inputs(context.controls.values())
