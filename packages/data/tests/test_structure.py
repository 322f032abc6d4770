from __future__ import annotations

from typing import NamedTuple

from tensegra.data import _structure as structure


class Pair(NamedTuple):
    x: object
    y: object


def test_flatten_follows_tuples_in_order_and_dicts_by_key() -> None:
    assert structure.flatten(({"b": 1, "a": 2}, Pair(3, (4,)))) == [2, 1, 3, 4]


def test_lists_are_leaves() -> None:
    assert structure.flatten([1, 2]) == [[1, 2]]


def test_paths_line_up_with_leaves() -> None:
    nest = ({"b": 1, "a": 2}, 3)
    assert structure.paths(nest) == ["[0]['a']", "[0]['b']", "[1]"]
    assert structure.paths(5, "tensors") == ["tensors"]


def test_pack_undoes_flatten_and_keeps_order_and_types() -> None:
    nest = ({"b": 1, "a": 2}, Pair(3, (4,)), ())
    packed = structure.pack(nest, iter(structure.flatten(nest)))
    assert packed == nest
    assert list(packed[0]) == ["b", "a"]
    assert isinstance(packed[1], Pair)


def test_map_leaves() -> None:
    assert structure.map_leaves(lambda n: n + 1, {"a": (1, 2), "b": Pair(3, 4)}) == {
        "a": (2, 3),
        "b": Pair(4, 5),
    }


def test_same_structure() -> None:
    assert structure.same_structure(({"a": 1, "b": 2}, 3), ({"b": "x", "a": [1]}, None))
    assert not structure.same_structure((1, 2), (1, 2, 3))
    assert not structure.same_structure({"a": 1}, {"b": 1})
    assert not structure.same_structure(1, (1,))
    assert not structure.same_structure((1,), 1)


def test_describe() -> None:
    assert structure.describe(({"a": 1}, (2,), 3)) == "({'a': *}, (*,), *)"
