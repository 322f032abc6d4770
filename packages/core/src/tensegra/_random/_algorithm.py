"""Algorithms of random numbers, and the states of generators that use them."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

from tensegra._errors import InvalidArgumentError, UnimplementedError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor


@public("random.Algorithm")
class Algorithm(enum.Enum):
    """The algorithms that TensorFlow names. PHILOX is the one that there is; AUTO_SELECT takes it.

    >>> import tensegra as tg
    >>> tg.random.Algorithm.PHILOX.name
    'PHILOX'
    """

    PHILOX = 1
    THREEFRY = 2
    AUTO_SELECT = 3


_NAMES = {"philox": Algorithm.PHILOX, "threefry": Algorithm.THREEFRY, "auto_select": Algorithm.AUTO_SELECT}


def philox(where: str, alg: Any) -> Algorithm:
    """The algorithm that a user's `alg` means.

    Raises:
        tg.errors.InvalidArgumentError: It is no algorithm (TG-0106).
        tg.errors.UnimplementedError: It is threefry (TG-0630).
    """
    if isinstance(alg, str) and alg in _NAMES:
        alg = _NAMES[alg]
    if alg in (Algorithm.PHILOX, Algorithm.AUTO_SELECT, 1, 3, None):
        return Algorithm.PHILOX
    if alg in (Algorithm.THREEFRY, 2):
        raise UnimplementedError(
            f"[{where}] random numbers come from Philox alone. Received: alg={alg!r}. Use 'philox'.",
            code="TG-0630",
        )
    raise InvalidArgumentError(
        f"[{where}] alg must name an algorithm. Received: alg={alg!r}. Use 'philox' or 'auto_select'.",
        code="TG-0106",
    )


@public("random.create_rng_state")
def create_rng_state(seed: Any, alg: Any) -> Tensor:
    """The state of a `tg.random.Generator` that a seed stands for.

    Args:
        seed: An integer, or up to three of them.
        alg: The algorithm: "philox".

    Returns:
        Three int64: the counter, low word first, and the key.

    Raises:
        tg.errors.InvalidArgumentError: The seed has more than three integers, or others than integers (TG-0106).

    >>> import tensegra as tg
    >>> tg.random.create_rng_state(7, "philox").numpy()
    array([7, 0, 0])
    """
    philox("random.create_rng_state", alg)
    numbers = np.atleast_1d(
        np.asarray(seed._numpy() if hasattr(seed, "_numpy") else seed, dtype=object)
    ).ravel()
    if numbers.size > 3 or not all(isinstance(n, int | np.integer) for n in numbers.tolist()):
        raise InvalidArgumentError(
            f"[random.create_rng_state] the seed must be up to three integers. Received: seed={seed!r}. "
            "Use such as 1.",
            code="TG-0106",
        )
    words = [int(n) % 2**64 for n in numbers.tolist()] + [0] * (3 - numbers.size)
    return convert_to_tensor(np.array(words, np.uint64).view(np.int64))
