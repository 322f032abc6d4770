"""`tg.random.GlobalState`: the global stream of random numbers as an object that checkpoints hold."""

from __future__ import annotations

import json
from typing import Any

from tensegra import _seeds
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._stateful import Stateful
from tensegra._tensor import convert_to_tensor

from . import _generator


@public("random.GlobalState")
class GlobalState(Stateful):
    """Where the random numbers of the program stand: the global seed, what was drawn since, the global generator.

    As a part of a `tg.train.Checkpoint` or of a saved model it keeps what it finds when that is written. Restoring the
    checkpoint, or calling `restore` of the loaded object, makes the program draw on from there.

    >>> import tensegra as tg
    >>> tg.random.set_seed(1)
    >>> state = tg.random.GlobalState()
    >>> kept = state.get()
    >>> first = tg.random.uniform([2]).numpy().tolist()
    >>> state.set(kept)
    >>> tg.random.uniform([2]).numpy().tolist() == first
    True
    """

    def __init__(self) -> None:
        self._loaded: str | None = None

    def get(self) -> str:
        """Where it stands, as a text."""
        return json.dumps(
            {"seeds": _seeds.state(), "generator": _generator.global_state()}, separators=(",", ":")
        )

    def set(self, state: str) -> None:
        """Goes where `get` has found it.

        Args:
            state: What `get` gave.

        Raises:
            tg.errors.InvalidArgumentError: It is something else (TG-0106).
        """
        try:
            facts = json.loads(state)
            _seeds.set_state(facts["seeds"])
            _generator.set_global_state(facts["generator"])
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise InvalidArgumentError(
                f"[random.GlobalState] the state must be one that `get` gave. Received: state={str(state)[:80]!r} "
                f"({error}). Give what `get` returned.",
                code="TG-0106",
            ) from None

    def restore(self) -> None:
        """Goes where it stood when the model was saved that this object was loaded from."""
        if self._loaded is not None:
            self.set(self._loaded)

    def _tensegra_state(self) -> list[Any]:
        return [convert_to_tensor(self.get())]

    def _tensegra_restore(self, state: list[Any]) -> None:
        (text,) = state
        self.set(text.numpy().decode())

    @classmethod
    def _tensegra_rebuild(
        cls, children: dict[str, Any], metadata: dict[str, str], handle: Any
    ) -> GlobalState:
        made = cls()
        made._loaded = children["0"].numpy().decode()
        return made
