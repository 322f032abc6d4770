"""Utilities: seeds, one-hot labels, registration of classes of your own."""

from .._base._seed_generator import SeedGenerator as SeedGenerator
from ._clear_session import clear_session as clear_session
from ._register_keras_serializable import register_keras_serializable as register_keras_serializable
from ._set_random_seed import set_random_seed as set_random_seed
from ._to_categorical import to_categorical as to_categorical

__all__ = [
    "SeedGenerator",
    "clear_session",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
]
