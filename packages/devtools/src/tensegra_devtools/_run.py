"""Runs commands and says what is being done. Standard library only: the noxfile imports it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class TaskError(Exception):
    """A task failed for a reason that one sentence explains; no traceback is shown."""


def say(text: str) -> None:
    """Prints one line of progress at once."""
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announces a step and prints how long it took."""
    say(f"==> {title}")
    start = time.perf_counter()
    yield
    say(f"    done in {time.perf_counter() - start:.1f} s")


def run(
    *command: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    without: Sequence[str] = ("PYTHONPATH", "PYTHONHOME"),
) -> None:
    """Runs a command with its output shown.

    Args:
        command: The program and its arguments.
        cwd: The working directory.
        env: Variables to add to the environment.
        without: Variables to take out of it first.

    Raises:
        TaskError: the command ended with a non-zero exit code.
    """
    code = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment(env, without), check=False
    ).returncode
    if code:
        raise TaskError(f"{_short(command)} ended with exit code {code}")


def capture(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Runs a command and returns what it printed; its error output is shown only when it fails.

    Raises:
        TaskError: the command ended with a non-zero exit code.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(env),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise TaskError(f"{_short(command)} ended with exit code {done.returncode}")
    return done.stdout


def environment(
    extra: Mapping[str, str] | None = None, without: Sequence[str] = ("PYTHONPATH", "PYTHONHOME")
) -> dict[str, str]:
    """Returns this process's environment, less `without`, plus `extra`."""
    return {key: value for key, value in os.environ.items() if key not in without} | dict(extra or {})


def _short(command: Sequence[str | Path]) -> str:
    words = [Path(command[0]).name, *(str(part) for part in command[1:])]
    text = " ".join(words)
    return text if len(text) <= 160 else text[:157] + "..."
