"""The reader that knows nothing but the specification reads what this release writes, and what is in the corpus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tensegra as tg

from . import independent_reader
from .independent_reader import Array, Model
from .programs import FLOATS, PROGRAMS
from .record import variables

HERE = Path(__file__).parent


def test_it_uses_nothing_else() -> None:
    source = Path(independent_reader.__file__).read_text()
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported == {"__future__", "hashlib", "itertools", "os", "struct", "dataclasses", "typing"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_reads_the_values(name: str, tmp_path: Path) -> None:
    PROGRAMS[name](tmp_path / "new")
    for directory in (tmp_path / "new", HERE / "1" / name):
        model = Model(str(directory))
        wanted = variables(tg.saved_model.load(directory))
        found = model.variables()
        assert found.keys() == wanted.keys()
        for path, value in wanted.items():
            array = found[path]
            assert array.dims == list(value.shape)
            if value.dtype.kind == "S":
                assert array.items == value.reshape(-1).tolist()
            else:
                np.testing.assert_allclose(np.array(array.items), value.reshape(-1), rtol=1e-6)
        loaded = tg.saved_model.load(directory)
        for signature, function in loaded.signatures.items():
            _, inputs, outputs = model.signatures[signature]
            assert [(each.name, each.dtype) for each in inputs] == [
                (spec.name, spec.dtype.name) for spec in function._specs
            ]
            assert {each.name for each in outputs} == set(function.structured_outputs)


def test_it_runs_a_model(tmp_path: Path) -> None:
    PROGRAMS["dense"](tmp_path / "m")
    x = Array("float32", [2, 3], FLOATS.reshape(-1).tolist())
    found = Model(str(tmp_path / "m")).run("serving_default", {"x": x})
    wanted = tg.saved_model.load(tmp_path / "m").signatures["serving_default"](x=tg.constant(FLOATS))
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(np.array(found[name].items).reshape(found[name].dims), value, rtol=1e-6)


def test_assets_and_metadata() -> None:
    assert Model(str(HERE / "1" / "asset")).assets == {"words.txt": b"one\ntwo\n"}
    model = Model(str(HERE / "1" / "shards"))
    assert model.metadata == {"license": "Apache-2.0", "ü": "ä"}
    assert len(model.files) == 3
