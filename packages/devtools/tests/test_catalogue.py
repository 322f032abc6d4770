from __future__ import annotations

from typing import Any

import pytest

from tensegra_devtools._catalogue import check_catalogues

_GOOD = '[TG-2001]\nstatus = "INVALID_ARGUMENT"\nrule = "A rule."\ncure = "A cure."\n'


def _texts(tree: Any) -> list[str]:
    return [finding.text for finding in check_catalogues(tree.root)]


def _raise_and_test(tree: Any, code: str = "TG-2001") -> None:
    tree.write("packages/data/src/tensegra/data/_a.py", f"raise ValueError('{code}')\n")
    tree.write("packages/data/tests/test_a.py", f"CODE = '{code}'\n")


def test_a_code_that_is_listed_raised_and_tested_is_fine(tree: Any) -> None:
    tree.write("packages/data/errors.toml", _GOOD)
    _raise_and_test(tree)
    assert _texts(tree) == []


def test_a_code_outside_the_range_of_its_package_is_found(tree: Any) -> None:
    tree.write("packages/data/errors.toml", _GOOD.replace("TG-2001", "TG-3001"))
    _raise_and_test(tree, "TG-3001")
    assert _texts(tree) == ["TG-3001 is not TG-2000 to TG-2999"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (('"INVALID_ARGUMENT"', '"WRONG"'), "TG-2001: status 'WRONG' is not a canonical code"),
        (('"A cure."', '" "'), "TG-2001: lacks cure"),
    ],
)
def test_wrong_fields_are_found(tree: Any, change: tuple[str, str], text: str) -> None:
    tree.write("packages/data/errors.toml", _GOOD.replace(*change))
    _raise_and_test(tree)
    assert _texts(tree) == [text]


def test_unlisted_unraised_and_untested_codes_are_found(tree: Any) -> None:
    _raise_and_test(tree)
    assert _texts(tree) == ["TG-2001 is raised but in no catalogue"]
    tree.write("packages/data/errors.toml", _GOOD)
    tree.write("packages/data/tests/test_a.py", "")
    assert _texts(tree) == ["TG-2001 is not named by any test"]
    tree.write("packages/data/src/tensegra/data/_a.py", "")
    assert _texts(tree) == ["TG-2001 is never raised"]


def test_a_package_needs_a_catalogue(tree: Any) -> None:
    (tree.root / "packages/data/errors.toml").unlink()
    assert _texts(tree) == ["the package has no error catalogue"]
