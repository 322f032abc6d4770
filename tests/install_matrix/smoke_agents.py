"""Agents with what it needs: a bandit learns four well separated classes, and its policy is saved."""

import numpy as np

from tensegra import agents

random = np.random.default_rng(0)
labels = random.integers(0, 4, 200)
images = np.eye(4, dtype=np.float32)[labels]
environment = agents.environments.ClassificationBanditEnvironment(images, labels, seed=0)
agent = agents.bandits.NeuralEpsilonGreedyAgent(environment, seed=0)
rewards = np.asarray(agents.drivers.run_bandit(agent, environment, num_pulls=1500))
assert rewards[-200:].mean() > rewards[:200].mean()
agent.policy.save("policy")
print("ok")
