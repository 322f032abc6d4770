"""Models, and how they are saved and loaded."""

from ._load_model import load_model as load_model
from ._model import Model as Model
from ._save_model import save_model as save_model
from ._sequential import Sequential as Sequential

__all__ = ["Model", "Sequential", "load_model", "save_model"]
