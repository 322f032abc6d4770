from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensegra as tg
from tensegra import nest

Point = namedtuple("Point", "x y")

_structures = st.recursive(
    st.none() | st.integers() | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.tuples(inner, inner).map(lambda pair: Point(*pair))
    ),
    max_leaves=10,
)


def test_flatten_goes_by_sorted_keys_and_keeps_none() -> None:
    assert nest.flatten({"b": (1, [2]), "a": None}) == [None, 1, 2]
    assert nest.flatten(5) == [5]
    assert nest.flatten([]) == []
    assert nest.flatten("abc") == ["abc"]
    assert nest.flatten(tg.TensorShape([1, 2])) == [tg.TensorShape([1, 2])]


def test_packing_keeps_kinds_and_the_order_of_keys() -> None:
    form: Any = {"b": Point(0, [0]), "a": OrderedDict(z=0, y=0)}
    packed = nest.pack_sequence_as(form, [1, 2, 3, 4])
    assert packed == {"b": Point(3, [4]), "a": OrderedDict(z=2, y=1)}
    assert list(packed) == ["b", "a"]
    assert list(packed["a"]) == ["z", "y"]
    assert isinstance(packed["b"], Point)
    counts = nest.map_structure(lambda x: x + 1, defaultdict(int, a=1))
    assert (counts["a"], counts["new"]) == (2, 0)


@given(_structures)
def test_packing_what_was_flattened_gives_it_back(structure: Any) -> None:
    packed = nest.pack_sequence_as(structure, nest.flatten(structure))
    assert packed == structure
    nest.assert_same_structure(structure, packed)
    assert nest.map_structure(lambda a, b: a is b, structure, packed) == nest.map_structure(
        lambda _: True, structure
    )


def test_map_structure_over_several() -> None:
    assert nest.map_structure(lambda a, b, c: a + b * c, [1, (2,)], [10, (20,)], [3, (4,)]) == [31, (82,)]


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ([1], [1, 2], "length 1 and length 2 at the top"),
        ([1], (1,), "list and tuple"),
        ({"a": [1]}, {"a": [[1]]}, r"\['a'\]\[0\]"),
        ({"a": 1}, {"b": 1}, "keys"),
        ([1], 1, "list and int"),
        ({"a": 1}, [1], "dict and list"),
    ],
)
def test_structures_that_differ(one: Any, other: Any, where: str) -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match=rf"{where}.*TG-0307"):
        nest.map_structure(lambda a, b: a, one, other)


def test_types_may_be_ignored() -> None:
    nest.assert_same_structure([1, (2,)], (1, [2]), check_types=False)


def test_wrong_input() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="3 values for 2 leaves.*TG-0307"):
        nest.pack_sequence_as([0, 0], [1, 2, 3])
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0307"):
        nest.map_structure(lambda: 0)
    with pytest.raises(tg.errors.InvalidArgumentError, match="sortable.*TG-0307"):
        nest.flatten({1: 0, "a": 0})


def test_composites_are_taken_apart_where_asked_for() -> None:
    sparse = tg.sparse.from_dense([[0, 5], [7, 0]])
    assert tg.nest.flatten([sparse, 1]) == [sparse, 1]
    parts = tg.nest.flatten([sparse, 1], expand_composites=True)
    assert len(parts) == 4
    packed, one = tg.nest.pack_sequence_as([sparse, 0], parts, expand_composites=True)
    np.testing.assert_array_equal(tg.sparse.to_dense(packed), [[0, 5], [7, 0]])
    assert one == 1
    twice = tg.nest.map_structure(lambda part: part * 2, sparse, expand_composites=True)
    np.testing.assert_array_equal(twice.values, [10, 14])
    with pytest.raises(tg.errors.InvalidArgumentError, match="SparseTensor and int.*TG-0307"):
        tg.nest.assert_same_structure([sparse], [1], expand_composites=True)
    tg.nest.assert_same_structure([sparse], [1])
