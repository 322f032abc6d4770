from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import tensegra as tg
from tensegra.data import _errors

_PACKAGE = Path(__file__).parents[1]


def test_every_code_is_in_the_catalogue_and_the_other_way_round() -> None:
    catalogue = tomllib.loads((_PACKAGE / "errors.toml").read_text())
    source = Path(_errors.__file__).parent.rglob("*.py")
    used = {code for file in source for code in re.findall(r"TG-\d{4}", file.read_text())}
    assert used == set(catalogue)
    assert all(set(entry) == {"status", "rule", "cure"} for entry in catalogue.values())
    assert all(2000 <= int(code[3:]) < 3000 for code in catalogue)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ValueError("x"), tg.errors.InvalidArgumentError),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), tg.errors.InvalidArgumentError),
        (IndexError("x"), tg.errors.OutOfRangeError),
        (NotImplementedError("x"), tg.errors.UnimplementedError),
        (tg.errors.DataLossError("x", code="TG-2043"), tg.errors.DataLossError),
        (ZeroDivisionError("x"), tg.errors.UnknownError),
        (StopIteration("x"), tg.errors.UnknownError),
    ],
)
def test_an_error_of_user_code_keeps_its_kind(raised: Exception, expected: type[Exception]) -> None:
    def fail(_: object) -> None:
        raise raised

    with pytest.raises(expected, match=r"\[data.map\] .*raised .*fn=.*fail.*TG-2021") as caught:
        list(tg.data.Dataset.range(1).map(fail))
    assert type(caught.value) is expected
    assert caught.value.__cause__ is raised
