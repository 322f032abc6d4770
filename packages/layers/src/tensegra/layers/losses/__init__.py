"""Losses: what training makes small, as classes and as functions."""

from .._family import accessors as _accessors
from ._binary_crossentropy import BinaryCrossentropy as BinaryCrossentropy
from ._binary_crossentropy import binary_crossentropy as binary_crossentropy
from ._categorical_crossentropy import CategoricalCrossentropy as CategoricalCrossentropy
from ._categorical_crossentropy import categorical_crossentropy as categorical_crossentropy
from ._huber import Huber as Huber
from ._huber import huber as huber
from ._loss import Loss as Loss
from ._mean_absolute_error import MeanAbsoluteError as MeanAbsoluteError
from ._mean_absolute_error import mean_absolute_error as mean_absolute_error
from ._mean_squared_error import MeanSquaredError as MeanSquaredError
from ._mean_squared_error import mean_squared_error as mean_squared_error
from ._sparse_categorical_crossentropy import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from ._sparse_categorical_crossentropy import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)

get, serialize, deserialize = _accessors("loss", "mean_squared_error")

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
