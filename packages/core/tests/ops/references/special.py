"""References of special functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from .common import Array, Reference


def _igamma_derivative(a: Array, x: Array, weight: Any) -> Array:
    """The integral over t = x exp(-s) of a derivative of the gamma density, by panels of Gauss-Legendre."""
    dtype = a.dtype
    a, x = (v.astype(np.float64)[..., None] for v in np.broadcast_arrays(a, x))
    nodes, weights = np.polynomial.legendre.leggauss(20)
    panels = np.linspace(0, 90, 121)
    half = np.diff(panels)[:, None] / 2
    s = (panels[:-1, None] + half * (nodes + 1)).reshape(-1) / np.minimum(a, 1)
    steps = (half * weights).reshape(-1) / np.minimum(a, 1)
    density = np.exp(a * (np.log(x) - s) - x * np.exp(-s) - scipy.special.gammaln(a))
    return (steps * density * weight(a, np.log(x) - s - scipy.special.digamma(a))).sum(-1).astype(dtype)


def _igamma_grad_a(a: Array, x: Array) -> Array:
    return _igamma_derivative(a, x, lambda a, slope: slope)


def _igamma_grad_a2(a: Array, x: Array) -> Array:
    return _igamma_derivative(a, x, lambda a, slope: slope**2 - scipy.special.polygamma(1, a))


def _polygamma(a: Array, x: Array) -> Array:
    return np.where(a == np.floor(a), scipy.special.polygamma(np.abs(a).astype(int), x), np.nan)


def _cumulative_logsumexp(x: Array, axis: int, exclusive: bool, reverse: bool) -> Array:
    if reverse:
        x = np.flip(x, axis)
    y = np.logaddexp.accumulate(x.astype(np.float64), axis=axis)
    if exclusive:
        y = np.roll(y, 1, axis)
        first: list[Any] = [slice(None)] * x.ndim
        first[axis] = slice(0, 1)
        y[tuple(first)] = np.finfo(x.dtype).min
    return (np.flip(y, axis) if reverse else y).astype(x.dtype)


def _widened(function: Reference) -> Reference:
    """In float64, since SciPy computes some of them in float32 where it gets float32."""
    return lambda *x: function(*(v.astype(np.float64) for v in x)).astype(x[0].dtype)


references: dict[str, Reference] = {
    "acos": np.arccos,
    "acosh": np.arccosh,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atanh": np.arctanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "erfc": _widened(scipy.special.erfc),
    "erfinv": _widened(scipy.special.erfinv),
    "erfcinv": _widened(scipy.special.erfcinv),
    "ndtri": _widened(scipy.special.ndtri),
    "lgamma": _widened(scipy.special.gammaln),
    "digamma": _widened(scipy.special.digamma),
    "bessel_i0": _widened(scipy.special.i0),
    "bessel_i0e": _widened(scipy.special.i0e),
    "bessel_i1": _widened(scipy.special.i1),
    "bessel_i1e": _widened(scipy.special.i1e),
    "bessel_j0": _widened(scipy.special.j0),
    "bessel_j1": _widened(scipy.special.j1),
    "bessel_k0": _widened(scipy.special.k0),
    "bessel_k0e": _widened(scipy.special.k0e),
    "bessel_k1": _widened(scipy.special.k1),
    "bessel_k1e": _widened(scipy.special.k1e),
    "bessel_y0": _widened(scipy.special.y0),
    "bessel_y1": _widened(scipy.special.y1),
    "dawsn": _widened(scipy.special.dawsn),
    "expint": _widened(scipy.special.expi),
    "fresnel_cos": _widened(lambda x: scipy.special.fresnel(x)[1]),
    "fresnel_sin": _widened(lambda x: scipy.special.fresnel(x)[0]),
    "spence": _widened(scipy.special.spence),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "multiply_no_nan": lambda x, y: np.where(y == 0, 0, x) * y,
    "atan2": np.arctan2,
    "nextafter": np.nextafter,
    "truncatediv": lambda x, y: np.trunc(x / y).astype(x.dtype),
    "truncatemod": np.fmod,
    "xdivy": lambda x, y: np.where(x == 0, 0, x / y),
    "xlogy": scipy.special.xlogy,
    "xlog1py": scipy.special.xlog1py,
    "zeta": _widened(scipy.special.zeta),
    "polygamma": _widened(_polygamma),
    "igamma": _widened(scipy.special.gammainc),
    "igammac": _widened(scipy.special.gammaincc),
    "igamma_grad_a": _igamma_grad_a,
    "igamma_grad_a2": _igamma_grad_a2,
    "betainc": _widened(scipy.special.betainc),
    "cumulative_logsumexp": _cumulative_logsumexp,
}
