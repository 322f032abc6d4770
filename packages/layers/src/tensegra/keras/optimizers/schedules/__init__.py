"""Schedules, as `keras.optimizers.schedules`."""

from tensegra.layers.optimizers.schedules import CosineDecay as CosineDecay
from tensegra.layers.optimizers.schedules import ExponentialDecay as ExponentialDecay
from tensegra.layers.optimizers.schedules import LearningRateSchedule as LearningRateSchedule

__all__ = [
    "CosineDecay",
    "ExponentialDecay",
    "LearningRateSchedule",
]
