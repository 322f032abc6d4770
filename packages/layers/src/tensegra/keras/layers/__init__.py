"""Layers, as `keras.layers`."""

from tensegra.layers import Activation as Activation
from tensegra.layers import Add as Add
from tensegra.layers import AveragePooling2D as AveragePooling2D
from tensegra.layers import BatchNormalization as BatchNormalization
from tensegra.layers import Concatenate as Concatenate
from tensegra.layers import Conv2D as Conv2D
from tensegra.layers import Dense as Dense
from tensegra.layers import Dropout as Dropout
from tensegra.layers import Embedding as Embedding
from tensegra.layers import Flatten as Flatten
from tensegra.layers import GlobalAveragePooling2D as GlobalAveragePooling2D
from tensegra.layers import Input as Input
from tensegra.layers import InputLayer as InputLayer
from tensegra.layers import InputSpec as InputSpec
from tensegra.layers import Layer as Layer
from tensegra.layers import LayerNormalization as LayerNormalization
from tensegra.layers import MaxPooling2D as MaxPooling2D
from tensegra.layers import ReLU as ReLU
from tensegra.layers import Rescaling as Rescaling
from tensegra.layers import Reshape as Reshape
from tensegra.layers import Softmax as Softmax

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
    "Layer",
    "LayerNormalization",
    "MaxPooling2D",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
]
