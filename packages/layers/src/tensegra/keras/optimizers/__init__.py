"""Optimizers, as `keras.optimizers`."""

from tensegra.layers.optimizers import SGD as SGD
from tensegra.layers.optimizers import Adam as Adam
from tensegra.layers.optimizers import AdamW as AdamW
from tensegra.layers.optimizers import Optimizer as Optimizer
from tensegra.layers.optimizers import RMSprop as RMSprop
from tensegra.layers.optimizers import deserialize as deserialize
from tensegra.layers.optimizers import get as get
from tensegra.layers.optimizers import serialize as serialize

from . import schedules as schedules

__all__ = [
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "SGD",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]
