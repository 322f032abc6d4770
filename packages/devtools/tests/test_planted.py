"""Proof that the gate bites: planted illegal changes are refused for the right reason, legal ones pass."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tensegra_devtools._finding import Finding
from tensegra_devtools._snapshot import WorkTree
from tensegra_devtools._validate import validate

from . import _plants_legal, _plants_papers, _plants_surface
from ._planted import TODAY, Repository
from ._plants import ILLEGAL, LEGAL, Plant

assert _plants_legal and _plants_papers and _plants_surface


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("planted"))


@pytest.fixture
def repo(repository: Repository) -> Iterator[Repository]:
    first = repository.base
    repository.refresh_later = False
    yield repository
    repository.base = first
    repository.reset()


def _plant(repo: Repository, plant: Plant) -> list[Finding]:
    plant(repo)
    if not repo.refresh_later:
        repo.refresh()
    found = validate(WorkTree(repo.root, TODAY), repo.base_tree())
    return [finding for finding in found if finding.fatal]


@pytest.mark.parametrize("name", ILLEGAL)
def test_an_illegal_change_is_refused_for_the_right_reason(repo: Repository, name: str) -> None:
    code, plant = ILLEGAL[name]
    found = _plant(repo, plant)
    assert code in {finding.code for finding in found}, [str(finding) for finding in found]
    assert all(finding.text.endswith(f"({finding.code})") for finding in found)


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_change_passes(repo: Repository, name: str) -> None:
    assert [str(finding) for finding in _plant(repo, LEGAL[name])] == []


def test_there_are_enough_of_both(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nplanted changes: {len(ILLEGAL)} illegal ones, {len(LEGAL)} legal ones")
    assert len(ILLEGAL) >= 25
    assert len(LEGAL) >= 15
