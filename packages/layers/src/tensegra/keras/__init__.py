"""The Keras tree on Tensegra: the names and places of Keras 3, served by tensegra-layers."""

from tensegra.layers import Input as Input
from tensegra.layers import InputSpec as InputSpec
from tensegra.layers import KerasTensor as KerasTensor
from tensegra.layers import Layer as Layer
from tensegra.layers import Model as Model
from tensegra.layers import Sequential as Sequential
from tensegra.layers.initializers import Initializer as Initializer
from tensegra.layers.losses import Loss as Loss
from tensegra.layers.metrics import Metric as Metric
from tensegra.layers.optimizers import Optimizer as Optimizer
from tensegra.layers.regularizers import Regularizer as Regularizer

from . import activations as activations
from . import callbacks as callbacks
from . import initializers as initializers
from . import layers as layers
from . import losses as losses
from . import metrics as metrics
from . import models as models
from . import optimizers as optimizers
from . import regularizers as regularizers
from . import utils as utils

__all__ = [
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "activations",
    "callbacks",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
]
