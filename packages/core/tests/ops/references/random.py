"""References of the random ops that are functions of their arguments."""

from __future__ import annotations

import numpy as np
from scipy import special

from .common import Array, Reference


def _gamma_grad(alpha: Array, sample: Array) -> Array:
    """-(dF/da) / (dF/dx), with the series of F (DLMF 8.7.1) in long double."""
    a, x = alpha.astype(np.longdouble), sample.astype(np.longdouble)
    term, slope = np.ones_like(a), np.zeros_like(a)
    total, total_slope = term.copy(), slope.copy()
    for n in range(1, 800):
        slope = (slope - term / (a + n)) * x / (a + n)
        term = term * x / (a + n)
        total += term
        total_slope += slope
    digamma = special.digamma(alpha.astype(float) + 1).astype(np.longdouble)
    return np.asarray(-(x / a) * (total_slope + total * (np.log(x) - digamma)), float)


def _index_shuffle(index: Array, seed: Array, max_index: Array, rounds: int) -> Array:
    """Simon with words of 8 bits, as for an index of up to 16 bits."""

    def turn(x: int, by: int) -> int:
        return (x << by | x >> (8 - by)) & 255 if by else x

    keys = [int(word) & 255 for word in seed]
    z = 0x7369F885192C0EF5
    while len(keys) < rounds:
        keys.append(0xFC ^ (z & 1) ^ keys[-3] ^ turn(keys[-1], 5) ^ turn(keys[-1], 4))
        z >>= 1
    found = []
    for value in index.ravel().tolist():
        while True:
            left, right = value >> 8, value & 255
            for first, second in zip(keys[::2], keys[1::2], strict=True):
                left ^= (turn(right, 1) & right ^ turn(right, 2)) ^ first
                right ^= (turn(left, 1) & left ^ turn(left, 2)) ^ second
            value = left << 8 | right
            if value <= int(max_index):
                break
        found.append(value)
    return np.array(found, index.dtype).reshape(index.shape)


references: dict[str, Reference] = {
    "random_gamma_grad": _gamma_grad,
    "random_index_shuffle": _index_shuffle,
}
