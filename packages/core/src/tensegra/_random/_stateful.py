"""Draws that go on: each call gives other numbers."""

from __future__ import annotations

from typing import Any

from tensegra import _native, _seeds
from tensegra._dtypes import as_dtype, float32, int64, string
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import DTypeLike, ShapeLike, TensorLike

from . import _draw


@public("random.set_seed")
def set_seed(seed: int | None) -> None:
    """Sets the global seed.

    With it, a program draws the same numbers each time. What an op draws follows from the global seed, its own ``seed``
    argument and, where it has none, from the number of ops before it. Setting the global seed begins anew.
    None goes back to other numbers in each run.

    Args:
        seed: An integer, or None.

    >>> import tensegra as tg
    >>> tg.random.set_seed(1)
    >>> first = tg.random.uniform([2]).numpy().tolist()
    >>> tg.random.set_seed(1)
    >>> tg.random.uniform([2]).numpy().tolist() == first
    True
    """
    _seeds.set_global_seed(seed)


@public("random.uniform")
def uniform(
    shape: ShapeLike,
    minval: TensorLike = 0,
    maxval: TensorLike | None = None,
    dtype: DTypeLike = float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Uniform numbers of [minval, maxval).

    Args:
        shape: The shape of the result.
        minval: The lower end.
        maxval: The upper end; 1 by default for floating-point numbers.
        dtype: A floating-point or an integer type. Integers of 8 and 16 bits are drawn as int32.
        seed: The seed of this call; see `set_seed`.
        name: Ignored; for compatibility.

    Raises:
        tg.errors.InvalidArgumentError: An integer range without end or with none in it.

    >>> import tensegra as tg
    >>> dice = tg.random.uniform([100], 1, 7, dtype=tg.int32)
    >>> tg.reduce_min(dice).numpy().item() >= 1, tg.reduce_max(dice).numpy().item() <= 6
    (True, True)
    """
    return _draw.uniform("random.uniform", _from(seed), shape, minval, maxval, dtype)


@public("random.normal")
def normal(
    shape: ShapeLike,
    mean: TensorLike = 0.0,
    stddev: TensorLike = 1.0,
    dtype: DTypeLike = float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Normal numbers (by the Box-Muller transform).

    Args:
        shape: The shape of the draws; `mean` and `stddev` are broadcast against it.
        mean: The mean.
        stddev: The standard deviation.
        dtype: A floating-point type.
        seed: The seed of this call; see `set_seed`.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> abs(tg.reduce_mean(tg.random.normal([10000], mean=3.0, seed=1)).numpy().item() - 3) < 0.1
    True
    """
    return _draw.normal("random.normal", "random_normal", _from(seed), shape, mean, stddev, dtype)


@public("random.truncated_normal")
def truncated_normal(
    shape: ShapeLike,
    mean: TensorLike = 0.0,
    stddev: TensorLike = 1.0,
    dtype: DTypeLike = float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Normal numbers, drawn again where they are more than two standard deviations from the mean.

    The arguments are those of `normal`.

    >>> import tensegra as tg
    >>> draws = tg.random.truncated_normal([1000], stddev=0.5)
    >>> tg.reduce_max(tg.abs(draws)).numpy().item() <= 1.0
    True
    """
    where = "random.truncated_normal"
    return _draw.normal(where, "random_truncated_normal", _from(seed), shape, mean, stddev, dtype)


@public("random.categorical")
def categorical(
    logits: TensorLike,
    num_samples: int,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draws classes by their unnormalised log-probabilities.

    Args:
        logits: Shape [batch, classes].
        num_samples: How many are drawn for each row.
        dtype: int64, the default, or int32.
        seed: The seed of this call; see `set_seed`.
        name: Ignored; for compatibility.

    Returns:
        Shape [batch, num_samples].

    >>> import tensegra as tg
    >>> tg.random.categorical([[0.0, -1e9], [-1e9, 0.0]], 3).numpy().tolist()
    [[0, 0, 0], [1, 1, 1]]
    """
    number = as_dtype(int64 if dtype is None else dtype)._number
    state = _seeds.draw_state("random_categorical", number, seed)
    attributes = {"num_samples": num_samples, "dtype": number}
    return _native.execute("random_categorical", (state, convert_to_tensor(logits)), attributes)  # type: ignore[no-any-return]


@public("random.shuffle")
def shuffle(value: TensorLike, seed: int | None = None, name: str | None = None) -> Tensor:
    """The rows of a tensor in random order.

    Args:
        value: A tensor of at least one dimension.
        seed: The seed of this call; see `set_seed`.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> sorted(tg.random.shuffle([1, 2, 3]).numpy().tolist())
    [1, 2, 3]
    """
    tensor = convert_to_tensor(value)
    state = _seeds.draw_state("random_shuffle", tensor._dtype_number, seed)
    if tensor.dtype == string:  # their rows differ in size: the numbers of the rows are shuffled
        order = _native.execute("random_shuffle", (state, _draw.row_numbers(tensor)))
        return _native.execute("gather", (tensor, order))  # type: ignore[no-any-return]
    return _native.execute("random_shuffle", (state, tensor))  # type: ignore[no-any-return]


@public("random.gamma")
def gamma(
    shape: ShapeLike,
    alpha: TensorLike,
    beta: TensorLike | None = None,
    dtype: DTypeLike = float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draws from gamma distributions (G. Marsaglia and W. W. Tsang, 2000).

    Gradients with respect to `alpha` and `beta` are those of the draws at their quantiles (M. Figurnov et al.,
    "Implicit reparameterization gradients", NeurIPS 2018).

    Args:
        shape: How many draws each parameter gets.
        alpha: The concentrations, above 0; broadcast with `beta`.
        beta: The rates, by default 1.
        dtype: A floating-point type.
        seed: The seed of this call; see `set_seed`.
        name: Ignored; for compatibility.

    Returns:
        Shape `shape` followed by that of alpha and beta.

    >>> import tensegra as tg
    >>> tg.random.gamma([10], [0.5, 2.0]).shape
    TensorShape([10, 2])
    """
    wanted, spread, rate = _draw.gamma_parameters("random.gamma", alpha, beta, dtype)
    state = _seeds.draw_state("random_gamma", wanted._number, seed)
    inputs = (state, _draw.as_shape(shape), spread)
    return _draw.gamma_scaled(_native.execute("random_gamma", inputs), rate, wanted)


@public("random.poisson")
def poisson(
    shape: ShapeLike,
    lam: TensorLike,
    dtype: DTypeLike = float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draws from Poisson distributions (D. Knuth; for greater rates W. Hormann, 1993).

    Args:
        shape: How many draws each rate gets.
        lam: The rates, not negative.
        dtype: int32, int64 or a floating-point type.
        seed: The seed of this call; see `set_seed`.
        name: Ignored; for compatibility.

    Returns:
        Shape `shape` followed by that of lam.

    >>> import tensegra as tg
    >>> tg.random.poisson([10], [0.5, 30.0], dtype=tg.int64).shape
    TensorShape([10, 2])
    """
    number = as_dtype(dtype)._number
    state = _seeds.draw_state("random_poisson", number, seed)
    inputs = (state, _draw.as_shape(shape), convert_to_tensor(lam))
    return _native.execute("random_poisson", inputs, {"dtype": number})  # type: ignore[no-any-return]


def _from(seed: int | None) -> _draw.State:
    def state(op: str, dtype_number: int) -> Any:
        return _seeds.draw_state(op, dtype_number, seed)

    return state
