"""Draws that depend on their arguments alone."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import as_dtype, float32, int32, int64, uint32
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

from . import _draw


@public("random.stateless_uniform")
def stateless_uniform(
    shape: ShapeLike,
    seed: TensorLike,
    minval: TensorLike | None = 0,
    maxval: TensorLike | None = None,
    dtype: DTypeLike = float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Uniform numbers of [minval, maxval) that follow from `seed`.

    Args:
        shape: The shape of the result.
        seed: Two integers.
        minval: The lower end.
        maxval: The upper end; 1 by default for floating-point numbers. None for both ends: all integers of the dtype.
        dtype: A floating-point or an integer type. Integers of 8 and 16 bits are drawn as 32 bits.
        name: Ignored; for compatibility.
        alg: The algorithm: "philox", or "auto_select", which is the same.

    Raises:
        tg.errors.InvalidArgumentError: The seed does not have shape [2].

    >>> import tensegra as tg
    >>> draws = [tg.random.stateless_uniform([2], seed=[1, 2]).numpy().tolist() for _ in range(2)]
    >>> draws[0] == draws[1]
    True
    """
    where = "random.stateless_uniform"
    _draw.check_algorithm(where, alg)
    wanted = as_dtype(dtype)
    if minval is None and maxval is None and wanted.is_integer:
        drawn = wanted if wanted.size >= 4 else uint32
        inputs: tuple[Any, ...] = (_draw.as_shape(shape), _seed(where, seed))
        return _draw.narrow(_native.execute("stateless_full_int", inputs, {"dtype": drawn._number}), wanted)
    drawn = _draw.wide(wanted) if wanted.is_integer else wanted
    low, high = _draw.limits(where, 0 if minval is None else minval, maxval, drawn)
    inputs = (_draw.as_shape(shape), _seed(where, seed), low, high)
    return _draw.narrow(_native.execute("stateless_uniform", inputs), wanted)


@public("random.stateless_normal")
def stateless_normal(
    shape: ShapeLike,
    seed: TensorLike,
    mean: TensorLike = 0.0,
    stddev: TensorLike = 1.0,
    dtype: DTypeLike = float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Normal numbers that follow from `seed`.

    Args:
        shape: The shape of the draws; `mean` and `stddev` are broadcast against it.
        seed: Two integers.
        mean: The mean.
        stddev: The standard deviation.
        dtype: A floating-point type.
        name: Ignored; for compatibility.
        alg: The algorithm: "philox", or "auto_select", which is the same.

    Raises:
        tg.errors.InvalidArgumentError: The seed does not have shape [2].

    >>> import tensegra as tg
    >>> tg.random.stateless_normal([2, 3], seed=[7, 8]).shape
    TensorShape([2, 3])
    """
    _draw.check_algorithm("random.stateless_normal", alg)
    return _normal("random.stateless_normal", "stateless_normal", shape, seed, mean, stddev, dtype)


@public("random.stateless_truncated_normal")
def stateless_truncated_normal(
    shape: ShapeLike,
    seed: TensorLike,
    mean: TensorLike = 0.0,
    stddev: TensorLike = 1.0,
    dtype: DTypeLike = float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Normal numbers within two standard deviations that follow from `seed`; the arguments are those of
    `stateless_normal`.

    >>> import tensegra as tg
    >>> draws = tg.random.stateless_truncated_normal([1000], seed=[1, 2])
    >>> tg.reduce_max(tg.abs(draws)).numpy().item() <= 2.0
    True
    """
    where = "random.stateless_truncated_normal"
    _draw.check_algorithm(where, alg)
    return _normal(where, "stateless_truncated_normal", shape, seed, mean, stddev, dtype)


@public("random.stateless_categorical")
def stateless_categorical(
    logits: TensorLike,
    num_samples: int,
    seed: TensorLike,
    dtype: DTypeLike = int64,
    name: str | None = None,
) -> Tensor:
    """Draws classes by their unnormalised log-probabilities; the draws follow from `seed`.

    Args:
        logits: Shape [batch, classes].
        num_samples: How many are drawn for each row.
        seed: Two integers.
        dtype: int64 or int32.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, num_samples].

    Raises:
        tg.errors.InvalidArgumentError: The seed does not have shape [2].

    >>> import tensegra as tg
    >>> tg.random.stateless_categorical([[0.0, -1e9]], 3, seed=[1, 2]).numpy().tolist()
    [[0, 0, 0]]
    """
    inputs = (convert_to_tensor(logits), _seed("random.stateless_categorical", seed))
    attributes = {"num_samples": num_samples, "dtype": as_dtype(dtype)._number}
    return _native.execute("stateless_categorical", inputs, attributes)  # type: ignore[no-any-return]


@public("random.stateless_gamma")
def stateless_gamma(
    shape: ShapeLike,
    seed: TensorLike,
    alpha: TensorLike,
    beta: TensorLike | None = None,
    dtype: DTypeLike = float32,
    name: str | None = None,
) -> Tensor:
    """Draws from gamma distributions that follow from `seed`; see `gamma` for the method and the gradients.

    Args:
        shape: The shape of the result, which ends with that of `alpha` and `beta`.
        seed: Two integers.
        alpha: The concentrations, above 0; broadcast with `beta`.
        beta: The rates, by default 1.
        dtype: A floating-point type.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.random.stateless_gamma([10, 2], seed=[1, 2], alpha=[0.5, 2.0]).shape
    TensorShape([10, 2])
    """
    where = "random.stateless_gamma"
    wanted, spread, rate = _draw.gamma_parameters(where, alpha, beta, dtype)
    inputs = (_draw.as_shape(shape), _seed(where, seed), spread)
    return _draw.gamma_scaled(_native.execute("stateless_gamma", inputs), rate, wanted)


@public("random.stateless_poisson")
def stateless_poisson(
    shape: ShapeLike,
    seed: TensorLike,
    lam: TensorLike,
    dtype: DTypeLike = int32,
    name: str | None = None,
) -> Tensor:
    """Draws from Poisson distributions that follow from `seed`.

    Args:
        shape: The shape of the result, which ends with that of `lam`.
        seed: Two integers.
        lam: The rates, not negative.
        dtype: int32, int64 or a floating-point type.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.random.stateless_poisson([10, 2], seed=[1, 2], lam=[0.5, 30.0]).shape
    TensorShape([10, 2])
    """
    inputs = (_draw.as_shape(shape), _seed("random.stateless_poisson", seed), convert_to_tensor(lam))
    return _native.execute("stateless_poisson", inputs, {"dtype": as_dtype(dtype)._number})  # type: ignore[no-any-return]


@public("random.stateless_binomial")
def stateless_binomial(
    shape: ShapeLike,
    seed: TensorLike,
    counts: TensorLike,
    probs: TensorLike,
    output_dtype: DTypeLike = int32,
    name: str | None = None,
) -> Tensor:
    """Draws numbers of successes from binomial distributions; the draws follow from `seed`.

    Args:
        shape: The shape of the result, which ends with the shape that `counts` and `probs` broadcast to.
        seed: Two integers.
        counts: The numbers of trials.
        probs: The probabilities of success, in [0, 1].
        output_dtype: int32, int64 or a floating-point type.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.random.stateless_binomial([3], seed=[1, 2], counts=10.0, probs=1.0).numpy().tolist()
    [10, 10, 10]
    """
    chances = convert_to_tensor(probs, dtype_hint=float32)
    trials = convert_to_tensor(counts, dtype_hint=chances.dtype)
    if trials.dtype != chances.dtype:
        trials = _native.execute("cast", (trials,), {"dtype": chances._dtype_number})
    inputs = (_draw.as_shape(shape), _seed("random.stateless_binomial", seed), trials, chances)
    attributes = {"dtype": as_dtype(output_dtype)._number}
    return _native.execute("stateless_binomial", inputs, attributes)  # type: ignore[no-any-return]


@public("random.stateless_parameterized_truncated_normal")
def stateless_parameterized_truncated_normal(
    shape: ShapeLike,
    seed: TensorLike,
    means: TensorLike = 0.0,
    stddevs: TensorLike = 1.0,
    minvals: TensorLike = -2.0,
    maxvals: TensorLike = 2.0,
    name: str | None = None,
) -> Tensor:
    """Normal numbers cut to intervals (C. P. Robert, 1995); they follow from `seed`, but are not TensorFlow's numbers.

    Args:
        shape: The shape of the result.
        seed: Two integers.
        means: The means before cutting; broadcast to the shape, like the others.
        stddevs: The standard deviations before cutting.
        minvals: The lower ends.
        maxvals: The upper ends.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> draws = tg.random.stateless_parameterized_truncated_normal([100], [1, 2], minvals=1.0, maxvals=1.5)
    >>> bool(tg.reduce_min(draws) >= 1.0), bool(tg.reduce_max(draws) <= 1.5)
    (True, True)
    """
    parameters = [convert_to_tensor(x) for x in (means, stddevs, minvals, maxvals)]
    inputs = (
        _draw.as_shape(shape),
        _seed("random.stateless_parameterized_truncated_normal", seed),
        *parameters,
    )
    return _native.execute("stateless_parameterized_truncated_normal", inputs)  # type: ignore[no-any-return]


def _normal(
    where: str,
    op: str,
    shape: ShapeLike,
    seed: TensorLike,
    mean: TensorLike,
    stddev: TensorLike,
    dtype: DTypeLike,
) -> Tensor:
    wanted = as_dtype(dtype)
    inputs = (_draw.as_shape(shape), _seed(where, seed))
    return _draw.scale(_native.execute(op, inputs, {"dtype": wanted._number}), mean, stddev, wanted)


def _seed(where: str, seed: TensorLike) -> Any:
    tensor = convert_to_tensor(seed)
    if not tensor.dtype.is_integer or not tensor.shape.is_compatible_with([2]):
        raise InvalidArgumentError(
            f"[{where}] the seed must be two integers. Received: seed={seed!r}. Use such as seed=[1, 2].",
            code="TG-0106",
        )
    return tensor
