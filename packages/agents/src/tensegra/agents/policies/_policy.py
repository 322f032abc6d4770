"""What a policy is."""

from __future__ import annotations

import abc
import os
from typing import Any

import tensegra as tg


class Policy(tg.Module, abc.ABC):
    """Chooses an action for each observation.

    A policy is a module: its variables are saved with it, and `save` writes a saved model whose signature
    `serving_default` takes ``observation`` and returns ``action``, so that it runs wherever saved models run.
    """

    def __init__(self, observation_spec: tg.TensorSpec, name: str | None = None) -> None:
        super().__init__(name=name)
        self.observation_spec = observation_spec

    @abc.abstractmethod
    def action(self, observation: Any) -> tg.Tensor:
        """``(batch,)`` int32 actions for ``(batch, ...)`` observations."""

    def save(self, directory: str | os.PathLike[str]) -> None:
        """Writes the policy as a saved model.

        Raises:
            tg.errors.UnavailableError: The directory cannot be written (TG-0408).
        """

        @tg.function(input_signature=[self.observation_spec])
        def serving_default(observation: tg.Tensor) -> dict[str, tg.Tensor]:
            return {"action": self.action(observation)}

        self.serve = serving_default
        tg.saved_model.save(self, os.fspath(directory), signatures={"serving_default": serving_default})
