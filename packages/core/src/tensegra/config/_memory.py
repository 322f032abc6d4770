"""What memory tensors hold, and how much they may."""

from __future__ import annotations

import re

from tensegra import _native
from tensegra._errors import InvalidArgumentError, NotFoundError, UnimplementedError

_HOST = re.compile(r"/?(device:)?CPU(:0)?", re.IGNORECASE)


def memory_info(device: str = "CPU:0") -> dict[str, int]:
    """Bytes that the engine holds in the memory of a device.

    Args:
        device: The name of the device; statistics are kept for the host, "CPU:0".

    Returns:
        ``current``, held by tensors now; ``peak``, the most since the start or the last `reset_memory_stats` (it may
        miss up to 64 kB of each thread); ``cached``, kept for reuse; ``limit``, what current and cached may reach
        together. Sizes are rounded up to those of the allocator, by a quarter at most.

    Raises:
        tg.errors.NotFoundError: There is no such device (TG-0502).
        tg.errors.UnimplementedError: The device's plug-in keeps its own accounts (TG-0740).

    >>> import tensegra as tg
    >>> before = tg.config.memory_info()["current"]
    >>> x = tg.zeros([1000, 1000])
    >>> tg.config.memory_info()["current"] - before >= 4_000_000
    True
    """
    _check_device("memory_info", device)
    current, peak, cached, limit = _native.memory_info()
    return {"current": current, "peak": peak, "cached": cached, "limit": limit}


def reset_memory_stats(device: str = "CPU:0") -> None:
    """Makes the peak what is held now, so that what follows can be measured.

    Args:
        device: As for `memory_info`.

    Raises:
        tg.errors.NotFoundError: There is no such device (TG-0502).
        tg.errors.UnimplementedError: The device's plug-in keeps its own accounts (TG-0740).

    >>> import tensegra as tg
    >>> tg.config.reset_memory_stats()
    >>> info = tg.config.memory_info()
    >>> info["peak"] == info["current"]
    True
    """
    _check_device("reset_memory_stats", device)
    _native.reset_memory_peak()


def set_memory_limit(limit: int | None, device: str = "CPU:0") -> None:
    """Sets how many bytes tensors and what is cached for them may take together; beyond it, an op fails (TG-0119).

    Blocks of up to 16 kB that a thread keeps for itself are handed out without asking again.

    Args:
        limit: Bytes, at least 1; None for the default, the memory of the machine or of its control group.
        device: As for `memory_info`.

    Raises:
        tg.errors.InvalidArgumentError: The limit is no positive integer (TG-0601).
        tg.errors.NotFoundError: There is no such device (TG-0502).
        tg.errors.UnimplementedError: The device's plug-in keeps its own accounts (TG-0740).

    >>> import tensegra as tg
    >>> tg.config.set_memory_limit(8 << 30)
    >>> tg.config.memory_info()["limit"] == 8 << 30
    True
    >>> tg.config.set_memory_limit(None)
    """
    _check_device("set_memory_limit", device)
    if limit is not None and (
        isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit < 1 << 63
    ):
        raise InvalidArgumentError(
            "[config.set_memory_limit] the limit must be a positive number of bytes, or None for the default. "
            f"Received: limit={limit!r}. Give an int.",
            code="TG-0601",
        )
    _native.set_memory_limit(limit or 0)


def trim_memory() -> None:
    """Gives memory that is kept for reuse back to the system: what is kept in common, and by this thread.

    >>> import tensegra as tg
    >>> tg.config.trim_memory()
    """
    _native.trim_memory()


def _check_device(where: str, device: str) -> None:
    if isinstance(device, str) and _HOST.fullmatch(device):
        return
    known = _native.devices()
    name = str(device).removeprefix("/").removeprefix("device:")
    if name not in known:
        raise NotFoundError(
            f"[config.{where}] a device must be there before it is used. Received: device={device!r}. "
            f"Use one of {known}.",
            code="TG-0502",
        )
    raise UnimplementedError(
        f"[config.{where}] memory is accounted for on the host alone. Received: device={device!r}. "
        "Ask the plug-in of the device, or use device='CPU:0'.",
        code="TG-0740",
    )
