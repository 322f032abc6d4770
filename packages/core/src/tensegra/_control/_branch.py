"""A Python function as a graph that an op holds."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from tensegra import _native
from tensegra._tensor import Tensor


class Branch:
    """A graph inside of the graph being traced: ops called in its `with` block go there.

    Args:
        name: What it is called in messages and in the text form.
    """

    def __init__(self, name: str) -> None:
        self.graph = _native.Graph(name)
        self.outputs: list[Tensor] = []

    def __enter__(self) -> Branch:
        self.graph.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.graph.leave()

    def set_outputs(self, tensors: Iterable[Tensor]) -> None:
        """Says what it returns; values of the surroundings are captured. Called inside of the block."""
        self.outputs = [self.graph.capture(tensor) for tensor in tensors]

    def freeze(self) -> _native.Function:
        """The function; what it captures becomes inputs of the op that holds it."""
        _native.lift()  # freezing may run ops, which belong to no graph
        try:
            return _native.Function.create(self.graph, self.outputs)
        finally:
            _native.leave()

    def add_input_like(self, name: str, tensor: Tensor) -> Tensor:
        """An argument with the type of a tensor outside: sizes that are the same there are the same here."""
        inside = self.graph.capture(tensor)
        return self.graph.add_input(name, inside._dtype_number, inside._shape)
