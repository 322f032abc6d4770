"""TensorFlow's names for what `tg.config` offers."""

from __future__ import annotations

from ._memory import memory_info
from ._memory import reset_memory_stats as reset_memory_stats

__all__ = ["get_memory_info", "reset_memory_stats"]


def get_memory_info(device: str) -> dict[str, int]:
    """What `tg.config.memory_info` says of ``current`` and ``peak``.

    Args:
        device: The name of the device, "CPU:0" for the host.

    Raises:
        tg.errors.NotFoundError: There is no such device (TG-0502).
        tg.errors.UnimplementedError: The device's plug-in keeps its own accounts (TG-0740).

    >>> import tensegra as tg
    >>> sorted(tg.config.experimental.get_memory_info("CPU:0"))
    ['current', 'peak']
    """
    info = memory_info(device)
    return {"current": info["current"], "peak": info["peak"]}
