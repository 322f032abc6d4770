from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensegra as tg

_SLICES = tg.IndexedSlices(tg.constant([[1.0]]), tg.constant([2]), tg.constant([3, 1]))
# A value, its spec, a wider one, and one that it does not fit.
_CASES: list[tuple[Any, tg.TypeSpec, tg.TypeSpec, tg.TypeSpec]] = [
    (tg.ones([2, 3]), tg.TensorSpec([2, 3]), tg.TensorSpec([None, 3]), tg.TensorSpec([2, 3], tg.int32)),
    (
        tg.Variable([1]),
        tg.TensorSpec([1], tg.int32),
        tg.TensorSpec(None, tg.int32),
        tg.TensorSpec([2], tg.int32),
    ),
    (
        np.ones([2], np.float32),
        tg.TensorSpec([2]),
        tg.TensorSpec([None]),
        tg.RaggedTensorSpec([2, None], tg.float32),
    ),
    (
        tg.SparseTensor([[0, 1]], [1.0], [2, 2]),
        tg.SparseTensorSpec([2, 2]),
        tg.SparseTensorSpec([None, 2]),
        tg.TensorSpec([2, 2]),
    ),
    (
        tg.ragged.constant([[1, 2], [3]]),
        tg.RaggedTensorSpec([2, None], tg.int32),
        tg.RaggedTensorSpec([None, None], tg.int32),
        tg.RaggedTensorSpec([2, None], tg.int32, row_splits_dtype=tg.int32),
    ),
    (
        _SLICES,
        tg.IndexedSlicesSpec([3, 1], tg.float32, tg.int32, tg.int32),
        tg.IndexedSlicesSpec([None, 1], tg.float32, tg.int32, tg.int32),
        tg.IndexedSlicesSpec([3, 1], tg.float32, tg.int64, tg.int32),
    ),
    (
        tg.TensorArray(tg.float32, 2, element_shape=[3]),
        tg.TensorArraySpec([3]),
        tg.TensorArraySpec([None]),
        tg.TensorArraySpec([3], tg.float32, True),
    ),
]


@pytest.mark.parametrize(("value", "spec", "wider", "other"), _CASES, ids=lambda value: type(value).__name__)
def test_specs_of_values(value: Any, spec: Any, wider: Any, other: Any) -> None:
    assert tg.type_spec_from_value(value) == spec
    assert isinstance(spec, tg.TypeSpec)
    if not isinstance(value, (np.ndarray, tg.Variable)):
        assert isinstance(value, spec.value_type)
    for each in (spec, wider):
        assert each.is_compatible_with(value)
        assert each.is_compatible_with(spec)
        assert spec.is_compatible_with(each)
        assert spec.is_subtype_of(each)
        assert not each.is_subtype_of(other)
    assert not other.is_compatible_with(value)
    assert not wider.is_subtype_of(spec)
    assert spec.most_specific_common_supertype([wider, spec]) == wider
    assert spec.most_specific_compatible_type(wider) == wider
    assert spec.most_specific_common_supertype([]) == spec


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (tg.TensorSpec([2]), tg.TensorSpec([2], tg.int32)),
        (tg.TensorSpec([2]), tg.SparseTensorSpec([2])),
        (tg.SparseTensorSpec([2]), tg.SparseTensorSpec([2], tg.int32)),
        (tg.RaggedTensorSpec([None, None]), tg.RaggedTensorSpec([None, None, None])),
    ],
)
def test_specs_that_have_none_in_common(one: Any, other: Any) -> None:
    assert one.most_specific_common_supertype([other]) is None
    with pytest.raises(tg.errors.InvalidArgumentError, match=r"one kind.*TG-0765"):
        one.most_specific_compatible_type(other)


def test_names_of_tensor_specs() -> None:
    named, plain = tg.TensorSpec([2], name="x"), tg.TensorSpec([2])
    assert named.is_compatible_with(plain)
    assert plain.is_subtype_of(named)
    assert not named.is_subtype_of(plain)
    assert named.most_specific_compatible_type(plain) == plain
    assert named.most_specific_compatible_type(tg.TensorSpec([3], name="x")) == tg.TensorSpec(
        [None], name="x"
    )


def test_ranks_that_differ_have_an_unknown_one_in_common() -> None:
    assert tg.TensorSpec([2]).most_specific_compatible_type(tg.TensorSpec([2, 3])) == tg.TensorSpec(None)


def test_what_has_no_spec() -> None:
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0"):
        tg.type_spec_from_value(object())
    with pytest.raises(tg.errors.InvalidArgumentError, match="TG-0"):
        tg.TensorSpec([2]).is_compatible_with(object())
