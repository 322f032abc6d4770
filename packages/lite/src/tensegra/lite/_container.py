"""The one-file container: a header of 64 bytes, the message, the weights. docs/formats/lite.md describes it."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

MAGIC = b"TGLITE\x01\x00"
HEADER_BYTES = 64
ALIGNMENT = 64


def _aligned(size: int) -> int:
    return (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


def layout_weights(message: Any, arrays: dict[str, np.ndarray]) -> bytes:
    """Places the arrays, fills offset and length of the message's weights, and returns the section."""
    section = bytearray()
    for weight in message.weights:
        data = np.ascontiguousarray(arrays[weight.name]).tobytes()
        section.extend(bytes(_aligned(len(section)) - len(section)))
        weight.offset = len(section)
        weight.length = len(data)
        section.extend(data)
    return bytes(section)


def pack(message: Any, section: bytes) -> bytes:
    """The whole file."""
    body = message.SerializeToString(deterministic=True)
    start = HEADER_BYTES + _aligned(len(body))
    header = MAGIC + struct.pack("<4Q", HEADER_BYTES, len(body), start, len(section))
    padding = bytes(start - HEADER_BYTES - len(body))
    return header.ljust(HEADER_BYTES, b"\0") + body + padding + section
