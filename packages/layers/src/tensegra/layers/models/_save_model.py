"""The function that saves a model."""

from __future__ import annotations

from typing import Any

from ._model import Model


def save_model(model: Model, filepath: Any, overwrite: bool = True) -> None:
    """Saves a model; the same as `model.save`.

    Args:
        model: The model.
        filepath: The directory.
        overwrite: Whether it may exist.

    Raises:
        tg.errors.FailedPreconditionError: The model is not built (TG-1005).

    Example:
        >>> import tempfile
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.keras.Input((2,)), tg.layers.Dense(1)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tg.keras.models.save_model(model, folder)
        ...     tg.keras.models.load_model(folder).count_params()
        3
    """
    model.save(filepath, overwrite)
