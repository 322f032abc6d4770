"""TensorFlow's names for what `tg.config` offers."""

from __future__ import annotations

from tensegra import _seeds

from ._memory import memory_info
from ._memory import reset_memory_stats as reset_memory_stats

__all__ = ["disable_op_determinism", "enable_op_determinism", "get_memory_info", "reset_memory_stats"]


def enable_op_determinism() -> None:
    """From now on drawing random numbers without any seed is an error: what is left then is the same in each run.

    The ops themselves always give the same results for the same inputs, whatever the number of threads. Functions that
    are traced already go on as they are.

    >>> import tensegra as tg
    >>> tg.config.experimental.enable_op_determinism()
    >>> tg.random.set_seed(1)
    >>> tg.random.normal([2]).shape
    TensorShape([2])
    >>> tg.config.experimental.disable_op_determinism()
    """
    _seeds.require_seeds(True)


def disable_op_determinism() -> None:
    """Ends what `enable_op_determinism` began.

    >>> import tensegra as tg
    >>> tg.config.experimental.disable_op_determinism()
    """
    _seeds.require_seeds(False)


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
