"""Initializers: the first values of weights."""

from .._family import accessors as _accessors
from ._constants import Constant as Constant
from ._constants import Ones as Ones
from ._constants import Zeros as Zeros
from ._glorot import GlorotNormal as GlorotNormal
from ._glorot import GlorotUniform as GlorotUniform
from ._he import HeNormal as HeNormal
from ._he import HeUniform as HeUniform
from ._initializer import Initializer as Initializer
from ._lecun import LecunNormal as LecunNormal
from ._lecun import LecunUniform as LecunUniform
from ._random import RandomNormal as RandomNormal
from ._random import RandomUniform as RandomUniform
from ._random import TruncatedNormal as TruncatedNormal
from ._variance_scaling import VarianceScaling as VarianceScaling

get, serialize, deserialize = _accessors("initializer", "zeros")

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
