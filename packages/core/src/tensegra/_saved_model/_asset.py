"""`tg.saved_model.Asset`: a file that goes with a model."""

from __future__ import annotations

import os
from typing import Any

from tensegra._dtypes import string
from tensegra._errors import NotFoundError
from tensegra._stateful import Stateful, register
from tensegra._tensor import Tensor
from tensegra._variable import Variable


class Asset(Stateful):
    """A file that is copied into the models of which the asset is a part.

    Functions use `asset_path`. In a loaded model it is the path of the copy, wherever the model is.

    Args:
        path: The file.

    Raises:
        tg.errors.NotFoundError: There is no such file (TG-0451).

    >>> import os, tempfile
    >>> import tensegra as tg
    >>> directory = tempfile.mkdtemp()
    >>> with open(os.path.join(directory, "words.txt"), "w") as file:
    ...     _ = file.write("one two")
    >>> root = tg.Module()
    >>> root.words = tg.saved_model.Asset(os.path.join(directory, "words.txt"))
    >>> tg.saved_model.save(root, os.path.join(directory, "model"))
    >>> loaded = tg.saved_model.load(os.path.join(directory, "model"))
    >>> tg.io.read_file(loaded.words.asset_path).numpy()
    b'one two'
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        name = os.fspath(path)
        if not os.path.isfile(name):
            raise NotFoundError(
                f"[saved_model.Asset] an asset is a file that exists. Received: path={name!r}. Check the path.",
                code="TG-0451",
            )
        self._set(Variable(os.path.abspath(name), trainable=False, name="asset"))

    def _set(self, variable: Variable) -> None:
        # A variable, since functions keep small constants in themselves.
        self._path = variable
        register(self, variable.handle)

    @property
    def asset_path(self) -> Tensor:
        """The path: a string, 0-d."""
        return self._path.value()

    def __fspath__(self) -> str:
        return str(self._path.numpy().decode())

    def __repr__(self) -> str:
        return f"<tg.saved_model.Asset {os.fspath(self)!r}>"

    @classmethod
    def _tensegra_rebuild(cls, children: dict[str, Any], metadata: dict[str, str], handle: Any) -> Asset:
        made = cls.__new__(cls)
        made._set(Variable._from_handle(handle, "asset", string, (), trainable=False))
        return made
