"""The proposals, groups and goldens of this tree itself."""

from __future__ import annotations

import re

import pytest

from tensegra_devtools._dump import abi_texts, api_texts, apply
from tensegra_devtools._rfc import rfcs
from tensegra_devtools._sig import matches, sigs
from tensegra_devtools._snapshot import WorkTree
from tensegra_devtools._validate import validate

from .conftest import ROOT


@pytest.fixture(scope="module")
def tree() -> WorkTree:
    return WorkTree(ROOT)


def test_everything_is_valid(tree: WorkTree) -> None:
    assert [str(finding) for finding in validate(tree, None, ["rfcs", "sigs"]) if finding.fatal] == []


def test_the_founding_decisions_are_recorded(tree: WorkTree) -> None:
    known = rfcs(tree)
    assert {number for number, rfc in known.items() if rfc.kind == "record"} == set(range(1, 17))
    assert all(known[number].state == "accepted" for number in range(1, 17))


def test_every_path_has_one_owner(tree: WorkTree) -> None:
    groups = sigs(tree)
    assert set(groups) == {
        "core",
        "layers",
        "data",
        "probability",
        "agents",
        "serving",
        "lite",
        "compat",
        "docs",
    }
    for name in (
        "packages/data/src/tensegra/data/_new.py",
        "docs/new/page.md",
        "rfcs/0099-new.md",
        "new.toml",
    ):
        assert sum(any(matches(glob, name) for glob in sig.owns) for sig in groups.values()) == 1


def test_what_the_tree_cites_exists(tree: WorkTree) -> None:
    known = rfcs(tree)
    texts = [
        name for name in tree.names if name.endswith((".py", ".h", ".hpp", ".cc", ".md", ".toml", ".proto"))
    ]
    wrong = [
        (name, number)
        for name in texts
        if not name.startswith("packages/devtools/tests/")
        for number in re.findall(r"\bRFC-(0\d{3})\b", tree.read(name) or "")
        if int(number) not in known or known[int(number)].state in ("rejected", "withdrawn")
    ]
    assert wrong == []


def test_goldens_are_fresh(tree: WorkTree) -> None:
    findings, _ = apply(ROOT, api_texts(ROOT) | abi_texts(ROOT), check=True)
    assert [str(finding) for finding in findings] == []
