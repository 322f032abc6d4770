"""How an assertion fails: at once where its values are known, else when the graph runs."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg
from tensegra import _native
from tensegra._errors import InvalidArgumentError
from tensegra._tensor import Tensor

SHOWN = 3


def require(
    where: str,
    rule: str,
    holds: Tensor,
    values: dict[str, Tensor],
    message: str | None,
    summarize: int | None,
) -> None:
    """Fails unless every element of `holds` is true; `values` are shown, at the first place that is false."""
    everywhere = tg.reduce_all(holds)
    if everywhere._is_symbolic:
        text = f"[debugging.{where}] {_prefix(message)}{rule}."
        data: list[Any] = [text]
        for name, value in values.items():
            data += [f"{name} =", value]
        tg.Assert(everywhere, data, SHOWN if summarize is None else summarize)
        return
    if bool(everywhere):
        return
    places = np.argwhere(~np.atleast_1d(holds.numpy()))
    place = tuple(int(i) for i in places[0])
    shown = []
    for name, value in values.items():
        array = np.broadcast_to(value.numpy(), holds.numpy().shape)
        element = array[place] if array.ndim else array[()]
        shown.append(f"{name}{list(place) if array.ndim else ''}={element}")
    many = f" ({len(places)} of {int(np.size(holds.numpy()))} elements)" if holds.shape.rank else ""
    raise failure(where, rule, f"{', '.join(shown)}{many}", message)


def failure(where: str, rule: str, received: str, message: str | None) -> InvalidArgumentError:
    """The error of an assertion that does not hold."""
    return InvalidArgumentError(
        f"[debugging.{where}] {_prefix(message)}{rule}. Received: {received}.", code="TG-0700"
    )


def _prefix(message: str | None) -> str:
    return f"{message.rstrip('.')}. " if message else ""


def is_known(value: Any) -> bool:
    """Whether the value can be looked at now."""
    return not (isinstance(value, _native.Tensor) and value._is_symbolic)
