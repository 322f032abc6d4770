"""Initializers, as `keras.initializers`."""

from tensegra.layers.initializers import Constant as Constant
from tensegra.layers.initializers import GlorotNormal as GlorotNormal
from tensegra.layers.initializers import GlorotUniform as GlorotUniform
from tensegra.layers.initializers import HeNormal as HeNormal
from tensegra.layers.initializers import HeUniform as HeUniform
from tensegra.layers.initializers import Initializer as Initializer
from tensegra.layers.initializers import LecunNormal as LecunNormal
from tensegra.layers.initializers import LecunUniform as LecunUniform
from tensegra.layers.initializers import Ones as Ones
from tensegra.layers.initializers import RandomNormal as RandomNormal
from tensegra.layers.initializers import RandomUniform as RandomUniform
from tensegra.layers.initializers import TruncatedNormal as TruncatedNormal
from tensegra.layers.initializers import VarianceScaling as VarianceScaling
from tensegra.layers.initializers import Zeros as Zeros
from tensegra.layers.initializers import deserialize as deserialize
from tensegra.layers.initializers import get as get
from tensegra.layers.initializers import serialize as serialize

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "deserialize",
    "get",
    "serialize",
]
