from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats

import tensegra as tg

Dataset = tg.data.Dataset


@pytest.mark.parametrize("buffer_size", [1, 2, 7, 50, 51, 1000])
def test_a_permutation_within_the_window(buffer_size: int, values, unfused) -> None:
    ds = Dataset.range(50).shuffle(buffer_size, seed=1, reshuffle_each_iteration=False)
    order = values(ds)
    assert sorted(order) == list(range(50))
    assert all(element < place + buffer_size for place, element in enumerate(order))
    assert (order == list(range(50))) == (buffer_size == 1)
    assert values(unfused(Dataset.range(50)).shuffle(buffer_size, seed=1)) == order


def test_the_seed_fixes_the_sequence_of_orders(values) -> None:
    def orders(seed):
        ds = Dataset.range(20).shuffle(20, seed=seed)
        return [values(ds) for _ in range(3)]

    assert orders(4) == orders(4)
    assert orders(4) != orders(5)
    assert orders(-1) == orders(-1)
    assert orders(None) != orders(None)


@pytest.mark.parametrize("again", [True, False])
def test_another_order_in_each_pass_or_the_same(again: bool, values) -> None:
    ds = Dataset.range(20).shuffle(20, seed=0, reshuffle_each_iteration=again)
    assert (values(ds) != values(ds)) == again
    both = values(ds.repeat(2))
    assert sorted(both[:20]) == sorted(both[20:]) == list(range(20))
    assert (both[:20] != both[20:]) == again


def test_components_stay_together() -> None:
    x = np.arange(30)
    for a, b in Dataset.from_tensor_slices((x, -x)).shuffle(9, seed=2).batch(4):
        np.testing.assert_array_equal(a.numpy(), -b.numpy())


def test_a_full_buffer_gives_each_order_with_the_same_probability(values) -> None:
    ds = Dataset.range(4).shuffle(4, seed=11)
    seen = Counter(tuple(values(ds)) for _ in range(4800))
    assert len(seen) == 24
    assert stats.chisquare(list(seen.values())).pvalue > 1e-3


def test_a_small_buffer_draws_each_place_with_the_same_probability(values) -> None:
    # With a buffer of 3, the first element is one of the first three of the input, each with probability 1/3, and the
    # second is the one that came in (3) with probability 1/3.
    ds = Dataset.range(6).shuffle(3, seed=12)
    orders = [values(ds) for _ in range(3000)]
    first = Counter(order[0] for order in orders)
    assert sorted(first) == [0, 1, 2]
    assert stats.chisquare(list(first.values())).pvalue > 1e-3
    assert stats.binomtest(sum(order[1] == 3 for order in orders), 3000, 1 / 3).pvalue > 1e-3


def test_cardinality() -> None:
    assert len(Dataset.range(6).shuffle(3)) == 6
