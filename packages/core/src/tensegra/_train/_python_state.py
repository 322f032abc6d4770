"""`tg.train.experimental.PythonState`: values of Python in checkpoints."""

from __future__ import annotations

import abc
from typing import Any

from tensegra._public import public
from tensegra._stateful import Stateful
from tensegra._tensor import convert_to_tensor


class PythonState(Stateful, abc.ABC):
    """An object that turns its state into bytes and back, for a `tg.train.Checkpoint`.

    >>> import tempfile
    >>> import tensegra as tg
    >>> class Place(tg.train.experimental.PythonState):
    ...     row = 0
    ...     def serialize(self):
    ...         return str(self.row)
    ...     def deserialize(self, string_value):
    ...         self.row = int(string_value)
    >>> place = Place()
    >>> place.row = 7
    >>> checkpoint = tg.train.Checkpoint(place=place)
    >>> path = checkpoint.save(tempfile.mkdtemp() + "/ckpt")
    >>> place.row = 0
    >>> _ = checkpoint.restore(path)
    >>> place.row
    7
    """

    @abc.abstractmethod
    def serialize(self) -> str | bytes:
        """The state."""

    @abc.abstractmethod
    def deserialize(self, string_value: Any) -> None:
        """Sets the state to what `serialize` gave.

        Args:
            string_value: Bytes.
        """

    def _tensegra_state(self) -> list[Any]:
        return [convert_to_tensor(self.serialize())]

    def _tensegra_restore(self, state: list[Any]) -> None:
        (value,) = state
        self.deserialize(value.numpy())


@public("train.experimental")
class experimental:
    """Parts of `tg.train` that TensorFlow calls experimental."""

    PythonState = PythonState
