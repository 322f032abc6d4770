"""The smoke test of each wheel, with nothing else of ours at hand. `./dev install_matrix` runs them too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensegra_devtools._wheels import published

from .conftest import ROOT, Isolate, needed


@pytest.mark.parametrize("name", [package.name for package in published(ROOT)])
def test_smoke(isolate: Isolate, name: str, tmp_path: Path) -> None:
    # Extras are not installed with a wheel: lite has to work without core.
    names = ["lite"] if name == "lite" else needed(name) if name != "tensegra" else ["core"]
    script = ROOT / "tests" / "install_matrix" / f"smoke_{name}.py"
    assert isolate(*names).output(script, cwd=tmp_path).splitlines()[-1] == "ok"
