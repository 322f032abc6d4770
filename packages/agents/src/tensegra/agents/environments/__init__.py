"""Environments: `tg.agents.environments.*`."""

from ._bandit_environment import BanditEnvironment as BanditEnvironment
from ._classification_bandit import ClassificationBanditEnvironment as ClassificationBanditEnvironment

__all__ = ["BanditEnvironment", "ClassificationBanditEnvironment"]
