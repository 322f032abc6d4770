"""Which devices there are: `tg.config.list_physical_devices` and `list_logical_devices`."""

from __future__ import annotations

from typing import NamedTuple

from tensegra import _native
from tensegra._plugins import load_installed_devices

__all__ = ["LogicalDevice", "PhysicalDevice", "list_logical_devices", "list_physical_devices"]


class PhysicalDevice(NamedTuple):
    """A device of this machine.

    Attributes:
        name: Such as "/physical_device:CPU:0".
        device_type: Such as "CPU".
    """

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device as programs name it; there is one for each physical device.

    Attributes:
        name: Such as "/device:CPU:0"; `tg.device` takes it.
        device_type: Such as "CPU".
    """

    name: str
    device_type: str


def _devices(device_type: str | None) -> list[tuple[str, str]]:
    load_installed_devices()
    found = [(name, name.partition(":")[0]) for name in _native.devices()]
    return [(name, kind) for name, kind in found if device_type in (None, kind)]


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices that are there, the CPU first. Plug-ins that are installed are loaded by the first call.

    Args:
        device_type: Only devices of this type, such as "CPU".

    >>> import tensegra as tg
    >>> tg.config.list_physical_devices("CPU")
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    return [PhysicalDevice(f"/physical_device:{name}", kind) for name, kind in _devices(device_type)]


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The devices as `tg.device` takes them, the CPU first.

    Args:
        device_type: Only devices of this type, such as "CPU".

    >>> import tensegra as tg
    >>> tg.config.list_logical_devices("CPU")
    [LogicalDevice(name='/device:CPU:0', device_type='CPU')]
    """
    return [LogicalDevice(f"/device:{name}", kind) for name, kind in _devices(device_type)]
