"""Utilities, as `keras.utils`."""

from tensegra.layers.utils import SeedGenerator as SeedGenerator
from tensegra.layers.utils import clear_session as clear_session
from tensegra.layers.utils import register_keras_serializable as register_keras_serializable
from tensegra.layers.utils import set_random_seed as set_random_seed
from tensegra.layers.utils import to_categorical as to_categorical

__all__ = [
    "SeedGenerator",
    "clear_session",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
]
