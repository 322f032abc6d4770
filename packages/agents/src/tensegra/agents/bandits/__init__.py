"""Agents for contextual bandits: `tg.agents.bandits.*`."""

from ._neural_epsilon_greedy_agent import NeuralEpsilonGreedyAgent as NeuralEpsilonGreedyAgent

__all__ = ["NeuralEpsilonGreedyAgent"]
