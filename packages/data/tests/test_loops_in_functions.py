"""`for` over data sets and iterators inside of a `tg.function`."""

from __future__ import annotations

import numpy as np

import tensegra as tg


def test_a_data_set_is_iterated_over_in_a_graph():
    data = tg.data.Dataset.from_tensor_slices(
        {"x": np.arange(10, dtype=np.float32), "y": np.arange(10, dtype=np.int64) % 3}
    ).batch(4)

    @tg.function
    def total(limit):
        result, batches = 0.0, 0
        for batch in data:
            if tg.reduce_sum(batch["x"]) > limit:
                break
            result += tg.reduce_sum(tg.boolean_mask(batch["x"], batch["y"] == 0))
            batches += 1
        return result, batches

    assert [value.numpy() for value in total(tg.constant(1000.0))] == [0 + 3 + 6 + 9, 3]
    assert [value.numpy() for value in total(tg.constant(20.0))] == [0 + 3, 1]
    assert total.experimental_get_tracing_count() == 1


def test_an_iterator_is_an_argument():
    iterator = iter(tg.data.Dataset.range(6))

    @tg.function
    def two(source):
        return next(source) * 10 + next(source)

    assert [int(two(iterator)) for _ in range(3)] == [1, 23, 45]
