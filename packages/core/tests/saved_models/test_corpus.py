"""Models that former releases wrote are loaded and give what they gave then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tensegra as tg
from tensegra._saved_model._check import check

from .programs import PROGRAMS
from .record import VERSION, outcome

HERE = Path(__file__).parent
MODELS = sorted(path.parent.relative_to(HERE).as_posix() for path in HERE.glob("*/*/recorded.npz"))


@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_what_it_gave(name: str) -> None:
    directory = HERE / name
    with np.load(directory / "recorded.npz") as file:
        recorded = dict(file)
    calls: dict[str, dict[str, np.ndarray]] = {}
    for key in [key for key in recorded if key.startswith("in/")]:
        _, signature, argument = key.split("/", 2)
        value = recorded.pop(key)
        given = calls.setdefault(signature, {})
        if argument:
            given[argument] = value.astype(object) if value.dtype.kind == "S" else value
    for mmap in (True, False):
        found = outcome(tg.saved_model.load(directory, mmap=mmap), calls)
        assert found.keys() == recorded.keys()
        for key, value in recorded.items():
            assert found[key].dtype == value.dtype
            if value.dtype.kind in "fc":
                np.testing.assert_allclose(found[key], value, rtol=1e-6)
            else:
                np.testing.assert_array_equal(found[key], value)
    assert list(check(str(directory)))


def test_each_kind_of_model_is_there() -> None:
    print(f"corpus: {len(MODELS)} models")
    assert {f"{VERSION}/{name}" for name in PROGRAMS} <= set(MODELS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_this_release_writes_models_that_give_the_same(name: str, tmp_path: Path) -> None:
    calls = PROGRAMS[name](tmp_path / "new")
    new = outcome(tg.saved_model.load(tmp_path / "new"), calls)
    old = outcome(tg.saved_model.load(HERE / str(VERSION) / name), calls)
    assert new.keys() == old.keys()
    for key, value in old.items():
        if value.dtype.kind in "fc":
            np.testing.assert_allclose(new[key], value, rtol=1e-6)
        else:
            np.testing.assert_array_equal(new[key], value)
