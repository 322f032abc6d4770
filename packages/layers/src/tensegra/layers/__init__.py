"""The Keras API on tensegra-core: layers here, all else in the subpackages; `tensegra.keras` is Keras's tree."""

from . import activations as activations
from . import callbacks as callbacks
from . import initializers as initializers
from . import losses as losses
from . import metrics as metrics
from . import models as models
from . import optimizers as optimizers
from . import regularizers as regularizers
from . import utils as utils
from ._activation._activation import Activation as Activation
from ._activation._relu import ReLU as ReLU
from ._activation._softmax import Softmax as Softmax
from ._base._input_spec import InputSpec as InputSpec
from ._base._keras_tensor import KerasTensor as KerasTensor
from ._base._layer import Layer as Layer
from ._convolutional._conv2d import Conv2D as Conv2D
from ._core._dense import Dense as Dense
from ._core._embedding import Embedding as Embedding
from ._core._input import Input as Input
from ._core._input_layer import InputLayer as InputLayer
from ._merging._add import Add as Add
from ._merging._concatenate import Concatenate as Concatenate
from ._normalization._batch_normalization import BatchNormalization as BatchNormalization
from ._normalization._layer_normalization import LayerNormalization as LayerNormalization
from ._pooling._average_pooling2d import AveragePooling2D as AveragePooling2D
from ._pooling._global_average_pooling2d import GlobalAveragePooling2D as GlobalAveragePooling2D
from ._pooling._max_pooling2d import MaxPooling2D as MaxPooling2D
from ._preprocessing._rescaling import Rescaling as Rescaling
from ._regularization._dropout import Dropout as Dropout
from ._reshaping._flatten import Flatten as Flatten
from ._reshaping._reshape import Reshape as Reshape
from .models import Model as Model
from .models import Sequential as Sequential

__all__ = [
    "Activation",
    "Add",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling2D",
    "Input",
    "InputLayer",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "LayerNormalization",
    "MaxPooling2D",
    "Model",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Sequential",
    "Softmax",
    "activations",
    "callbacks",
    "initializers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
]
