"""Lets an agent play."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .._errors import positive
from ..bandits import NeuralEpsilonGreedyAgent
from ..environments import BanditEnvironment
from ..trajectories import Trajectory


def run_bandit(
    agent: NeuralEpsilonGreedyAgent,
    environment: BanditEnvironment,
    num_pulls: int,
    batch_size: int = 16,
    callback: Callable[[int, np.ndarray], None] | None = None,
) -> np.ndarray:
    """Pulls arms and trains after each batch of pulls.

    Args:
        agent: Chooses with its collect policy, and learns.
        environment: Shows and pays.
        num_pulls: How many arms are pulled.
        batch_size: Pulls between two trainings.
        callback: Called with the number of pulls so far and the rewards of the batch.

    Returns:
        The reward of each pull, in order; float32.

    Raises:
        tg.errors.InvalidArgumentError: A number is not positive (TG-4001).

    Example:
        >>> import numpy as np
        >>> from tensegra import agents
        >>> environment = agents.environments.ClassificationBanditEnvironment(np.eye(3), [0, 1, 2], seed=0)
        >>> agent = agents.bandits.NeuralEpsilonGreedyAgent(environment, hidden=(), learning_rate=0.1, decay_pulls=200)
        >>> rewards = agents.drivers.run_bandit(agent, environment, 600)
        >>> bool(rewards[-200:].mean() > 0.8)
        True
    """
    positive("run_bandit", "num_pulls", num_pulls)
    positive("run_bandit", "batch_size", batch_size)
    rewards = np.zeros(num_pulls, np.float32)
    done = 0
    while done < num_pulls:
        observation = environment.reset(min(batch_size, num_pulls - done))
        action = agent.collect_policy.action(observation).numpy()
        reward = environment.step(action)
        agent.train(Trajectory(observation, action, reward))
        rewards[done : done + len(reward)] = reward
        done += len(reward)
        if callback is not None:
            callback(done, reward)
    return rewards
