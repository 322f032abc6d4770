"""Single values of checkpoints: `tg.train.load_checkpoint`, `load_variable`, `list_variables`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from tensegra import _native
from tensegra._dtypes import DType, dtype_from_number
from tensegra._errors import NotFoundError
from tensegra._public import public
from tensegra._saved_model._contains import contains
from tensegra._saved_model._load import _open
from tensegra._saved_model._messages import FILE_NAME, parse

from ._state_file import latest_checkpoint

VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
"""What follows the path of a variable in its name, as in TensorFlow."""


class CheckpointReader:
    """The values in a checkpoint, by name: a variable is called by the path that leads to it from the root.

    `tg.train.load_checkpoint` makes it.
    """

    def __init__(self, path: str) -> None:
        self._model = _open(path, True)
        self._message = parse(self._model.proto(), os.path.join(path, FILE_NAME))
        self._numbers: dict[str, int] = {}
        seen: set[int] = set()
        queue = [("", 0)]
        for place, number in queue:
            if number in seen or not 0 <= number < len(self._message.objects):
                continue
            seen.add(number)
            message = self._message.objects[number]
            if message.kind == "variable" and message.variable.weight:
                self._numbers[place + VALUE] = number
            for child in message.children:
                queue.append((f"{place}/{child.name}" if place else child.name, child.object))

    def has_tensor(self, tensor_str: str) -> bool:
        """Whether there is a value of that name."""
        return self._find(tensor_str) is not None

    def get_tensor(self, tensor_str: str) -> Any:
        """A value as a NumPy array.

        Raises:
            tg.errors.NotFoundError: There is none of that name (TG-0834).
        """
        number = self._find(tensor_str)
        if number is None:
            raise NotFoundError(
                f"[train.load_checkpoint] a name must be one of those in the checkpoint. Received: "
                f"name={tensor_str!r}. There are: {', '.join(sorted(self._numbers)[:20]) or 'none'}.",
                code="TG-0834",
            )
        return _native.variable_read(self._model.object_tensor(number)).numpy()

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes of all values."""
        return {name: list(self._weight(number).dims) for name, number in sorted(self._numbers.items())}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """The dtypes of all values."""
        objects = self._message.objects
        return {
            name: dtype_from_number(objects[number].variable.dtype)
            for name, number in sorted(self._numbers.items())
        }

    def _find(self, name: str) -> int | None:
        known = self._numbers.get(name, self._numbers.get(name + VALUE))
        if known is not None:
            return known
        # Another path to an object that several lead to.
        objects, number = self._message.objects, 0
        for part in name.removesuffix(VALUE).split("/"):
            below = {child.name: child.object for child in objects[number].children}
            if not 0 <= below.get(part, -1) < len(objects):
                return None
            number = below[part]
        return number if number in self._numbers.values() else None

    def _weight(self, number: int) -> Any:
        wanted = self._message.objects[number].variable.weight
        return next(weight for weight in self._message.weights if weight.name == wanted)


@public("train.load_checkpoint")
def load_checkpoint(ckpt_dir_or_file: str | os.PathLike[str]) -> CheckpointReader:
    """Opens a checkpoint, or the latest one of a directory, to read values by name.

    Args:
        ckpt_dir_or_file: What `Checkpoint.save` returned, or the directory.

    Raises:
        tg.errors.NotFoundError: There is none (TG-0830).

    >>> import tempfile
    >>> import tensegra as tg
    >>> path = tg.train.Checkpoint(v=tg.Variable([1.0, 2.0])).write(tempfile.mkdtemp() + "/c")
    >>> tg.train.load_checkpoint(path).get_tensor("v/.ATTRIBUTES/VARIABLE_VALUE")
    array([1., 2.], dtype=float32)
    """
    return CheckpointReader(checkpoint_path("train.load_checkpoint", ckpt_dir_or_file))


@public("train.load_variable")
def load_variable(ckpt_dir_or_file: str | os.PathLike[str], name: str) -> np.ndarray:
    """One value of a checkpoint.

    Args:
        ckpt_dir_or_file: What `Checkpoint.save` returned, or the directory.
        name: The path of the variable, such as ``"model/kernel"``, with or without ``/.ATTRIBUTES/VARIABLE_VALUE``.

    Raises:
        tg.errors.NotFoundError: There is no checkpoint (TG-0830) or no such name (TG-0834).

    >>> import tempfile
    >>> import tensegra as tg
    >>> path = tg.train.Checkpoint(v=tg.Variable([1.0, 2.0])).write(tempfile.mkdtemp() + "/c")
    >>> tg.train.load_variable(path, "v")
    array([1., 2.], dtype=float32)
    """
    value: np.ndarray = load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))
    return value


@public("train.list_variables")
def list_variables(ckpt_dir_or_file: str | os.PathLike[str]) -> list[tuple[str, list[int]]]:
    """The names and shapes of the values of a checkpoint, in order of name.

    Args:
        ckpt_dir_or_file: What `Checkpoint.save` returned, or the directory.

    Raises:
        tg.errors.NotFoundError: There is no checkpoint (TG-0830).

    >>> import tempfile
    >>> import tensegra as tg
    >>> path = tg.train.Checkpoint(v=tg.Variable([1.0, 2.0])).write(tempfile.mkdtemp() + "/c")
    >>> tg.train.list_variables(path)
    [('v/.ATTRIBUTES/VARIABLE_VALUE', [2])]
    """
    return list(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def checkpoint_path(where: str, given: str | os.PathLike[str]) -> str:
    """The directory of a checkpoint: that one, or the latest one of a directory of checkpoints."""
    path = os.fspath(given)
    if contains(path):
        return path
    latest = latest_checkpoint(path)
    if latest is None or not contains(latest):
        raise NotFoundError(
            f"[{where}] a checkpoint must exist. Received: {path!r}, which is none and holds none. Give what "
            "Checkpoint.save returned, or the directory it was saved in.",
            code="TG-0830",
        )
    return latest
