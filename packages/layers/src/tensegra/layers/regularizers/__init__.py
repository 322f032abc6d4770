"""Regularizers: penalties that keep weights small."""

from .._family import accessors as _accessors
from ._l1l2 import L1 as L1
from ._l1l2 import L1L2 as L1L2
from ._l1l2 import L2 as L2
from ._regularizer import Regularizer as Regularizer

get, serialize, deserialize = _accessors("regularizer", "l2")

__all__ = ["L1", "L1L2", "L2", "Regularizer", "deserialize", "get", "serialize"]
