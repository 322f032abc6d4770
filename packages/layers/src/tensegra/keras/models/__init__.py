"""Models, as `keras.models`."""

from tensegra.layers.models import Model as Model
from tensegra.layers.models import Sequential as Sequential
from tensegra.layers.models import load_model as load_model
from tensegra.layers.models import save_model as save_model

__all__ = [
    "Model",
    "Sequential",
    "load_model",
    "save_model",
]
