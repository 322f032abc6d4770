from __future__ import annotations

import pickle
import re
import tomllib
from pathlib import Path

import pytest

import tensegra as tg
from tensegra import _errors

_CATALOGUE = tomllib.loads((Path(__file__).parents[1] / "errors.toml").read_text())

_OTHER_PARTS = {"agents", "compat", "data", "keras", "layers", "lite", "probability", "serving"}

# gRPC's canonical codes.
_CODES = {
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}


def test_there_is_one_class_for_each_canonical_code() -> None:
    assert {cls.status: cls.code for cls in _errors.CLASSES} == _CODES
    for cls in _errors.CLASSES:
        name = "".join(part.capitalize() for part in cls.status.split("_")) + "Error"
        assert getattr(tg.errors, name) is cls
        assert cls.__module__ == "tensegra.errors"


@pytest.mark.parametrize(
    ("cls", "twin"),
    [
        (tg.errors.InvalidArgumentError, ValueError),
        (tg.errors.DeadlineExceededError, TimeoutError),
        (tg.errors.NotFoundError, FileNotFoundError),
        (tg.errors.NotFoundError, LookupError),
        (tg.errors.AlreadyExistsError, FileExistsError),
        (tg.errors.PermissionDeniedError, PermissionError),
        (tg.errors.ResourceExhaustedError, MemoryError),
        (tg.errors.FailedPreconditionError, RuntimeError),
        (tg.errors.OutOfRangeError, IndexError),
        (tg.errors.UnimplementedError, NotImplementedError),
        (tg.errors.UnavailableError, OSError),
        (tg.errors.DataLossError, OSError),
    ],
)
def test_a_class_is_caught_as_its_python_twin(cls: type[tg.errors.Error], twin: type[Exception]) -> None:
    with pytest.raises(twin) as caught:
        raise cls("[op] rule.", code="TG-0101")
    assert isinstance(caught.value, tg.errors.Error)
    assert str(caught.value) == "[op] rule. (TG-0101)"


@pytest.mark.parametrize("cls", _errors.CLASSES)
def test_text_code_and_pickle(cls: type[tg.errors.Error]) -> None:
    error = cls("[op] rule. Received: x=1.", code="TG-0105")
    copy = pickle.loads(pickle.dumps(error))
    for each in (error, copy):
        assert type(each) is cls
        assert str(each) == "[op] rule. Received: x=1. (TG-0105)"
        assert (each.error_code, each.message, each.code) == (
            "TG-0105",
            "[op] rule. Received: x=1.",
            cls.code,
        )
    assert str(cls("no code")) == "no code"


def test_a_code_in_the_text_is_not_doubled() -> None:
    assert str(tg.errors.InternalError("it broke. (TG-0001)", code="TG-0001")) == "it broke. (TG-0001)"


def test_make_error_gives_the_class_of_the_number() -> None:
    for status, number in _CODES.items():
        assert _errors.make_error(number, "TG-0001", "x").status == status
    for number in (0, 17, -1):
        assert type(_errors.make_error(number, "TG-0001", "x")) is tg.errors.UnknownError


def test_the_python_sources_use_codes_of_the_catalogue() -> None:
    source = Path(_errors.__file__).parent
    for file in source.rglob("*.py"):
        if file.relative_to(source).parts[0] in (
            "layers",
            "data",
            "probability",
            "agents",
            "serving",
            "lite",
            "compat",
        ):
            continue
        for code in re.findall(r"TG-\d{4}", file.read_text()):
            assert code in _CATALOGUE, f"{file}: {code}"


def test_statuses_in_the_catalogue_are_canonical() -> None:
    assert {entry["status"] for entry in _CATALOGUE.values()} <= set(_CODES)
