"""Functions that the program writes for elements: recorded once in a graph of their own, run for each element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._apply import convert_to_tensor, from_array
from .._arrays import placeholder
from .._graph import Graph, get_default_graph
from .._session import Session
from .structure import Spec, as_leaf, leaves, packed


class Recorded:
    """A function of elements as a graph.

    Attributes:
        captures: Tensors of the program's graph that it reads.
        result: What it returned: a nest of tensors, or a dataset.
    """

    def __init__(self, function: Callable[..., Any], structure: Any, flat: list[Spec]) -> None:
        outer = get_default_graph()
        self._graph = Graph()
        self._graph.seed = outer.seed
        self._graph.extra["captures"] = {}
        self._graph.extra["outer"] = outer
        with self._graph.as_default():
            self._inputs = [placeholder(each.dtype, each.shape) for each in flat]
            given = packed(structure, list(self._inputs))
            self.result = (
                function(*given)
                if isinstance(given, tuple) and not hasattr(given, "_fields")
                else function(given)
            )
            from .dataset import Dataset

            if isinstance(self.result, Dataset):
                self.structure: Any = None
                self.outputs: list[Any] = []
            else:
                self.structure = _as_structure(self.result)
                self.outputs = [convert_to_tensor(each) for each in leaves(self.structure)]
        self._inner: dict[Any, Any] = self._graph.extra["captures"]
        self.captures = list(self._inner)
        self._session = Session(graph=self._graph)

    @property
    def specs(self) -> list[Spec]:
        """dtypes and shapes of what it returns."""
        return [Spec(each.dtype, each.shape) for each in self.outputs]

    def feeds(self, flat: list[Any], values: dict[Any, Any]) -> dict[Any, Any]:
        """What a run is given for an element."""
        fed = {
            tensor: from_array(as_leaf(array, tensor.dtype), tensor.dtype)
            for tensor, array in zip(self._inputs, flat)
        }
        for outer, inner in self._inner.items():
            fed[inner] = from_array(as_leaf(values[outer], inner.dtype), inner.dtype)
        return fed

    def __call__(self, flat: list[Any], values: dict[Any, Any]) -> list[Any]:
        return self._session._execute(self.outputs, self.feeds(flat, values))

    def evaluate(self, tensors: list[Any], flat: list[Any], values: dict[Any, Any]) -> list[Any]:
        """The values of other tensors of the function's graph."""
        return self._session._execute(tensors, self.feeds(flat, values)) if tensors else []


def _as_structure(result: Any) -> Any:
    if isinstance(result, list):
        return tuple(_as_structure(each) for each in result)
    return result
