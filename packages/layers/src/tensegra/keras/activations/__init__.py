"""Activations, as `keras.activations`."""

from tensegra.layers.activations import deserialize as deserialize
from tensegra.layers.activations import elu as elu
from tensegra.layers.activations import exponential as exponential
from tensegra.layers.activations import gelu as gelu
from tensegra.layers.activations import get as get
from tensegra.layers.activations import hard_sigmoid as hard_sigmoid
from tensegra.layers.activations import leaky_relu as leaky_relu
from tensegra.layers.activations import linear as linear
from tensegra.layers.activations import log_softmax as log_softmax
from tensegra.layers.activations import mish as mish
from tensegra.layers.activations import relu as relu
from tensegra.layers.activations import relu6 as relu6
from tensegra.layers.activations import selu as selu
from tensegra.layers.activations import serialize as serialize
from tensegra.layers.activations import sigmoid as sigmoid
from tensegra.layers.activations import silu as silu
from tensegra.layers.activations import softmax as softmax
from tensegra.layers.activations import softplus as softplus
from tensegra.layers.activations import softsign as softsign
from tensegra.layers.activations import swish as swish
from tensegra.layers.activations import tanh as tanh

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
