"""Optimizers: how weights change from gradients."""

from .._family import accessors as _accessors
from . import schedules as schedules
from ._adam import Adam as Adam
from ._adamw import AdamW as AdamW
from ._optimizer import Optimizer as Optimizer
from ._rmsprop import RMSprop as RMSprop
from ._sgd import SGD as SGD

get, serialize, deserialize = _accessors("optimizer", "sgd")

__all__ = ["Adam", "AdamW", "Optimizer", "RMSprop", "SGD", "deserialize", "get", "schedules", "serialize"]
