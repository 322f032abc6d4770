"""`tf.logging`."""

from __future__ import annotations

import logging as python_logging
from typing import Any

from .._symbols import export, put

DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50
for _name, _level in (("DEBUG", DEBUG), ("INFO", INFO), ("WARN", WARN), ("ERROR", ERROR), ("FATAL", FATAL)):
    put(f"logging.{_name}", _level)

_logger = python_logging.getLogger("tensorflow")


def _ready() -> Any:
    if not _logger.handlers and not python_logging.getLogger().handlers:
        handler = python_logging.StreamHandler()
        handler.setFormatter(python_logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
        _logger.addHandler(handler)
    if _logger.level == python_logging.NOTSET:
        _logger.setLevel(WARN)
    return _logger


@export("logging.set_verbosity")
def set_verbosity(v: Any) -> None:
    """Says from which level on messages are shown."""
    _ready().setLevel(v if isinstance(v, int) else str(v))


@export("logging.get_verbosity")
def get_verbosity() -> int:
    """The level from which on messages are shown."""
    return _ready().getEffectiveLevel()  # type: ignore[no-any-return]


@export("logging.get_logger get_logger")
def get_logger() -> Any:
    """Python's logger."""
    return _ready()


@export("logging.info")
def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of level INFO."""
    _ready().info(msg, *args, **kwargs)


@export("logging.debug")
def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of level DEBUG."""
    _ready().debug(msg, *args, **kwargs)


@export("logging.warn logging.warning")
def warn(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of level WARN."""
    _ready().warning(msg, *args, **kwargs)


@export("logging.error")
def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of level ERROR."""
    _ready().error(msg, *args, **kwargs)


@export("logging.fatal")
def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of level FATAL."""
    _ready().critical(msg, *args, **kwargs)


@export("logging.log")
def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of any level."""
    _ready().log(level, msg, *args, **kwargs)


_counts: dict[Any, int] = {}


@export("logging.log_every_n")
def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """A message once in n calls."""
    count = _counts.get(msg, -1) + 1
    _counts[msg] = count
    if count % n == 0:
        log(level, msg, *args)


@export("logging.log_first_n")
def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """A message the first n times."""
    count = _counts.get(msg, -1) + 1
    _counts[msg] = count
    if count < n:
        log(level, msg, *args)


@export("logging.flush")
def flush() -> None:
    """Does nothing: messages are written at once."""
