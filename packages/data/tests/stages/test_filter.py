from __future__ import annotations

import numpy as np
import pytest

import tensegra as tg

Dataset = tg.data.Dataset


def test_keeps_what_the_predicate_accepts(values) -> None:
    assert values(Dataset.range(10).filter(lambda n: n % 3 == 0)) == [0, 3, 6, 9]
    assert values(Dataset.range(4).filter(lambda n: bool(n.numpy() > 1))) == [2, 3]
    assert values(Dataset.range(4).filter(lambda n: np.bool_(int(n) < 1))) == [0]


def test_tuples_are_spread() -> None:
    ds = Dataset.from_tensor_slices(([1, 2, 3], [3, 2, 1])).filter(lambda a, b: a >= b)
    assert [(int(a), int(b)) for a, b in ds] == [(2, 2), (3, 1)]


@pytest.mark.parametrize("answer", [1, None, np.array([True]), tg.constant([True, False]), tg.constant(1.0)])
def test_the_answer_must_be_one_bool(answer: object) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.filter\].*TG-2025"):
        list(Dataset.range(1).filter(lambda n: answer))


def test_an_error_in_the_predicate() -> None:
    with pytest.raises(Exception, match=r"\[data.filter\].*ZeroDivisionError.*TG-2024"):
        list(Dataset.range(1).filter(lambda n: 1 // 0 > 0))
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"\[data.filter\] predicate.*TG-2005"):
        Dataset.range(1).filter(None)


def test_cardinality() -> None:
    assert int(Dataset.range(3).filter(lambda n: n > 5).cardinality()) == tg.data.UNKNOWN_CARDINALITY
    assert int(Dataset.range(0).filter(lambda n: n > 5).cardinality()) == 0
