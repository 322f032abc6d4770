"""The function that loads a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensegra as tg

from .. import _registry
from .._errors import invalid
from .._seeds import keep_order_seed
from .._training._compiled import compile_arguments
from ._saved_root import assign_all, load_directory, read_metadata, saved_variables


def load_model(filepath: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True) -> Any:
    """Loads a model that `Model.save` wrote: layers, weights, random state, optimizer with its state, losses, metrics.

    Training goes on as if it had not stopped.

    Args:
        filepath: The directory.
        custom_objects: Classes and functions by name that the package does not know.
        compile: Whether to compile the model as it was.

    Returns:
        The model.

    Raises:
        tg.errors.NotFoundError: There is no saved model (TG-1041).
        tg.errors.InvalidArgumentError: It was not written by `Model.save` (TG-1040), has a class or function
            that is not known (TG-1003), or variables that do not fit (TG-1042).

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> import tensegra as tg
        >>> model = tg.keras.Sequential([tg.keras.Input((2,)), tg.layers.Dense(1)])
        >>> x = np.ones((1, 2), np.float32)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save(folder)
        ...     again = tg.keras.models.load_model(folder)
        >>> bool(again(x)[0, 0] == model(x)[0, 0])
        True
    """
    path, loaded = load_directory("load_model", filepath)
    metadata = read_metadata("load_model", path, loaded)
    config = metadata.get("model")
    if config is None:
        raise invalid(
            "load_model",
            "the saved model must have been written by Model.save.",
            f"filepath={path!r}, written by save_weights",
            "Make the model and call load_weights.",
            "TG-1040",
        )
    model = _registry.deserialize("layer", config, custom_objects)
    model.build_from_config(config["build_config"])
    assign_all("load_model", model.variables, saved_variables(loaded, "model_variables"))
    if isinstance(metadata.get("order_seed"), int):
        keep_order_seed(model, metadata["order_seed"])
    if compile and metadata.get("compile") is not None:
        model.compile(**compile_arguments(metadata["compile"], custom_objects))
        _restore_optimizer(model, saved_variables(loaded, "optimizer_variables"))
    return model


def _restore_optimizer(model: Any, saved: list[tg.Variable]) -> None:
    optimizer = model.optimizer
    if len(saved) > len(optimizer.variables):
        optimizer.build(model.trainable_variables)
    if saved:
        assign_all("load_model", optimizer.variables, saved)
