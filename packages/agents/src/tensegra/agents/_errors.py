"""Errors in the catalogue's form."""

from __future__ import annotations

import tensegra as tg


def invalid(where: str, rule: str, received: str, code: str) -> tg.errors.InvalidArgumentError:
    """``[agents.where] rule. Received: received. (code)``"""
    return tg.errors.InvalidArgumentError(f"[agents.{where}] {rule}. Received: {received}.", code=code)


def seed_number(where: str, seed: int) -> int:
    """A whole number of 0 or more (TG-4009)."""
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or seed < 0:
        raise invalid(where, "a seed must be a whole number of 0 or more", f"seed={seed!r}", "TG-4009")
    return seed


def positive(where: str, name: str, value: int) -> int:
    """A whole number of 1 or more (TG-4001)."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise invalid(where, f"{name} must be a whole number of 1 or more", f"{name}={value!r}", "TG-4001")
    return value
