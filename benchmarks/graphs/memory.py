"""The memory that a step cannot do without: weights, slots of the optimizer, activations that live at the same time.

The models are run over a backend that knows shapes alone. Training keeps what the gradients need, as the models are
written: inputs of products, convolutions and normalizations, the weights of attention (T x T), gates and cells of an
LSTM. Inference holds what its later operations still read, at its worst moment; operations of single elements write
over what they read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .models import Workload

ADAM_SLOTS = 2


class _Value:
    """A tensor of 4-byte elements; `live` counts those that exist."""

    live = 0
    most = 0

    def __init__(self, shape: Sequence[int]) -> None:
        self.shape = tuple(shape)
        self.bytes = 4 * math.prod(self.shape)
        self._owned = self.bytes
        _Value.live += self.bytes
        _Value.most = max(_Value.most, _Value.live)

    def disown(self) -> None:
        """Its parts count from now on."""
        _Value.live -= self._owned
        self._owned = 0

    def __del__(self) -> None:
        _Value.live -= self._owned


class _Shapes:
    """A backend of models that computes shapes and adds up what gradients need in `kept`."""

    def __init__(self, trains: bool) -> None:
        self.trains = trains
        self.kept: dict[int, _Value] = {}
        self.extra = 0

    def param(self, name: str, shape: tuple[int, ...], *_: Any) -> tuple[int, ...]:
        return shape

    def keep(self, *values: _Value) -> None:
        if self.trains:
            self.kept.update((id(value), value) for value in values)

    def images(self, x: _Value) -> _Value:
        return x

    def dense(self, x: _Value, w: tuple[int, ...], b: Any) -> _Value:
        self.keep(x)
        return _Value((*x.shape[:-1], w[-1]))

    def conv(self, x: _Value, w: tuple[int, ...], b: Any, stride: int, groups: int = 1) -> _Value:
        self.keep(x)
        batch, height, width, _ = x.shape
        return _Value((batch, -(-height // stride), -(-width // stride), w[-1]))

    def batch_norm(self, x: _Value, g: Any, b: Any) -> _Value:
        self.keep(x)
        return self._over(x)

    layer_norm = batch_norm

    def gelu(self, x: _Value) -> _Value:
        self.keep(x)
        return self._over(x)

    def relu(self, x: _Value) -> _Value:
        return self._over(x)

    relu6 = relu

    def add(self, x: _Value, y: _Value) -> _Value:
        return self._over(y)

    def max_pool(self, x: _Value) -> _Value:
        self.keep(x)
        return _Value((x.shape[0], -(-x.shape[1] // 2), -(-x.shape[2] // 2), x.shape[3]))

    def mean_pool(self, x: _Value) -> _Value:
        return _Value((x.shape[0], x.shape[3]))

    def split(self, x: _Value, parts: int) -> list[_Value]:
        x.disown()
        return [_Value((*x.shape[:-1], x.shape[-1] // parts)) for _ in range(parts)]

    def attention(self, q: _Value, k: _Value, v: _Value, heads: int, causal: bool) -> _Value:
        batch, steps, _ = q.shape
        self.keep(q, k, v)
        weights = _Value((batch, heads, steps, steps))
        self.keep(weights)
        return _Value(q.shape)

    def embed(self, table: tuple[int, ...], ids: _Value, places: Any) -> _Value:
        self.keep(ids)
        return _Value((*ids.shape, table[1]))

    def lstm(self, x: _Value, wx: Any, wh: tuple[int, ...], b: Any) -> _Value:
        batch, steps, _ = x.shape
        gates, cells, y = (_Value((batch, steps, size)) for size in (wh[1], wh[0], wh[0]))
        self.keep(x, gates, cells, y)
        return y

    def last_step(self, x: _Value) -> _Value:
        return _Value((x.shape[0], x.shape[2]))

    def _over(self, x: _Value) -> _Value:
        """A result in the place of x; where gradients need x, it has a place of its own."""
        return _Value(x.shape) if id(x) in self.kept else x


def needed(workload: Workload) -> dict[str, float]:
    """Megabytes of weights, slots and activations, and their sum as `all`.

    Args:
        workload: What is run.
    """
    weights = sum(value.nbytes for value in workload.parameters().values())
    backend = _Shapes(workload.trains)
    _Value.live = _Value.most = 0
    x = _Value(workload.shape)
    result = workload.model(backend, x)
    if workload.trains:
        backend.keep(x, result)  # of the logits the gradient needs their softmax
        activations = sum(value.bytes for value in backend.kept.values())
    else:
        activations = _Value.most
    slots = ADAM_SLOTS * weights if workload.trains else 0
    found = {"weights": weights / 1e6, "slots": slots / 1e6, "activations": activations / 1e6}
    return {**found, "all": sum(found.values())}
