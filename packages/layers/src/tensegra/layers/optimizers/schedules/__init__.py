"""Schedules: the learning rate as a function of the step."""

from ._cosine_decay import CosineDecay as CosineDecay
from ._exponential_decay import ExponentialDecay as ExponentialDecay
from ._learning_rate_schedule import LearningRateSchedule as LearningRateSchedule

__all__ = ["CosineDecay", "ExponentialDecay", "LearningRateSchedule"]
