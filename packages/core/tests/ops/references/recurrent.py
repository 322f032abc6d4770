"""References of recurrent ops, step by step and example by example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special

from .common import Array, Reference

_sigmoid: Any = scipy.special.expit


def _order(steps: int, backwards: bool) -> list[int]:
    return list(range(steps))[:: -1 if backwards else 1]


def _doubles(*arrays: Array) -> list[Array]:
    return [x.astype(np.float64) for x in arrays]


def _lstm(
    x: Array,
    h: Array,
    c: Array,
    kernel: Array,
    recurrent: Array,
    bias: Array,
    mask: Array,
    go_backwards: bool,
) -> tuple[Array, ...]:
    x, h, c, kernel, recurrent, bias = _doubles(x, h, c, kernel, recurrent, bias)
    batch, steps, _ = x.shape
    units = h.shape[1]
    ys, cells = np.zeros((batch, steps, units)), np.zeros((batch, steps, units))
    gates = np.zeros((batch, steps, 4 * units))
    for t in _order(steps, go_backwards):
        for b in range(batch):
            z = x[b, t] @ kernel + h[b] @ recurrent + bias
            i, f, g, o = np.split(z, 4)
            i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
            gates[b, t] = np.concatenate([i, f, g, o])
            if mask[b, t]:
                c[b] = f * c[b] + i * g
                h[b] = o * np.tanh(c[b])
            ys[b, t], cells[b, t] = h[b], c[b]
    return ys, h, c, cells, gates


def _back(
    x: Array, h: Array, kernel: Array, recurrent: Array, mask: Array, y: Array, dy: Array, dh: Array,
    backwards: bool, step: Callable[[int, int, Array], tuple[Array, Array, Array]],
) -> tuple[Array, ...]:  # fmt: skip
    """Steps from the end; step(example, place, dh) gives the gradients of both parts of the gates, and what reaches dh
    past the recurrent kernel."""
    steps = x.shape[1]
    order = _order(steps, backwards)
    dx, dkernel, drecurrent = np.zeros(x.shape), np.zeros(kernel.shape), np.zeros(recurrent.shape)
    dbias, dstate_bias = np.zeros(kernel.shape[1]), np.zeros(kernel.shape[1])
    dh = dh.astype(np.float64)
    for b in range(x.shape[0]):
        for n in range(steps - 1, -1, -1):
            t = order[n]
            dh[b] += dy[b, t]
            if not mask[b, t]:
                continue
            dgates, dstates, direct = step(b, t, dh[b])
            before = h[b] if n == 0 else y[b, order[n - 1]]
            dx[b, t] = kernel.astype(np.float64) @ dgates
            dkernel += np.outer(x[b, t], dgates)
            drecurrent += np.outer(before, dstates)
            dh[b] = recurrent.astype(np.float64) @ dstates + direct
            dbias += dgates
            dstate_bias += dstates
    return dx, dh, dkernel, drecurrent, dbias, dstate_bias


def _previous(first: Array, all_: Array, b: int, t: int, backwards: bool) -> Array:
    at = t + 1 if backwards else t - 1
    return first[b] if at in (-1, all_.shape[1]) else all_[b, at]


def _lstm_grad(
    x: Array, h: Array, c: Array, kernel: Array, recurrent: Array, mask: Array, y: Array, cells: Array, gates: Array,
    dy: Array, dlast_h: Array, dlast_c: Array, go_backwards: bool,
) -> tuple[Array, ...]:  # fmt: skip
    dc = dlast_c.astype(np.float64)

    def step(b: int, t: int, dh: Array) -> tuple[Array, Array, Array]:
        i, f, g, o = np.split(gates[b, t].astype(np.float64), 4)
        squashed = np.tanh(cells[b, t])
        inner = dc[b] + dh * o * (1 - squashed**2)
        parts = [inner * g * i * (1 - i), inner * _previous(c, cells, b, t, go_backwards) * f * (1 - f)]
        parts += [inner * i * (1 - g**2), dh * squashed * o * (1 - o)]
        dc[b] = inner * f
        dz = np.concatenate(parts)
        return dz, dz, np.zeros_like(dh)

    dx, dh, dkernel, drecurrent, dbias, _ = _back(
        x, h, kernel, recurrent, mask, y, dy, dlast_h, go_backwards, step
    )
    return dx, dh, dc, dkernel, drecurrent, dbias


def _gru(
    x: Array, h: Array, kernel: Array, recurrent: Array, bias: Array, mask: Array, go_backwards: bool
) -> tuple[Array, ...]:
    x, h, kernel, recurrent, bias = _doubles(x, h, kernel, recurrent, bias)
    batch, steps, _ = x.shape
    units = h.shape[1]
    ys, inner = np.zeros((batch, steps, units)), np.zeros((batch, steps, units))
    gates = np.zeros((batch, steps, 3 * units))
    for t in _order(steps, go_backwards):
        for b in range(batch):
            a0, a1, a2 = np.split(x[b, t] @ kernel + bias[0], 3)
            b0, b1, b2 = np.split(h[b] @ recurrent + bias[1], 3)
            z, r = _sigmoid(a0 + b0), _sigmoid(a1 + b1)
            n = np.tanh(a2 + r * b2)
            if mask[b, t]:
                h[b] = z * h[b] + (1 - z) * n
            ys[b, t], inner[b, t], gates[b, t] = h[b], b2, np.concatenate([z, r, n])
    return ys, h, inner, gates


def _gru_grad(
    x: Array, h: Array, kernel: Array, recurrent: Array, mask: Array, y: Array, inner: Array, gates: Array, dy: Array,
    dlast_h: Array, go_backwards: bool,
) -> tuple[Array, ...]:  # fmt: skip
    def step(b: int, t: int, dh: Array) -> tuple[Array, Array, Array]:
        z, r, n = np.split(gates[b, t].astype(np.float64), 3)
        dn = dh * (1 - z) * (1 - n**2)
        dz = dh * (_previous(h, y, b, t, go_backwards) - n) * z * (1 - z)
        dr = dn * inner[b, t] * r * (1 - r)
        return np.concatenate([dz, dr, dn]), np.concatenate([dz, dr, dn * r]), dh * z

    dx, dh, dkernel, drecurrent, dbias, dstate = _back(
        x, h, kernel, recurrent, mask, y, dy, dlast_h, go_backwards, step
    )
    return dx, dh, dkernel, drecurrent, np.stack([dbias, dstate])


_ACTIVATIONS: dict[str, tuple[Any, Any]] = {
    "tanh": (np.tanh, lambda y: 1 - y**2),
    "relu": (lambda x: np.maximum(x, 0), lambda y: (y > 0).astype(np.float64)),
    "linear": (lambda x: x, np.ones_like),
}


def _simple_rnn(
    x: Array,
    h: Array,
    kernel: Array,
    recurrent: Array,
    bias: Array,
    mask: Array,
    activation: str,
    go_backwards: bool,
) -> tuple[Array, ...]:
    x, h, kernel, recurrent, bias = _doubles(x, h, kernel, recurrent, bias)
    batch, steps, _ = x.shape
    ys, gates = np.zeros((batch, steps, h.shape[1])), np.zeros((batch, steps, h.shape[1]))
    for t in _order(steps, go_backwards):
        for b in range(batch):
            gates[b, t] = _ACTIVATIONS[activation][0](x[b, t] @ kernel + h[b] @ recurrent + bias)
            if mask[b, t]:
                h[b] = gates[b, t]
            ys[b, t] = h[b]
    return ys, h, gates


def _simple_rnn_grad(
    x: Array, h: Array, kernel: Array, recurrent: Array, mask: Array, y: Array, gates: Array, dy: Array,
    dlast_h: Array, activation: str, go_backwards: bool,
) -> tuple[Array, ...]:  # fmt: skip
    def step(b: int, t: int, dh: Array) -> tuple[Array, Array, Array]:
        dz = dh * _ACTIVATIONS[activation][1](gates[b, t].astype(np.float64))
        return dz, dz, np.zeros_like(dh)

    return _back(x, h, kernel, recurrent, mask, y, dy, dlast_h, go_backwards, step)[:5]


references: dict[str, Reference] = {
    "lstm": _lstm,
    "lstm_grad": _lstm_grad,
    "gru": _gru,
    "gru_grad": _gru_grad,
    "simple_rnn": _simple_rnn,
    "simple_rnn_grad": _simple_rnn_grad,
}
