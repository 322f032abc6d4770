"""Activations: functions of a tensor, given to layers by name or as they are."""

from .._family import accessors as _accessors
from ._rectifiers import elu as elu
from ._rectifiers import leaky_relu as leaky_relu
from ._rectifiers import relu as relu
from ._rectifiers import relu6 as relu6
from ._rectifiers import selu as selu
from ._sigmoids import hard_sigmoid as hard_sigmoid
from ._sigmoids import sigmoid as sigmoid
from ._sigmoids import softsign as softsign
from ._sigmoids import tanh as tanh
from ._smooth import exponential as exponential
from ._smooth import gelu as gelu
from ._smooth import linear as linear
from ._smooth import mish as mish
from ._smooth import silu as silu
from ._smooth import silu as swish
from ._smooth import softplus as softplus
from ._softmax import log_softmax as log_softmax
from ._softmax import softmax as softmax

get, serialize, deserialize = _accessors("activation", "relu")

__all__ = [
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "hard_sigmoid",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
]
