"""Stage 7: a contextual bandit learns to name the digits from rewards alone."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg

from .runner import Context, Result, Stage, total_size
from .stage_data import Digits

PULLS = 10_000
BATCH = 16
LAST = 1_000
SEEDS = (0, 1, 2)
REWARD = 0.80


def run(context: Context) -> Result:
    """Lets an agent learn with each of three seeds, and saves and loads the policy of the first."""
    digits: Digits = context.value("data")
    agents = tg.agents
    policies: list[Any] = []
    means: list[float] = []
    for seed in SEEDS:
        environment = agents.environments.ClassificationBanditEnvironment(
            digits.train_images, digits.train_labels, seed=seed
        )
        agent = agents.bandits.NeuralEpsilonGreedyAgent(environment, seed=seed)
        with context.bar(f"{PULLS:,} pulls, seed {seed}", -(-PULLS // BATCH)) as advance:
            rewards = agents.drivers.run_bandit(
                agent,
                environment,
                PULLS,
                batch_size=BATCH,
                callback=lambda done, reward, move=advance: move(),
            )
        means.append(float(rewards[-LAST:].mean()))
        context.check(
            len(rewards) == PULLS and means[-1] >= REWARD,
            f"seed {seed}: mean reward of at least {REWARD:.2f} over the last {LAST:,} pulls",
            f"{means[-1]:.3f}; {rewards[:LAST].mean():.3f} over the first {LAST:,}",
        )
        policies.append(agent.policy)
    folder = context.artefact("policy")
    policies[0].save(folder)
    loaded = tg.saved_model.load(str(folder)).signatures["serving_default"]
    actions = loaded(observation=tg.constant(digits.test_images))["action"].numpy()
    context.check(
        np.array_equal(actions, policies[0].action(digits.test_images).numpy()),
        "the policy, saved and loaded, chooses the same actions",
        f"{len(actions):,} digits, {(actions == digits.test_labels).mean():.1%} of them right",
    )
    return Result(
        figure=f"mean reward {min(means):.3f} to {max(means):.3f} (random: 0.10)", size=total_size(folder)
    )


STAGE = Stage("agents", "a bandit learns from rewards alone", run, needs=("data",))
