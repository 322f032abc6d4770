"""Writes checkpoints: saved models of state alone."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import Any

from tensegra import _native
from tensegra._errors import FailedPreconditionError
from tensegra._saved_model._classes import STATE
from tensegra._saved_model._messages import FORMAT_VERSION, message_class
from tensegra._saved_model._options import SaveOptions
from tensegra._saved_model._save import write
from tensegra._stateful import Stateful
from tensegra._tensor import Tensor
from tensegra._variable import Variable

from ._objects import children, identity


class Snapshot:
    """The state of an object and all below it, as it is when the snapshot is made.

    Values are shared with the variables until these change, so that making one copies nothing.
    """

    def __init__(self, root: Any) -> None:
        self.message = message_class("SavedModel")(
            format_version=FORMAT_VERSION, producer=f"tensegra-core {_native.release}"
        )
        self.weights: dict[str, Tensor] = {}
        numbers: dict[tuple[str, int], int] = {}
        kept: list[Any] = []
        queue: deque[tuple[Any, str]] = deque()

        def number_of(value: Any, path: str) -> int:
            key = identity(value)
            if key not in numbers:
                numbers[key] = len(self.message.objects)
                self.message.objects.add()
                kept.append(value)
                queue.append((value, path))
            return numbers[key]

        number_of(root, "")
        while queue:
            value, path = queue.popleft()
            message = self.message.objects[numbers[identity(value)]]
            self._fill(message, value, path)
            for name, child in children(value).items():
                below = f"{path}/{name}" if path else name
                message.children.add(name=name, object=number_of(child, below))

    def write(self, directory: str) -> None:
        """Writes it.

        Raises:
            tg.errors.UnavailableError: The directory cannot be written (TG-0408).
        """
        write(directory, self.message, self.weights, {}, SaveOptions())

    def _fill(self, message: Any, value: Any, path: str) -> None:
        message.type_name = type(value).__name__
        if isinstance(value, Variable):
            message.kind = "variable"
            variable = message.variable
            variable.name = value.name.removesuffix(":0")
            variable.dtype = value.dtype._number
            variable.trainable = value.trainable
            with contextlib.suppress(FailedPreconditionError):  # without a value nothing is kept
                tensor = _native.variable_read(value.handle)
                variable.weight = self._weight(path, tensor)
                dims = value.shape._dims
                if dims is None:
                    dims = (None,) * len(tensor._shape)
                variable.dims.extend(-1 if size is None else size for size in dims)
            return
        message.kind = (
            "list" if isinstance(value, (list, tuple)) else "dict" if isinstance(value, dict) else "module"
        )
        if isinstance(value, Stateful):
            message.kind = "module"
            resource = value._tensegra_resource()
            names = [self._weight(f"{path}/{i}", each) for i, each in enumerate(value._tensegra_state())]
            if resource is not None:
                message.kind = "resource"
                message.resource.type = resource[0]
                message.resource.weights.extend(names)
            else:
                if names:
                    message.metadata[STATE] = str(len(names))
                for index, name in enumerate(names):
                    number = len(self.message.objects)
                    self.message.objects.add(kind="constant", weight=name)
                    message.children.add(name=str(index), object=number)

    def _weight(self, path: str, tensor: Tensor) -> str:
        base = path or "value"
        name, count = base, 0
        while name in self.weights:
            count += 1
            name = f"{base}_{count}"
        self.weights[name] = tensor
        return name
