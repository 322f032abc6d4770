"""`tg.train.Checkpoint` and its options."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tensegra._dtypes import int64
from tensegra._errors import InvalidArgumentError, NotFoundError
from tensegra._public import public
from tensegra._saved_model._contains import contains
from tensegra._saved_model._messages import message_class
from tensegra._variable import Variable

from ._background import Background
from ._objects import children, is_trackable
from ._restore import LoadStatus, Restoration
from ._state_file import CheckpointState, get_checkpoint_state, write_checkpoint_state
from ._writer import Snapshot

_COUNTER = "save_counter"


@public("train.CheckpointOptions")
@dataclass(frozen=True)
class CheckpointOptions:
    """How checkpoints are written.

    Attributes:
        enable_async: Whether `save` and `write` return at once and a thread writes what the values were. The program
            may change them meanwhile. A checkpoint is there, whole, or not there.
        experimental_io_device: Ignored; for compatibility.
        experimental_enable_async_checkpoint: The same as `enable_async`.
        experimental_write_callbacks: Functions that are called with the path of what was written.

    >>> import tensegra as tg
    >>> tg.train.CheckpointOptions(enable_async=True).enable_async
    True
    """

    experimental_io_device: str | None = None
    experimental_enable_async_checkpoint: bool = False
    experimental_write_callbacks: tuple[Callable[[str], Any], ...] | list[Callable[[str], Any]] | None = None
    enable_async: bool = False


@public("train.Checkpoint")
class Checkpoint:
    """Saves the values of objects and restores them, by the names that lead to them.

    Objects are variables, modules, optimizers, tables, random generators, and lists and dicts of these. A checkpoint
    is a saved model without functions. Restoring needs no order: what is made after `restore` gets its value when it
    becomes an attribute of what was restored.

    Args:
        root: An object whose attributes are saved as though they were the checkpoint's own.
        **kwargs: Objects by name.

    Raises:
        tg.errors.InvalidArgumentError: One of them holds no state (TG-0835).

    >>> import tempfile
    >>> import tensegra as tg
    >>> v = tg.Variable([1.0, 2.0])
    >>> checkpoint = tg.train.Checkpoint(v=v)
    >>> path = checkpoint.save(tempfile.mkdtemp() + "/ckpt")
    >>> _ = v.assign([0.0, 0.0])
    >>> _ = checkpoint.restore(path).assert_consumed()
    >>> v.numpy()
    array([1., 2.], dtype=float32)
    """

    _root: Any
    _tracked: dict[str, Any]
    _counter: Variable | None
    _background: Background
    _restoration: Restoration | None

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        self._root = root
        self._tracked = {}
        self._counter = None
        self._background = Background()
        self._restoration = None
        message_class("SavedModel")  # what is imported now delays no step
        if root is not None:
            _require("root", root)
        for name, value in sorted(kwargs.items()):
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        _require(name, value)
        if self._root is not None and children(self._root).get(name, value) is not value:
            raise InvalidArgumentError(
                f"[train.Checkpoint] a name stands for one object. Received: {name!r}, which is an attribute of root "
                "and another object. Use another name.",
                code="TG-0835",
            )
        self._tracked[name] = value
        object.__setattr__(self, name, value)
        if self._restoration is not None:
            self._restoration.assigned(self)

    def _tensegra_children(self) -> dict[str, Any]:
        found = {} if self._root is None else children(self._root)
        found |= self._tracked
        if self._counter is not None:
            found[_COUNTER] = self._counter
        return found

    @property
    def save_counter(self) -> Variable:
        """How often `save` was called: an int64."""
        if self._counter is None:
            self._counter = Variable(0, trainable=False, name=_COUNTER, dtype=int64)
            if self._restoration is not None:
                self._restoration.assigned(self)
        return self._counter

    def save(self, file_prefix: str | os.PathLike[str], options: CheckpointOptions | None = None) -> str:
        """Writes a checkpoint under a prefix and the number of the call, and notes that it is the latest one.

        Args:
            file_prefix: The path without the number, such as ``"training/ckpt"``.
            options: How it is written.

        Returns:
            The path, such as ``"training/ckpt-1"``.

        Raises:
            tg.errors.UnavailableError: The directory cannot be written (TG-0408); after an asynchronous call the next
                one, or `sync`, raises it.
        """
        self.save_counter.assign_add(1)
        path = f"{os.fspath(file_prefix)}-{int(self.save_counter.numpy())}"

        def note() -> None:
            directory = os.path.dirname(path) or "."
            before = get_checkpoint_state(directory)
            paths = [] if before is None else before.all_model_checkpoint_paths
            times = [] if before is None else before.all_model_checkpoint_timestamps
            known = [pair for pair in zip(paths, times) if contains(pair[0]) and pair[0] != path]
            known.append((path, time.time()))
            write_checkpoint_state(
                directory,
                CheckpointState(path, [each for each, _ in known], [when for _, when in known]),
            )

        return self._write(path, options, note)

    def write(self, file_prefix: str | os.PathLike[str], options: CheckpointOptions | None = None) -> str:
        """Writes a checkpoint at a path; nothing is counted or noted. `read` restores it.

        Args:
            file_prefix: The path.
            options: How it is written.

        Returns:
            The path.

        Raises:
            tg.errors.UnavailableError: The directory cannot be written (TG-0408).
        """
        return self._write(os.fspath(file_prefix), options, None)

    def restore(
        self, save_path: str | os.PathLike[str] | None, options: CheckpointOptions | None = None
    ) -> LoadStatus:
        """Restores what `save` wrote.

        Args:
            save_path: What `save` returned. None: nothing is restored, so that what `latest_checkpoint` returns can be
                given as it is.
            options: Ignored.

        Returns:
            What was restored, and what was not; see `LoadStatus.assert_consumed`.

        Raises:
            tg.errors.NotFoundError: There is no such checkpoint (TG-0830).
            tg.errors.InvalidArgumentError: An object has another shape or dtype (TG-0832).
        """
        if save_path is None:
            return LoadStatus(None)
        status = self.read(save_path, options)
        _ = self.save_counter  # made, so that it goes on from where it stood
        return status

    def read(self, save_path: str | os.PathLike[str], options: CheckpointOptions | None = None) -> LoadStatus:
        """Restores what `write` wrote; as `restore`, without the counter of saves."""
        self.sync()
        path = os.fspath(save_path)
        if not contains(path):
            raise NotFoundError(
                f"[train.Checkpoint.restore] a checkpoint must exist. Received: save_path={path!r}. Give what save "
                "returned, or tg.train.latest_checkpoint(directory).",
                code="TG-0830",
            )
        if self._restoration is not None:
            self._restoration.forget()
        self._restoration = Restoration(path, self, (_COUNTER,))
        return LoadStatus(self._restoration, self)

    def sync(self) -> None:
        """Returns when all that was saved asynchronously is on the disk.

        Raises:
            tg.errors.UnavailableError: It could not be written (TG-0408).
        """
        self._background.wait()

    def _write(
        self,
        path: str,
        options: CheckpointOptions | None,
        after: Callable[[], None] | None,
    ) -> str:
        options = options or CheckpointOptions()
        snapshot = Snapshot(self)

        def job() -> None:
            snapshot.write(path)
            if after is not None:
                after()
            for callback in options.experimental_write_callbacks or ():
                callback(path)

        if options.enable_async or options.experimental_enable_async_checkpoint:
            self._background.submit(job)
        else:
            self._background.wait()
            job()
        return path

    def __repr__(self) -> str:
        return f"<tg.train.Checkpoint of {', '.join(sorted(self._tensegra_children())) or 'nothing'}>"


def _require(name: str, value: Any) -> None:
    if is_trackable(value, set()) or isinstance(value, (list, dict, tuple)):
        return
    if hasattr(value, "__dict__") and not callable(value) and children(value):
        return
    raise InvalidArgumentError(
        "[train.Checkpoint] what is saved must be a variable, a module, an optimizer, a table, a generator, or a list "
        f"or dict of these. Received: {name}={value!r} of type {type(value).__name__}. Use a tg.Variable.",
        code="TG-0835",
    )
