from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tensegra_devtools import _matrix
from tensegra_devtools._environments import Environment
from tensegra_devtools._run import TaskError

SIZES = {"pip": 9_000_000, "tensegra-data": 100_000, "tensegra-core": 900_000, "numpy": 20_000_000}


@pytest.fixture
def matrix(tree: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The matrix over a small tree whose installations are only told, with figures that a test may change."""
    figures = {"ms": 10.0, "modules": 3, "protobuf": False, "wheel": 1000}
    (tree.root / "build").mkdir()

    def build(root: Path, chosen: Any) -> dict[Path, str]:
        wheels = {}
        for package in chosen:
            wheel = root / f"tensegra_{package.name}-1.0-py3-none-any.whl"
            wheel.write_bytes(b"x" * int(figures["wheel"]))
            wheels[wheel] = ""
        return wheels

    def capture(*command: Any, **_: Any) -> str:
        return json.dumps(SIZES if "distributions" in str(command[-1]) else figures)

    monkeypatch.setattr(_matrix, "build", build)
    monkeypatch.setattr(_matrix, "capture", capture)
    monkeypatch.setattr(_matrix, "run", lambda *command, **options: None)
    monkeypatch.setattr(Environment, "create", lambda env: None)
    monkeypatch.setattr(Environment, "pip", lambda env, *arguments: None)
    return tree, figures


def test_sizes_leave_out_what_an_empty_environment_holds(matrix: Any) -> None:
    tree, _ = matrix
    rows = {row.package: row for row in _matrix.install_matrix(tree.root)}
    assert list(rows) == ["core", "data"]
    assert rows["data"].installed_mb == pytest.approx(21.0)
    assert rows["data"].own_mb == pytest.approx(1.0)
    assert rows["data"].distributions == ("numpy", "tensegra-core")
    assert (tree.root / "build" / "install_matrix.json").is_file()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ms": 41.0}, "core: import takes 41 ms beyond numpy"),
        ({"protobuf": True}, "core: import loads protobuf"),
        ({"wheel": 2_100_000}, r"data: the wheel is 2\.10 MB \(bar 2 MB\)"),
        ({"wheel": 8_100_000}, r"core: the wheel is 8\.10 MB \(bar 8 MB\)"),
    ],
)
def test_a_figure_past_its_bar_fails(matrix: Any, change: dict[str, Any], text: str) -> None:
    tree, figures = matrix
    figures |= change
    with pytest.raises(TaskError, match=text):
        _matrix.install_matrix(tree.root)
