"""Losses, as `keras.losses`."""

from tensegra.layers.losses import BinaryCrossentropy as BinaryCrossentropy
from tensegra.layers.losses import CategoricalCrossentropy as CategoricalCrossentropy
from tensegra.layers.losses import Huber as Huber
from tensegra.layers.losses import Loss as Loss
from tensegra.layers.losses import MeanAbsoluteError as MeanAbsoluteError
from tensegra.layers.losses import MeanSquaredError as MeanSquaredError
from tensegra.layers.losses import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from tensegra.layers.losses import binary_crossentropy as binary_crossentropy
from tensegra.layers.losses import categorical_crossentropy as categorical_crossentropy
from tensegra.layers.losses import deserialize as deserialize
from tensegra.layers.losses import get as get
from tensegra.layers.losses import huber as huber
from tensegra.layers.losses import mean_absolute_error as mean_absolute_error
from tensegra.layers.losses import mean_squared_error as mean_squared_error
from tensegra.layers.losses import serialize as serialize
from tensegra.layers.losses import sparse_categorical_crossentropy as sparse_categorical_crossentropy

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]
