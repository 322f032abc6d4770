"""The best action by a network's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensegra as tg

from ._policy import Policy


class GreedyPolicy(Policy):
    """Takes the action with the greatest value; the first one of several.

    Args:
        network: A module or function from observations to ``(batch, num_actions)`` values.
        observation_spec: Of a batch of observations.

    Example:
        >>> import tensegra as tg
        >>> spec = tg.TensorSpec([None, 3], tg.float32, name="observation")
        >>> policy = tg.agents.policies.GreedyPolicy(lambda x: x, spec)
        >>> policy.action([[0.1, 0.7, 0.2]]).numpy().tolist()
        [1]
    """

    def __init__(self, network: Callable[[Any], tg.Tensor], observation_spec: tg.TensorSpec) -> None:
        super().__init__(observation_spec)
        self.network = network

    def action(self, observation: Any) -> tg.Tensor:
        values = self.network(tg.convert_to_tensor(observation, dtype=self.observation_spec.dtype))
        return tg.argmax(values, axis=-1, output_type=tg.int32)
