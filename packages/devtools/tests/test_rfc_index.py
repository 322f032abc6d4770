"""The status of a proposal that nobody types."""

from __future__ import annotations

import datetime

import pytest

from tensegra_devtools._rfc import parse, rfcs
from tensegra_devtools._rfc_index import progress
from tensegra_devtools._snapshot import WorkTree

from ._planted import Repository, rfc


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("index"))


def _status(repo: Repository, number: int, day: str) -> str:
    tree = WorkTree(repo.root, datetime.date.fromisoformat(day))
    return progress(rfcs(tree)[number], tree).status


def test_a_draft_lapses_after_ninety_days(repo: Repository) -> None:
    assert _status(repo, 10, "2027-04-01") == "draft"
    assert _status(repo, 10, "2027-04-02") == "lapsed"


def test_an_accepted_proposal_lapses_after_two_minors_without_a_citation(repo: Repository) -> None:
    # Accepted in January 2027; 2.1, 2.2 and 2.3 followed.
    assert _status(repo, 2, "2028-06-01") == "lapsed"
    repo.fragment(2)
    assert _status(repo, 2, "2028-06-01") == "implementing"


def test_a_release_that_cites_it_ships_it(repo: Repository) -> None:
    assert _status(repo, 1, "2028-06-01") == "shipped in core 2.0.0"


def test_a_proposal_that_was_superseded_says_by_which(repo: Repository) -> None:
    tree = WorkTree(repo.root)
    old = parse("rfcs/0002-proposal.md", rfc(2, superseded_by=7))
    assert progress(old, tree).status == "superseded by RFC-0007"


def test_a_file_whose_front_matter_is_broken_is_told_as_such() -> None:
    assert parse("rfcs/0001-a.md", "# no front matter").trouble
    assert "YAML" in parse("rfcs/0001-a.md", "---\nrfc: [\n---\n").trouble
    assert "twice" in parse("rfcs/0001-a.md", "---\nrfc: 1\nrfc: 2\n---\n").trouble
    assert "keys and values" in parse("rfcs/0001-a.md", "---\n- 1\n---\n").trouble
