"""Special functions over wide ranges against SciPy, and at the ends of their domains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

import tensegra as tg

Array = np.ndarray[Any, Any]
inf, nan = float("inf"), float("nan")


def wide(low: float, high: float) -> Array:
    """Numbers of all sizes between 10**low and 10**high."""
    return 10 ** np.random.default_rng(1).uniform(low, high, 3000)


def both_signs(low: float, high: float) -> Array:
    return np.concatenate([wide(low, high), -wide(low, high)])


def agree(got: Any, wanted: Array, tolerance: float, absolute: float = 0.0) -> None:
    np.testing.assert_allclose(got.numpy(), wanted, rtol=tolerance, atol=absolute)


_UNARY: list[tuple[str, Callable[..., Any], Array]] = [
    ("math.erfc", scipy.special.erfc, both_signs(-3, 1.4)),
    ("math.erfinv", scipy.special.erfinv, both_signs(-300, -1e-9)),
    ("math.erfcinv", scipy.special.erfcinv, wide(-300, 0.3)),
    ("math.ndtri", scipy.special.ndtri, wide(-300, -1e-9)),
    ("math.bessel_i0", scipy.special.i0, both_signs(-8, 2.8)),
    ("math.bessel_i0e", scipy.special.i0e, both_signs(-8, 8)),
    ("math.bessel_i1", scipy.special.i1, both_signs(-8, 2.8)),
    ("math.bessel_i1e", scipy.special.i1e, both_signs(-8, 8)),
    ("math.special.bessel_k0", scipy.special.k0, wide(-8, 2.8)),
    ("math.special.bessel_k0e", scipy.special.k0e, wide(-8, 8)),
    ("math.special.bessel_k1", scipy.special.k1, wide(-8, 2.8)),
    ("math.special.bessel_k1e", scipy.special.k1e, wide(-8, 8)),
    ("math.special.dawsn", scipy.special.dawsn, both_signs(-8, 6)),
    ("math.special.expint", scipy.special.expi, both_signs(-8, 2.8)),
    ("math.special.fresnel_cos", lambda x: scipy.special.fresnel(x)[1], both_signs(-8, 2)),
    ("math.special.fresnel_sin", lambda x: scipy.special.fresnel(x)[0], both_signs(-8, 2)),
    ("math.special.spence", scipy.special.spence, wide(-8, 8)),
    ("math.lgamma", scipy.special.gammaln, wide(-8, 8)),
    ("math.digamma", scipy.special.digamma, both_signs(-8, 2)),
]


def function(name: str) -> Any:
    found: Any = tg
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(("name", "reference", "x"), _UNARY, ids=[row[0] for row in _UNARY])
def test_over_a_wide_range(name: str, reference: Any, x: Array) -> None:
    """Close in relative terms, but for the neighbourhood of roots and of poles."""
    agree(function(name)(x), reference(x), 2e-12, 1e-14)
    narrow = x[(np.abs(x) > 1e-30) & (np.abs(x) < 80)].astype(np.float32)
    agree(function(name)(narrow), reference(narrow.astype(np.float64)).astype(np.float32), 2e-7, 1e-7)


def test_zeta_and_polygamma() -> None:
    random = np.random.default_rng(0)
    s, q = random.uniform(1.001, 60, 3000), wide(-3, 4)
    agree(tg.math.zeta(s, q), scipy.special.zeta(s, q), 2e-12)
    n = random.integers(0, 30, 3000)
    agree(tg.math.polygamma(n.astype(float), q), scipy.special.polygamma(n, q), 2e-12, 1e-14)
    below = -random.uniform(0, 20, 500)
    # Reflection: polygamma(1, 1 - x) + polygamma(1, x) = (pi / sin(pi x))^2.
    total = tg.math.polygamma(np.ones(500), 1 - below) + tg.math.polygamma(np.ones(500), below)
    agree(total, (np.pi / np.sin(np.pi * below)) ** 2, 1e-8)


def test_zeta_of_great_arguments_neither_hangs_nor_diverges() -> None:
    # 13^-100 + 14^-100 + ..., summed term by term.
    wanted = sum(float(13 + k) ** -100 for k in range(400))
    agree(tg.math.zeta(np.array([100.0]), np.array([13.0])), np.array([wanted]), 1e-13)
    got = tg.math.zeta(np.array([2.0, 2.0, 3.0, inf, 2.0]), np.array([-1e300, -1e7 - 0.5, 1e300, 1.0, inf]))
    np.testing.assert_array_equal(got.numpy(), [inf, nan, 0.0, 1.0, 0.0])


def test_incomplete_gamma() -> None:
    random = np.random.default_rng(0)
    a = wide(-3, 4)
    x = a * random.uniform(0.2, 3, a.size)
    for got, wanted in (
        (tg.math.igamma(a, x), scipy.special.gammainc(a, x)),
        (tg.math.igammac(a, x), scipy.special.gammaincc(a, x)),
    ):
        seen = wanted > 1e-200
        np.testing.assert_allclose(got.numpy()[seen], wanted[seen], rtol=2e-11)


def test_incomplete_gamma_of_great_arguments() -> None:
    """The values are integrals of the density, computed with 40 digits by mpmath 1.3."""
    a = np.array([761897020.6959563, 1.1e6, 5e6])
    x = np.array([761766112.3263694, 1.1e6 - 2000, 5e6 + 3000])
    wanted = [1.0534538188219042e-6, 0.028210846722570735, 0.91012442181347715]
    np.testing.assert_allclose(tg.math.igamma(a, x).numpy(), wanted, rtol=1e-11)
    np.testing.assert_allclose(tg.math.igammac(a, x).numpy(), 1 - np.array(wanted), rtol=1e-11)


def test_incomplete_beta() -> None:
    random = np.random.default_rng(0)
    a, b = 10 ** random.uniform(-2, 2, (2, 3000))
    x = random.uniform(0, 1, 3000)
    agree(tg.math.betainc(a, b, x), scipy.special.betainc(a, b, x), 1e-11, 1e-200)
    # 40 digits of mpmath 1.3.
    point = [np.array([v]) for v in (759.4536208411195, 35.101825078598175, 0.37622693046010525)]
    agree(tg.math.betainc(*point), np.array([3.439664629040653e-270]), 1e-12)


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("math.acos", ([1.0, 2.0],), [0.0, nan]),
        ("math.acosh", ([1.0, 0.5, inf],), [0.0, nan, inf]),
        ("math.atanh", ([1.0, -1.0, 2.0],), [inf, -inf, nan]),
        ("math.atan2", ([0.0, 0.0, -0.0], [0.0, -1.0, -1.0]), [0.0, np.pi, -np.pi]),
        ("math.erfinv", ([1.0, -1.0, 1.5, nan],), [inf, -inf, nan, nan]),
        ("math.erfcinv", ([0.0, 2.0, -1.0],), [inf, -inf, nan]),
        ("math.ndtri", ([0.0, 1.0, 0.5, -1.0],), [-inf, inf, 0.0, nan]),
        ("math.lgamma", ([0.0, -1.0, inf],), [inf, inf, inf]),
        ("math.digamma", ([0.0, -1.0, inf],), [-inf, nan, inf]),
        ("math.polygamma", ([0.5, -1.0, 1.0], [1.0, 1.0, 0.0]), [nan, nan, inf]),
        ("math.zeta", ([1.0, 0.5, 2.0], [1.0, 1.0, -2.0]), [inf, nan, inf]),
        ("math.igamma", ([1.0, 1.0, 0.0, 1.0], [0.0, inf, 1.0, -1.0]), [0.0, 1.0, nan, nan]),
        ("math.igammac", ([1.0, 1.0, 0.0, 1.0], [0.0, inf, 1.0, -1.0]), [1.0, 0.0, nan, nan]),
        ("math.betainc", ([1.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 0.5, 2.0]), [0.0, 1.0, nan, nan]),
        ("math.special.bessel_k0", ([0.0, -1.0, inf],), [inf, nan, 0.0]),
        ("math.special.bessel_y0", ([0.0, -1.0],), [-inf, nan]),
        ("math.special.bessel_y1", ([0.0, -1.0],), [-inf, nan]),
        ("math.special.expint", ([0.0, inf, -inf],), [-inf, inf, 0.0]),
        ("math.special.spence", ([0.0, 1.0, -1.0],), [np.pi**2 / 6, 0.0, nan]),
        ("math.special.fresnel_cos", ([inf, -inf, 0.0],), [0.5, -0.5, 0.0]),
        ("math.special.dawsn", ([inf, 0.0],), [0.0, 0.0]),
        ("math.xlogy", ([0.0, 0.0, 2.0], [0.0, nan, 0.0]), [0.0, 0.0, -inf]),
        ("math.xdivy", ([0.0, 0.0, 2.0], [0.0, nan, 0.0]), [0.0, 0.0, inf]),
        ("math.xlog1py", ([0.0, 2.0], [-1.0, -1.0]), [0.0, -inf]),
        ("math.multiply_no_nan", ([inf, nan, 2.0], [0.0, 0.0, 3.0]), [0.0, 0.0, 6.0]),
        ("truncatediv", ([7.0, -7.0], [2.0, 2.0]), [3.0, -3.0]),
        ("truncatemod", ([7.0, -7.0], [3.0, 3.0]), [1.0, -1.0]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ends_of_the_domain(name: str, arguments: Any, wanted: list[float], dtype: str) -> None:
    got = function(name)(*(tg.constant(x, dtype) for x in arguments)).numpy()
    np.testing.assert_allclose(got, wanted, rtol=1e-6)


def gradient_of(f: Callable[..., Any], *values: float) -> list[Any]:
    tensors = [tg.constant(value, tg.float64) for value in values]
    with tg.GradientTape() as tape:
        tape.watch(tensors)
        y = f(*tensors)
    return [None if g is None else float(g) for g in tape.gradient(y, tensors)]


@pytest.mark.parametrize(
    ("name", "point", "wanted"),
    [
        ("math.xlogy", (0.0, 0.0), [0.0, 0.0]),
        ("math.xdivy", (0.0, 0.0), [0.0, 0.0]),
        ("math.xlog1py", (0.0, -1.0), [0.0, 0.0]),
        ("math.bessel_i1", (0.0,), [0.5]),
        ("math.bessel_i1e", (0.0,), [0.5]),
        ("math.bessel_i0e", (0.0,), [0.0]),
        ("math.special.bessel_j1", (0.0,), [0.5]),
        ("math.special.spence", (1.0,), [-1.0]),
        ("math.nextafter", (1.0, 2.0), [1.0, 0.0]),
        ("math.nextafter", (1.0, 1.0), [0.0, 1.0]),
    ],
)
def test_gradients_at_special_points(name: str, point: tuple[float, ...], wanted: list[Any]) -> None:
    assert gradient_of(function(name), *point) == pytest.approx(wanted, rel=1e-12)


def test_no_gradient_flows_into_the_order_of_zeta() -> None:
    into_x, into_q = gradient_of(tg.math.zeta, 2.0, 1.0)
    assert into_x is None
    assert into_q == pytest.approx(-2 * scipy.special.zeta(3, 1))


def test_gradient_of_multiply_no_nan_is_finite() -> None:
    assert gradient_of(tg.math.multiply_no_nan, inf, 0.0) == [0.0, 0.0]


def test_a_third_derivative_of_igamma_is_refused_by_name() -> None:
    a, x = tg.constant(2.0, tg.float64), tg.constant(1.0, tg.float64)
    with tg.GradientTape() as third:
        third.watch(a)
        with tg.GradientTape() as second:
            second.watch(a)
            with tg.GradientTape() as first:
                first.watch(a)
                y = tg.math.igamma(a, x)
            dy = first.gradient(y, a)
        ddy = second.gradient(dy, a)
    with pytest.raises(tg.errors.UnimplementedError, match=r"igamma.*TG-0121"):
        third.gradient(ddy, a)


def test_integers_divided_by_0_are_refused() -> None:
    for f in (tg.truncatediv, tg.truncatemod):
        with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0108"):
            f([1, 2], [1, 0])
    assert tg.truncatediv(tg.constant([-(2**31)]), -1).numpy().tolist() == [-(2**31)]
    assert tg.truncatemod(tg.constant([-(2**31)]), -1).numpy().tolist() == [0]


def test_cumulative_logsumexp() -> None:
    lowest = np.finfo(np.float64).min
    x = tg.constant([1000.0, 1000.0, -1000.0], tg.float64)
    log2 = np.log(2.0)
    np.testing.assert_allclose(
        tg.math.cumulative_logsumexp(x).numpy(), [1000, 1000 + log2, 1000 + log2], rtol=1e-15
    )
    np.testing.assert_allclose(
        tg.math.cumulative_logsumexp(x, exclusive=True).numpy(), [lowest, 1000, 1000 + log2], rtol=1e-15
    )
    np.testing.assert_array_equal(
        tg.math.cumulative_logsumexp([inf, 1.0, nan, 1.0]).numpy(), [inf, inf, nan, nan]
    )

    def last(x: Any, exclusive: bool) -> Any:
        return tg.reduce_sum(tg.math.cumulative_logsumexp(x, exclusive=exclusive) * [0.0, 0.0, -2.0])

    for exclusive, wanted in ((False, [-1.0, -1.0, 0.0]), (True, [-1.0, -1.0, 0.0])):
        with tg.GradientTape() as tape:
            tape.watch(x)
            y = last(x, exclusive)
        np.testing.assert_allclose(tape.gradient(y, x).numpy(), wanted, atol=1e-12)
