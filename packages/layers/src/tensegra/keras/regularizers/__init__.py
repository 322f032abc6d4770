"""Regularizers, as `keras.regularizers`."""

from tensegra.layers.regularizers import L1 as L1
from tensegra.layers.regularizers import L1L2 as L1L2
from tensegra.layers.regularizers import L2 as L2
from tensegra.layers.regularizers import Regularizer as Regularizer
from tensegra.layers.regularizers import deserialize as deserialize
from tensegra.layers.regularizers import get as get
from tensegra.layers.regularizers import serialize as serialize

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "Regularizer",
    "deserialize",
    "get",
    "serialize",
]
