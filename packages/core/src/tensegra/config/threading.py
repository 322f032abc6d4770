"""How many threads an op may use: `tg.config.threading.*`."""

from __future__ import annotations

from tensegra import _native
from tensegra._errors import InvalidArgumentError

__all__ = ["get_intra_op_parallelism_threads", "set_intra_op_parallelism_threads"]


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Sets how many threads one op may use, the caller's among them. Results do not depend on it.

    Args:
        num_threads: At least 1; 0 means the default, one per core.

    Raises:
        tg.errors.InvalidArgumentError: It is negative or no integer.

    >>> import tensegra as tg
    >>> tg.config.threading.set_intra_op_parallelism_threads(1)
    >>> tg.config.threading.get_intra_op_parallelism_threads()
    1
    >>> tg.config.threading.set_intra_op_parallelism_threads(0)
    """
    if not isinstance(num_threads, int) or isinstance(num_threads, bool) or not 0 <= num_threads <= 4096:
        raise InvalidArgumentError(
            "[config.threading] the number of threads must be an integer from 0 to 4096. "
            f"Received: num_threads={num_threads!r}. Use 0 for the default.",
            code="TG-0601",
        )
    _native.set_num_threads(num_threads)


def get_intra_op_parallelism_threads() -> int:
    """How many threads one op may use."""
    return _native.num_threads()
