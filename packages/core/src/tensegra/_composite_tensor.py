"""Objects made of several tensors, which pass through `tg.function` as their parts."""

from __future__ import annotations

from typing import Any


class CompositeTensor:
    """What `RaggedTensor`, `SparseTensor` and `IndexedSlices` have in common: they are their parts.

    A subclass lists the names of its parts, each of which a tensor or another composite.
    """

    _part_names: tuple[str, ...] = ()

    def _parts(self) -> list[Any]:
        return [getattr(self, name) for name in self._part_names]

    def _rebuilt(self, parts: list[Any]) -> Any:
        """An object of the same kind with other parts, which are taken as they are."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__.update(zip(self._part_names, parts, strict=False))
        return made

    # How control flow of graphs sees it.

    def _tensegra_components(self) -> list[Any]:
        found: list[Any] = []
        for part in self._parts():
            found += part._tensegra_components() if isinstance(part, CompositeTensor) else [part]
        return found

    def _tensegra_from_components(self, components: list[Any]) -> Any:
        remaining = list(components)
        parts: list[Any] = []
        for part in self._parts():
            if isinstance(part, CompositeTensor):
                count = len(part._tensegra_components())
                parts.append(part._tensegra_from_components(remaining[:count]))
            else:
                count = 1
                parts.append(remaining[0])
            remaining = remaining[count:]
        return self._rebuilt(parts)

    def _tensegra_invariants(self) -> list[Any]:
        """How many elements there are may change in a loop, but not their shape."""
        from ._shape import TensorShape

        shapes = [part.shape for part in self._tensegra_components()]
        return [shape if not shape.rank else TensorShape([None, *shape[1:].as_list()]) for shape in shapes]
