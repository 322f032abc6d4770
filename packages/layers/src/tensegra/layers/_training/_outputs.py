"""Losses, metrics, targets and weights given per output of a model, put in the order of the outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base._node import flatten
from .._errors import invalid


def per_output(where: str, given: Any, names: list[str]) -> list[Any]:
    """What `compile` got, as one entry per output: a single thing for all, a list in order, or a dict by name."""
    if isinstance(given, Mapping) and not {"class_name", "config"} <= set(given):
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise invalid(
                where,
                f"the keys are names of outputs: {names}.",
                f"unknown keys {unknown}",
                "Name the output layers, or give a list in the order of the outputs.",
                "TG-1025",
            )
        return [given.get(name) for name in names]
    if isinstance(given, list | tuple):
        if len(given) != len(names):
            raise invalid(
                where,
                f"a list has one entry per output: {names}.",
                f"{len(given)} entries",
                "Use None for an output without one.",
                "TG-1025",
            )
        return list(given)
    return [given] * len(names)


def targets(where: str, given: Any, names: list[str]) -> list[Any]:
    """A nest of targets as one per output."""
    if isinstance(given, Mapping) and set(given) <= set(names):
        return [given.get(name) for name in names]
    leaves = flatten(given)
    if len(leaves) != len(names):
        raise invalid(
            where,
            f"there is one target per output: {names}.",
            f"{len(leaves)} targets",
            "Give a list in this order, or a dict by these names.",
            "TG-1025",
        )
    return leaves


def weights(where: str, given: Any, names: list[str]) -> list[Any]:
    """Sample weights as one per output; single weights are for all."""
    if given is None or not isinstance(given, list | tuple | Mapping):
        return [given] * len(names)
    return targets(where, given, names)
