"""Values of variables from checkpoints and arrays: `tf.contrib.framework.assign_from_...`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._arrays import placeholder
from .._control import group
from .._errors import invalid
from .._flags import logging
from .._graph import name_scope
from .._symbols import export
from .._train.saver import CheckpointReader, Saver
from .model_variables import get_unique_variable


def _export(name: str) -> Callable[[Any], Any]:
    return export(f"contrib.framework.{name} contrib.slim.{name}")


@_export("assign_from_values")
def assign_from_values(var_names_to_values: Any) -> tuple[Any, dict[Any, Any]]:
    """An op that gives variables values by their names, and what it is fed."""
    return _assigned(
        {get_unique_variable(name): np.asarray(value) for name, value in var_names_to_values.items()}
    )


def _assigned(values: dict[Any, Any]) -> tuple[Any, dict[Any, Any]]:
    feed: dict[Any, Any] = {}
    ops = []
    with name_scope("Assign"):
        for variable, array in values.items():
            entry = placeholder(variable.dtype, array.shape)
            ops.append(variable.assign(entry))
            feed[entry] = array
    return group(*ops), feed


@_export("assign_from_values_fn")
def assign_from_values_fn(var_names_to_values: Any) -> Callable[[Any], Any]:
    """A function that gives variables of a session values by their names."""
    op, feed = assign_from_values(var_names_to_values)
    return lambda session: session.run(op, feed)


def _by_name(var_list: Any) -> dict[str, Any]:
    return dict(var_list) if isinstance(var_list, dict) else {each.op.name: each for each in var_list}


def _found(reader: CheckpointReader, wanted: dict[str, Any], model_path: Any) -> dict[str, Any]:
    kept = {}
    for name, variable in wanted.items():
        if reader.has_tensor(name):
            kept[name] = variable
        else:
            logging.warn("%s is not in checkpoint %s", name, model_path)
    return kept


@_export("assign_from_checkpoint")
def assign_from_checkpoint(
    model_path: Any, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Any, dict[Any, Any]]:
    """An op that gives variables the values of a checkpoint, and what it is fed.

    Raises:
        ValueError: The checkpoint lacks a variable, or has it with another number of elements (TG-7397).
    """
    reader, wanted = CheckpointReader(model_path), _by_name(var_list)
    if ignore_missing_vars:
        wanted = _found(reader, wanted, model_path)
    values = {}
    for name, variable in wanted.items():
        array = np.asarray(reader.get_tensor(name)) if reader.has_tensor(name) else None
        if array is None or array.size != variable.shape.num_elements():
            raise invalid(
                "contrib.framework.assign_from_checkpoint",
                "the checkpoint has the variable, with as many elements",
                f"{name} of {variable.shape}, there " + ("missing" if array is None else str(array.shape)),
                "See ignore_missing_vars.",
                "TG-7397",
            )
        values[variable] = array.reshape(variable.shape.as_list())
    return _assigned(values)


@_export("assign_from_checkpoint_fn")
def assign_from_checkpoint_fn(
    model_path: Any, var_list: Any, ignore_missing_vars: bool = False, reshape_variables: bool = False
) -> Any:
    """A function that restores variables of a session from a checkpoint; None where there are none to restore.

    Raises:
        ValueError: There are no variables (TG-7397).
    """
    wanted = _by_name(var_list)
    if not wanted:
        raise invalid(
            "contrib.framework.assign_from_checkpoint_fn", "there are variables to restore", "none", "Give some.",
            "TG-7397",
        )  # fmt: skip
    if ignore_missing_vars:
        wanted = _found(CheckpointReader(model_path), wanted, model_path)
    if not wanted:
        logging.warn("No Variables to restore")
        return None
    saver = Saver(wanted, reshape=reshape_variables)
    return lambda session: saver.restore(session, model_path)
