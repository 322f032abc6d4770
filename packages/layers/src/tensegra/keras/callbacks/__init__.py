"""Callbacks, as `keras.callbacks`."""

from tensegra.layers.callbacks import Callback as Callback
from tensegra.layers.callbacks import CSVLogger as CSVLogger
from tensegra.layers.callbacks import EarlyStopping as EarlyStopping
from tensegra.layers.callbacks import History as History
from tensegra.layers.callbacks import LearningRateScheduler as LearningRateScheduler
from tensegra.layers.callbacks import ModelCheckpoint as ModelCheckpoint
from tensegra.layers.callbacks import ProgbarLogger as ProgbarLogger
from tensegra.layers.callbacks import TerminateOnNaN as TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "History",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "TerminateOnNaN",
]
