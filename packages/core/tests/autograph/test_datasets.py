"""Loops over data sets inside of graphs: anything with `element_spec` that Python can iterate over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tensegra as tg


class Numbers:
    """A data set of pairs of a number and a row."""

    element_spec = (tg.TensorSpec([], tg.int64), {"row": tg.TensorSpec([None], tg.float32)})

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Any]:
        for number in range(self.count):
            yield tg.constant(number, tg.int64), {"row": tg.ones([number])}


class Pass:
    element_spec = tg.TensorSpec([], tg.int32)

    def __init__(self, count: int) -> None:
        self.seen = 0
        self.count = count

    def __iter__(self) -> Pass:
        return self

    def __next__(self) -> Any:
        if self.seen == self.count:
            raise StopIteration
        self.seen += 1
        return tg.constant(self.seen)


def test_each_run_is_a_pass() -> None:
    data = Numbers(5)

    @tg.function
    def total() -> Any:
        numbers, ones = tg.constant(0, tg.int64), 0.0
        for number, parts in data:
            if number == 1:
                continue
            numbers += number
            ones += tg.reduce_sum(parts["row"])
        return numbers, ones

    for _ in range(2):
        assert [value.numpy() for value in total()] == [9, 9.0]
    data.count = 2
    assert [value.numpy() for value in total()] == [0, 0.0]
    assert total.experimental_get_tracing_count() == 1


def test_an_iterator_goes_on_where_it_was() -> None:
    numbers = Pass(10)

    @tg.function
    def until(limit: Any) -> Any:
        last = 0
        for number in numbers:
            last = number
            if number >= limit:
                break
        return last

    assert until(tg.constant(3)).numpy() == 3
    assert numbers.seen == 3
    assert until(tg.constant(5)).numpy() == 5
    assert until(tg.constant(100)).numpy() == 10


def test_next_in_a_graph() -> None:
    numbers = Pass(2)

    @tg.function
    def step() -> Any:
        return next(numbers) * 10

    assert [step().numpy(), step().numpy()] == [10, 20]
    with pytest.raises(tg.errors.OutOfRangeError, match="TG-0808"):
        step()


def test_elements_are_tensors() -> None:
    class Strange:
        element_spec = "numbers"

        def __iter__(self) -> Iterator[int]:
            return iter([1, 2])

    strange = Strange()

    def f(x: Any) -> Any:
        for each in strange:
            x += each
        return x

    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0807"):
        tg.function(f)(tg.constant(0))
    assert f(0) == 3


def test_strings_are_elements() -> None:
    class Words:
        element_spec = tg.TensorSpec([], tg.string)

        def __iter__(self) -> Iterator[Any]:
            return iter([tg.constant("a"), tg.constant("bc")])

    words = Words()

    @tg.function
    def joined() -> Any:
        text = tg.constant("")
        for word in words:
            text = tg.strings.join([text, word])
        return text

    assert joined().numpy() == np.bytes_(b"abc")
