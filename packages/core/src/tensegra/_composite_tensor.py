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
