"""`tg.device`: where ops run."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

from tensegra import _native
from tensegra._errors import InvalidArgumentError, NotFoundError
from tensegra._plugins import load_installed_devices
from tensegra._public import public

_NAME = re.compile(r"(?:/job:\w+)?(?:/replica:\d+)?(?:/task:\d+)?/?(?:device:)?([A-Za-z]\w*)(?::(\d+))?")


def device_name(device: Any) -> str:
    """The engine's name of a device, "CPU:0", from any form that users write."""
    text = getattr(device, "name", device)
    match = _NAME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InvalidArgumentError(
            f"[device] a device is named by its type and its number. Received: device_name={device!r}. "
            'Write "CPU:0" or "/device:CPU:0".',
            code="TG-0754",
        )
    return f"{match[1].upper()}:{match[2] or 0}"


@public("device")
class device:  # TensorFlow's name
    """A context in which ops run on one device.

    Inputs that lie elsewhere are copied to it. What the device does not support runs by its parts, or on the CPU, with
    one warning for each op. While a function is traced, the context marks the nodes that are made in it. Without a
    context an op runs on the device of its first input that lies on one, else on the CPU. Strings and variables stay in
    the memory of the host.

    Args:
        device_name: Such as "CPU:0", "/CPU:0", "/device:CPU:0", "cpu" (the first of that type), a logical device, or
            None: as without a context.

    Raises:
        tg.errors.InvalidArgumentError: The name has another form (TG-0754).
        tg.errors.NotFoundError: There is no such device (TG-0502).

    >>> import tensegra as tg
    >>> with tg.device("/CPU:0"):
    ...     x = tg.constant([1.0, 2.0]) * 2.0
    >>> x.device
    'CPU:0'
    """

    def __init__(self, device_name: Any) -> None:
        self._name = None if device_name is None else _find(device_name)

    def __enter__(self) -> None:
        _native.enter_device(self._name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _native.leave_device()


def _find(device: Any) -> str:
    name = device_name(device)
    if name not in _native.devices():
        load_installed_devices()
    known = _native.devices()
    if name not in known:
        raise NotFoundError(
            f"[device] a device must be there before it is used. Received: device_name={device!r}. "
            f"There are: {', '.join(known)}.",
            code="TG-0502",
        )
    return name
