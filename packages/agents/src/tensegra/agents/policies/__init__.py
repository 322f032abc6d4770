"""Policies: `tg.agents.policies.*`."""

from ._epsilon_greedy_policy import EpsilonGreedyPolicy as EpsilonGreedyPolicy
from ._greedy_policy import GreedyPolicy as GreedyPolicy
from ._policy import Policy as Policy

__all__ = ["EpsilonGreedyPolicy", "GreedyPolicy", "Policy"]
