from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensegra_devtools._environments import Environment, ensure, group


@pytest.fixture
def calls(tree: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What pip and virtualenv were asked for, instead of asking them."""
    tree.write("constraints.txt", "rich==1\n")
    found: list[tuple[str, ...]] = []

    def create(env: Environment) -> None:
        env.directory.mkdir(parents=True, exist_ok=True)
        found.append(("create",))

    def pip(env: Environment, *arguments: str | Path) -> None:
        found.append(tuple(str(item) for item in arguments if not str(item).startswith("-")))

    monkeypatch.setattr(Environment, "create", create)
    monkeypatch.setattr(Environment, "pip", pip)
    return found


def test_groups_may_include_groups(tree: Any) -> None:
    tree.write("pyproject.toml", '[dependency-groups]\na = ["x"]\nb = ["y", {include-group = "a"}]\n')
    assert group(tree.root, "b") == ["y", "x"]


def test_the_same_requirements_install_nothing_again(tree: Any, calls: list[tuple[str, ...]]) -> None:
    wheel = tree.root / "tensegra_data-1.0-py3-none-any.whl"
    ensure(tree.root, "x", ["rich"], {wheel: "1"})
    first = list(calls)
    assert [call[0] for call in first] == ["create", "install", "install"]
    assert first[1][-1] == "rich"
    assert first[2][-1] == str(wheel)
    ensure(tree.root, "x", ["rich"], {wheel: "1"})
    assert calls == first


def test_a_changed_wheel_alone_is_installed_again(tree: Any, calls: list[tuple[str, ...]]) -> None:
    data, core = (tree.root / f"tensegra_{name}-1.0-py3-none-any.whl" for name in ("data", "core"))
    ensure(tree.root, "x", ["rich"], {data: "1", core: "1"})
    calls.clear()
    ensure(tree.root, "x", ["rich"], {data: "2", core: "1"})
    assert calls == [("install", str(data))]


def test_changed_requirements_or_versions_make_it_anew(tree: Any, calls: list[tuple[str, ...]]) -> None:
    ensure(tree.root, "x", ["rich"])
    calls.clear()
    ensure(tree.root, "x", ["rich", "numpy"])
    assert [call[0] for call in calls] == ["create", "install"]
    calls.clear()
    tree.write("constraints.txt", "rich==2\n")
    ensure(tree.root, "x", ["rich", "numpy"])
    assert [call[0] for call in calls] == ["create", "install"]
