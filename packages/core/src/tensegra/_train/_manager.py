"""`tg.train.CheckpointManager`: some checkpoints are kept, older ones deleted."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from typing import Any

from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._saved_model._contains import contains
from tensegra._variable import Variable

from ._checkpoint import Checkpoint, CheckpointOptions
from ._state_file import CheckpointState, get_checkpoint_state, write_checkpoint_state


@public("train.CheckpointManager")
class CheckpointManager:
    """Keeps the latest checkpoints of a directory, and some older ones.

    A manager made for a directory that has checkpoints goes on with them.

    Args:
        checkpoint: What is saved.
        directory: Where the checkpoints are.
        max_to_keep: How many are kept; None: all.
        keep_checkpoint_every_n_hours: One that is older is kept for good where the last one kept for good is so many
            hours older still. None: none is.
        checkpoint_name: The name in front of the number.
        step_counter: A variable that counts steps; with `checkpoint_interval`.
        checkpoint_interval: `save` does nothing until so many steps have gone by since the last checkpoint.
        init_fn: Called by `restore_or_initialize` where there is no checkpoint.

    Raises:
        tg.errors.InvalidArgumentError: A number is not above 0, or there is an interval without a counter (TG-0833).

    >>> import tempfile
    >>> import tensegra as tg
    >>> step = tg.Variable(0)
    >>> manager = tg.train.CheckpointManager(tg.train.Checkpoint(step=step), tempfile.mkdtemp(), max_to_keep=2)
    >>> for _ in range(3):
    ...     _ = step.assign_add(1)
    ...     path = manager.save()
    >>> len(manager.checkpoints), manager.latest_checkpoint == path
    (2, True)
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: str | os.PathLike[str],
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
        step_counter: Variable | None = None,
        checkpoint_interval: int | None = None,
        init_fn: Callable[[], Any] | None = None,
    ) -> None:
        if max_to_keep is not None and max_to_keep <= 0:
            raise _wrong("max_to_keep must be above 0, or None to keep all", f"max_to_keep={max_to_keep}")
        if checkpoint_interval is not None and step_counter is None:
            raise _wrong(
                "checkpoint_interval needs step_counter", f"checkpoint_interval={checkpoint_interval}"
            )
        if checkpoint_interval is not None and checkpoint_interval <= 0:
            raise _wrong("checkpoint_interval must be above 0", f"checkpoint_interval={checkpoint_interval}")
        self._checkpoint = checkpoint
        self._directory = os.fspath(directory)
        self._max_to_keep = max_to_keep
        self._keep_seconds = (
            None if keep_checkpoint_every_n_hours is None else 3600 * keep_checkpoint_every_n_hours
        )
        self._prefix = os.path.join(self._directory, checkpoint_name)
        self._step_counter = step_counter
        self._interval = checkpoint_interval
        self._last_step: int | None = None
        self._init_fn = init_fn
        self._kept: dict[str, float] = {}  # paths, oldest first, to when they were saved
        self._latest: str | None = None
        self._last_preserved = time.time()
        state = get_checkpoint_state(self._directory)
        if state is not None:
            times = state.all_model_checkpoint_timestamps
            now = time.time()
            for index, path in enumerate(state.all_model_checkpoint_paths):
                if contains(path):
                    self._kept[path] = times[index] if index < len(times) else now
            self._latest = state.model_checkpoint_path if contains(state.model_checkpoint_path) else None
            if state.last_preserved_timestamp:
                self._last_preserved = state.last_preserved_timestamp

    @property
    def directory(self) -> str:
        """Where the checkpoints are."""
        return self._directory

    @property
    def checkpoint(self) -> Checkpoint:
        """What is saved."""
        return self._checkpoint

    @property
    def checkpoint_interval(self) -> int | None:
        """How many steps there are between checkpoints, or None."""
        return self._interval

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the latest checkpoint, or None."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The paths of the checkpoints that may still be deleted, oldest first."""
        return list(self._kept)

    def save(
        self,
        checkpoint_number: int | None = None,
        check_interval: bool = True,
        options: CheckpointOptions | None = None,
    ) -> str | None:
        """Saves a checkpoint and deletes those that are too many.

        Args:
            checkpoint_number: The number in its name; by default how often it was saved.
            check_interval: Whether `checkpoint_interval` counts.
            options: How it is written.

        Returns:
            Its path; None where it is not time yet.

        Raises:
            tg.errors.UnavailableError: The directory cannot be written (TG-0408).
        """
        if self._step_counter is not None and self._interval is not None:
            step = int(self._step_counter.numpy())
            if check_interval and self._last_step is not None and step - self._last_step < self._interval:
                return None
            self._last_step = step
        counter = self._checkpoint.save_counter.assign_add(1)
        number = int(counter.numpy()) if checkpoint_number is None else int(checkpoint_number)
        path = f"{self._prefix}-{number}"
        before = self._latest
        self._latest = path
        kept = [each for each in self._kept if each != path]
        when = time.time()
        too_many = 0 if self._max_to_keep is None else max(0, len(kept) + 1 - self._max_to_keep)
        deleted = []
        for old in kept[:too_many]:
            saved = self._kept.pop(old)
            if self._keep_seconds is not None and saved - self._keep_seconds >= self._last_preserved:
                self._last_preserved = saved
            else:
                deleted.append(old)
        self._kept.pop(path, None)
        self._kept[path] = when
        state = CheckpointState(path, list(self._kept), list(self._kept.values()), self._last_preserved)

        def after() -> None:
            # First the note, then the deletion: what the note names is always there.
            write_checkpoint_state(self._directory, state)
            for old in deleted:
                _delete(old)

        try:
            self._checkpoint._write(path, options, after)
        except BaseException:
            self._latest = before
            del self._kept[path]
            self._kept = {**dict.fromkeys(deleted, when), **self._kept}
            raise
        return path

    def restore_or_initialize(self) -> str | None:
        """Restores the latest checkpoint; where there is none, calls `init_fn`.

        Returns:
            The path of the checkpoint, or None.
        """
        if self._latest is not None:
            self._checkpoint.restore(self._latest)
            if self._step_counter is not None:
                self._last_step = int(self._step_counter.numpy())
            return self._latest
        if self._init_fn is not None:
            self._init_fn()
        return None

    def sync(self) -> None:
        """Returns when all that was saved asynchronously is on the disk."""
        self._checkpoint.sync()


def _delete(path: str) -> None:
    """Deletes a checkpoint; it is one until its name changes, and none afterwards."""
    if not contains(path):
        return
    gone = os.path.join(os.path.dirname(path), f".deleting-{os.path.basename(path)}")
    with contextlib.suppress(OSError):  # what cannot be deleted does no harm
        os.rename(path, gone)
        shutil.rmtree(gone)


def _wrong(rule: str, received: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"[train.CheckpointManager] {rule}. Received: {received}. See the documentation of CheckpointManager.",
        code="TG-0833",
    )
