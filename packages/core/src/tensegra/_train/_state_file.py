"""The file `checkpoint` of a directory: which checkpoints there are, and which is the latest."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from tensegra._public import public

FILE = "checkpoint"


@dataclass
class CheckpointState:
    """What the file says. Paths in it are below the directory; here they have the directory in front.

    Attributes:
        model_checkpoint_path: The latest one.
        all_model_checkpoint_paths: All of them, oldest first.
        all_model_checkpoint_timestamps: When each was saved, in seconds since 1970.
        last_preserved_timestamp: When the last one was saved that is kept for good.
    """

    model_checkpoint_path: str
    all_model_checkpoint_paths: list[str] = field(default_factory=list)
    all_model_checkpoint_timestamps: list[float] = field(default_factory=list)
    last_preserved_timestamp: float = 0.0


@public("train.get_checkpoint_state")
def get_checkpoint_state(
    checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None
) -> CheckpointState | None:
    """What the file ``checkpoint`` of a directory says, or None where there is no such file.

    Args:
        checkpoint_dir: The directory.
        latest_filename: The name of the file, where it is another one.

    >>> import tensegra as tg
    >>> tg.train.get_checkpoint_state("no/such/directory") is None
    True
    """
    directory = os.fspath(checkpoint_dir)
    try:
        with open(os.path.join(directory, latest_filename or FILE), encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    state = CheckpointState("")
    for line in lines:
        key, _, text = line.partition(":")
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if key == "model_checkpoint_path" and isinstance(value, str):
            state.model_checkpoint_path = os.path.join(directory, value)
        elif key == "all_model_checkpoint_paths" and isinstance(value, str):
            state.all_model_checkpoint_paths.append(os.path.join(directory, value))
        elif key == "all_model_checkpoint_timestamps" and isinstance(value, (int, float)):
            state.all_model_checkpoint_timestamps.append(float(value))
        elif key == "last_preserved_timestamp" and isinstance(value, (int, float)):
            state.last_preserved_timestamp = float(value)
    return state if state.model_checkpoint_path else None


def write_checkpoint_state(directory: str, state: CheckpointState) -> None:
    """Writes the file at once: a reader sees the old one or the new one."""

    def below(path: str) -> str:
        return json.dumps(os.path.relpath(path, directory), ensure_ascii=False)

    lines = [f"model_checkpoint_path: {below(state.model_checkpoint_path)}"]
    lines += [f"all_model_checkpoint_paths: {below(path)}" for path in state.all_model_checkpoint_paths]
    lines += [f"all_model_checkpoint_timestamps: {time!r}" for time in state.all_model_checkpoint_timestamps]
    if state.last_preserved_timestamp:
        lines.append(f"last_preserved_timestamp: {state.last_preserved_timestamp!r}")
    temporary = os.path.join(directory, f".{FILE}-{os.getpid()}")
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, os.path.join(directory, FILE))
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(temporary)
        raise


@public("train.latest_checkpoint")
def latest_checkpoint(
    checkpoint_dir: str | os.PathLike[str], latest_filename: str | None = None
) -> str | None:
    """The path of the latest checkpoint in a directory, or None.

    Args:
        checkpoint_dir: The directory.
        latest_filename: The name of the file that says which it is, where it is not ``checkpoint``.

    >>> import tempfile
    >>> import tensegra as tg
    >>> directory = tempfile.mkdtemp()
    >>> path = tg.train.Checkpoint(v=tg.Variable(1.0)).save(directory + "/ckpt")
    >>> tg.train.latest_checkpoint(directory) == path
    True
    """
    from tensegra._saved_model._contains import contains

    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None or not contains(state.model_checkpoint_path):
        return None
    return state.model_checkpoint_path


@public("train.checkpoints_iterator")
def checkpoints_iterator(
    checkpoint_dir: str | os.PathLike[str],
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: object = None,
) -> Iterator[str]:
    """Waits for checkpoints and yields the path of each new one, for an evaluation beside the training.

    Args:
        checkpoint_dir: The directory.
        min_interval_secs: The least time between two that are yielded.
        timeout: How long it waits for a new one before it ends; None: for ever.
        timeout_fn: Called after `timeout`; where it returns False the waiting goes on.

    >>> import tempfile
    >>> import tensegra as tg
    >>> list(tg.train.checkpoints_iterator(tempfile.mkdtemp(), timeout=0))
    []
    """
    import time

    last: str | None = None
    while True:
        began = time.monotonic()
        while (found := latest_checkpoint(checkpoint_dir)) is None or found == last:
            if timeout is not None and time.monotonic() - began >= timeout:
                if not callable(timeout_fn) or timeout_fn():
                    return
                began = time.monotonic()
            time.sleep(min(1.0, 0.05 if timeout is None else max(0.001, timeout / 10)))
        last = found
        shown = time.monotonic()
        yield found
        time.sleep(max(0.0, min_interval_secs - (time.monotonic() - shown)))
