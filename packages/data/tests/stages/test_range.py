from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

Dataset = tg.data.Dataset


@pytest.mark.parametrize("args", [(5,), (2, 5), (2, 12, 3), (5, 0, -2), (3, 1), (0,)])
def test_the_numbers_of_range(args: tuple[int, ...], values, unfused) -> None:
    ds = Dataset.range(*args)
    assert values(ds) == list(range(*args))
    assert len(ds) == len(range(*args))
    assert values(ds.batch(2)) == values(unfused(ds).batch(2))


def test_dtype() -> None:
    assert Dataset.range(3).element_spec.dtype == tg.int64
    (batch,) = Dataset.range(3, output_type=tg.float32).batch(3)
    assert batch.dtype == tg.float32
    np.testing.assert_array_equal(batch.numpy(), [0, 1, 2])


def test_a_long_range_is_not_held_in_memory(values) -> None:
    assert values(Dataset.range(10**15).skip(5).take(2)) == [5, 6]


@pytest.mark.parametrize(
    ("args", "code"),
    [((), "TG-2013"), ((1, 2, 3, 4), "TG-2013"), ((1, 2, 0), "TG-2014"), ((1.5,), "TG-2001")],
)
def test_bad_arguments(args: tuple, code: str) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"\[data.range\].*{code}"):
        Dataset.range(*args)
