"""What holds state that is no variable: tables, random generators, files."""

from __future__ import annotations

import weakref
from typing import Any

_by_handle: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()


def register(holder: Stateful, handle: Any) -> None:
    """Tells whose state a resource is; each object with a resource calls this once."""
    _by_handle[handle._id] = holder


def find(handle: Any) -> Any | None:
    """The object behind a resource tensor, or None where nobody holds it any more."""
    return _by_handle.get(handle._id)


class Stateful:
    """An object of core's own that models and checkpoints hold.

    A class has a name in `tensegra._saved_model._classes`, by which a loaded model finds it again.
    """

    def _tensegra_children(self) -> dict[str, Any]:
        """Tensors and other objects that belong to it, by name."""
        return {}

    def _tensegra_metadata(self) -> dict[str, str]:
        """Small facts that are saved with it."""
        return {}

    def _tensegra_resource(self) -> tuple[str, Any] | None:
        """The type of its resource, as the format calls it, and the resource; None where it has none."""
        return None

    def _tensegra_state(self) -> list[Any]:
        """The tensors that are its state, in the order of the format."""
        return []

    def _tensegra_restore(self, state: list[Any]) -> None:
        """Sets its state to tensors that `_tensegra_state` gave.

        Raises:
            tg.errors.InvalidArgumentError: They are of another kind.
        """

    @classmethod
    def _tensegra_rebuild(cls, children: dict[str, Any], metadata: dict[str, str], handle: Any) -> Any:
        """A new object around what a model holds. Whatever it raises means that the model is damaged."""
        raise NotImplementedError
