"""Seeds made from seeds, and shuffles that follow from one."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._dtypes import string
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from . import _algorithm, _draw, _generator, _stateless


@public("random.split")
def split(seed: TensorLike, num: int | TensorLike = 2, alg: Any = "auto_select") -> Tensor:
    """Makes several seeds of one; what they draw is independent.

    Args:
        seed: Two integers.
        num: How many seeds.
        alg: The algorithm: "philox", or "auto_select", which is the same.

    Returns:
        Shape [num, 2], of the dtype of the seed.

    >>> import tensegra as tg
    >>> tg.random.split(seed=[1, 2], num=3).shape
    TensorShape([3, 2])
    """
    seeds = convert_to_tensor(seed)
    return _stateless.stateless_uniform([num, 2], seeds, None, None, seeds.dtype, alg=alg)


@public("random.fold_in")
def fold_in(seed: TensorLike, data: TensorLike, alg: Any = "auto_select") -> Tensor:
    """Makes another seed of a seed and a number.

    Args:
        seed: Two integers.
        data: An integer, 0-d.
        alg: The algorithm: "philox", or "auto_select", which is the same.

    Returns:
        Shape [2], of the dtype of `data`.

    >>> import tensegra as tg
    >>> tg.random.fold_in([1, 2], 3).shape
    TensorShape([2])
    """
    number = convert_to_tensor(data)
    first = _stateless.stateless_uniform([], seed, None, None, number.dtype, alg=alg)
    return _native.execute("stack", ([first, number],))  # type: ignore[no-any-return]


def stateless_shuffle(
    value: TensorLike, seed: TensorLike, alg: Any = "auto_select", name: str | None = None
) -> Tensor:
    """The rows of a tensor in an order that follows from `seed`.

    Args:
        value: A tensor of at least one dimension.
        seed: Two integers.
        alg: The algorithm: "philox", or "auto_select", which is the same.
        name: Ignored; for compatibility.
    """
    where = "random.experimental.stateless_shuffle"
    _draw.check_algorithm(where, alg)
    tensor, numbers = convert_to_tensor(value), _stateless._seed(where, seed)
    if tensor.dtype == string:
        order = _native.execute("stateless_shuffle", (_draw.row_numbers(tensor), numbers))
        return _native.execute("gather", (tensor, order))  # type: ignore[no-any-return]
    return _native.execute("stateless_shuffle", (tensor, numbers))  # type: ignore[no-any-return]


def index_shuffle(index: TensorLike, seed: TensorLike, max_index: TensorLike) -> Tensor:
    """Where an index stands in a permutation of [0, max_index]; see `tg.random_index_shuffle`.

    Args:
        index: 0-d or a vector.
        seed: Two integers, or a row of two for each index.
        max_index: 0-d or a vector.
    """
    numbers: Any = convert_to_tensor(seed)
    rank = numbers.shape.rank or 1
    # The third word is that of TensorFlow, so that the permutations are, too.
    word = _native.execute("fill", ([1] if rank == 1 else [numbers.shape[0], 1], 498247692))
    if word.dtype != numbers.dtype:
        word = _native.execute("cast", (word,), {"dtype": numbers._dtype_number})
    padded = _native.execute("concat", ([word, numbers],), {"axis": -1})
    places = convert_to_tensor(index)
    highest = convert_to_tensor(max_index, places.dtype if not _native.is_tensor(max_index) else None)
    return _native.execute("random_index_shuffle", (places, padded, highest))  # type: ignore[no-any-return]


@public("random.experimental")
class experimental:
    """Names that TensorFlow has in `random.experimental`.

    >>> import tensegra as tg
    >>> tg.random.experimental.index_shuffle(tg.range(4), [5, 9], 3).numpy()
    array([2, 0, 1, 3], dtype=int32)
    """

    Algorithm = _algorithm.Algorithm
    Generator = _generator.Generator
    create_rng_state = staticmethod(_algorithm.create_rng_state)
    get_global_generator = staticmethod(_generator.get_global_generator)
    set_global_generator = staticmethod(_generator.set_global_generator)
    index_shuffle = staticmethod(index_shuffle)
    stateless_fold_in = staticmethod(fold_in)
    stateless_shuffle = staticmethod(stateless_shuffle)
    stateless_split = staticmethod(split)
