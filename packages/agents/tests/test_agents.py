"""Environments, buffers, policies and the bandit agent."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import agents
from tensegra.agents.trajectories import Trajectory


def clusters(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four noisy corners of a cube, one class each."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(4, size=400)
    return np.eye(4)[labels] + rng.normal(scale=0.2, size=(400, 4)), labels


def make(seed: int = 0, **options: Any) -> tuple[Any, Any]:
    environment = agents.environments.ClassificationBanditEnvironment(*clusters(), seed=seed)
    settings = {"hidden": (16,), "learning_rate": 1e-2, "decay_pulls": 800, **options}
    return agents.bandits.NeuralEpsilonGreedyAgent(environment, seed=seed, **settings), environment


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_learns_from_the_pulled_arms_alone(seed: int) -> None:
    agent, environment = make(seed)
    rewards = agents.drivers.run_bandit(agent, environment, 2_000)
    assert rewards.shape == (2_000,)
    assert rewards[:200].mean() < 0.6
    assert rewards[-500:].mean() > 0.9


def test_the_same_seed_gives_the_same_run() -> None:
    runs = [agents.drivers.run_bandit(*make(seed), 500) for seed in (3, 3, 4)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()


def test_progress_is_told() -> None:
    seen: list[int] = []
    agents.drivers.run_bandit(*make(), 50, batch_size=16, callback=lambda done, reward: seen.append(done))
    assert seen == [16, 32, 48, 50]


def test_a_saved_policy_chooses_the_same_actions(tmp_path: Path) -> None:
    agent, environment = make()
    agents.drivers.run_bandit(agent, environment, 500)
    agent.policy.save(tmp_path)
    observation = clusters(seed=7)[0].astype(np.float32)
    loaded = tg.saved_model.load(str(tmp_path)).signatures["serving_default"]
    actions = loaded(observation=tg.constant(observation))["action"].numpy()
    np.testing.assert_array_equal(actions, agent.policy.action(observation).numpy())
    assert actions.dtype == np.int32


def test_epsilon_greedy_explores_as_often_as_it_says() -> None:
    spec = tg.TensorSpec([None, 2], tg.float32, name="observation")
    greedy = agents.policies.GreedyPolicy(lambda x: x, spec)
    policy = agents.policies.EpsilonGreedyPolicy(greedy, 2, epsilon=0.5, seed=0)
    observation = np.tile(np.float32([[1, 0]]), (10_000, 1))
    # Half of the time any of two arms: the worse one in a quarter of all pulls.
    assert abs(policy.action(observation).numpy().mean() - 0.25) < 0.02
    policy.epsilon = 0.0
    assert not policy.action(observation).numpy().any()


def test_rewards_are_those_of_the_labels() -> None:
    observations, labels = clusters()
    environment = agents.environments.ClassificationBanditEnvironment(observations, labels, seed=0)
    assert environment.num_actions == 4
    assert environment.observation_shape == (4,)
    shown = environment.reset(100)
    assert shown.dtype == np.float32
    nearest = np.abs(shown[:, None] - observations[None].astype(np.float32)).sum(-1).argmin(1)
    np.testing.assert_array_equal(environment.step(labels[nearest]), np.ones(100))
    environment.reset(100)
    assert environment.step(np.zeros(100, int)).mean() < 0.5


def test_the_buffer_keeps_the_latest() -> None:
    buffer = agents.replay_buffers.UniformReplayBuffer(10, (1,), seed=0)
    for start in range(0, 25, 5):
        values = np.arange(start, start + 5)
        buffer.add(Trajectory(values[:, None], values, values))
    drawn = buffer.sample(2_000)
    assert len(buffer) == 10
    assert set(drawn.action.tolist()) == set(range(15, 25))
    np.testing.assert_array_equal(drawn.observation[:, 0], drawn.reward)
    assert np.bincount(drawn.action - 15).min() > 130


SPEC = tg.TensorSpec([None, 1], tg.float32, name="observation")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: make(batch_size=0), "TG-4001"),
        (lambda: agents.drivers.run_bandit(*make(), 0), "TG-4001"),
        (lambda: make()[1].reset(0), "TG-4001"),
        (lambda: agents.environments.ClassificationBanditEnvironment(np.eye(3), [0, 1]), "TG-4002"),
        (lambda: agents.environments.ClassificationBanditEnvironment(np.zeros((0, 3)), []), "TG-4002"),
        (lambda: agents.environments.ClassificationBanditEnvironment(np.eye(2), [0.0, 1.0]), "TG-4003"),
        (
            lambda: agents.environments.ClassificationBanditEnvironment(np.eye(2), [0, 5], num_actions=3),
            "TG-4003",
        ),
        (lambda: make()[1].step(np.zeros(3, int)), "TG-4004"),
        (lambda: make(final_epsilon=0.0), "TG-4006"),
        (
            lambda: agents.policies.EpsilonGreedyPolicy(
                agents.policies.GreedyPolicy(lambda x: x, SPEC), 2, 1.5
            ),
            "TG-4006",
        ),
        (
            lambda: agents.replay_buffers.UniformReplayBuffer(5, (1,)).add(
                Trajectory(np.zeros((2, 2)), np.zeros(2), np.zeros(2))
            ),
            "TG-4007",
        ),
        (lambda: agents.replay_buffers.UniformReplayBuffer(5, (1,)).sample(1), "TG-4008"),
        (
            lambda: agents.environments.ClassificationBanditEnvironment(np.eye(2), [0, -3]),
            "the least is -3.*TG-4003",
        ),
        (
            lambda: agents.environments.ClassificationBanditEnvironment(np.eye(1), [0], seed="x"),  # type: ignore
            "TG-4009",
        ),
        (lambda: make(seed=-1), "TG-4009"),
        (lambda: agents.environments.ClassificationBanditEnvironment(["a"], [0]), "TG-4010"),
        (lambda: agents.bandits.NeuralEpsilonGreedyAgent(3), "TG-4011"),  # type: ignore[arg-type]
    ],
)
def test_wrong_input(call: Any, code: str) -> None:
    with pytest.raises(tg.errors.Error, match=rf"Received: .*{code}"):
        call()


@pytest.mark.parametrize("action", [[0, 1], [0, 1, 9], [0.0, 1.0, 2.0], [0, 1, -1]])
def test_wrong_actions(action: list[float]) -> None:
    environment = make()[1]
    environment.reset(3)
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-4005"):
        environment.step(np.array(action))


def test_examples() -> None:
    tried = 0
    for module in pkgutil.walk_packages(agents.__path__, f"{agents.__name__}."):
        result = doctest.testmod(importlib.import_module(module.name))
        assert result.failed == 0
        tried += result.attempted
    assert tried >= 15
