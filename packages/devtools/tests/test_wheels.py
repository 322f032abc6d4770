from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensegra_devtools import _wheels
from tensegra_devtools._run import TaskError


def test_closure_follows_requirements_and_extras(tree: Any) -> None:
    tree.package("agents", '"tensegra-data>=1", "rich"')
    tree.package("layers", '"tensegra-core"')
    assert [package.name for package in _wheels.closure(tree.root, ["agents"])] == ["core", "agents", "data"]


def test_requirements_leave_out_our_own(tree: Any) -> None:
    tree.package("agents", '"tensegra-data>=1", "rich>=13"')
    agents = next(package for package in _wheels.published(tree.root) if package.name == "agents")
    assert _wheels.requirements(agents, extras=True) == ["rich>=13"]


def test_a_wheel_is_built_again_only_when_its_sources_changed(
    tree: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []

    def build(root: Path, package: Any, sources: str) -> Path:
        built.append(package.name)
        out = root / "build" / "wheels" / package.name
        out.mkdir(parents=True, exist_ok=True)
        (out / "sources").write_text(sources)
        wheel = out / f"tensegra_{package.name}-1.0.0-py3-none-any.whl"
        wheel.write_text("")
        return wheel

    monkeypatch.setattr(_wheels, "_build", build)
    data = [package for package in _wheels.published(tree.root) if package.name == "data"]
    first = _wheels.build(tree.root, data)
    assert _wheels.build(tree.root, data) == first
    tree.write("packages/data/tests/test_more.py", "")
    assert _wheels.build(tree.root, data) == first
    tree.write("packages/data/src/tensegra/data/_more.py", "")
    assert _wheels.build(tree.root, data) != first
    assert built == ["data", "data"]


def test_a_missing_compiler_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(TaskError, match=r"no C\+\+ compiler was found\. Install one: apt-get install g\+\+"):
        _wheels._check_compiler()
