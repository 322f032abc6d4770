"""Every function of the C headers says what it does, and the page about them knows every table and code."""

from __future__ import annotations

import re
import tomllib

import pytest

from .programs import CORE

HEADERS = sorted((CORE / "include" / "tensegra" / "c").glob("*.h"))
PAGE = (CORE.parents[1] / "docs" / "formats" / "c_abi.md").read_text()
STRUCT = re.compile(r"typedef struct (\w+) \{(.*?)\} \1;", re.DOTALL)
PART = re.compile(
    r"/\*.*?\*/|[^;/]+;(?:[ \t]*/\*.*?\*/)?", re.DOTALL
)  # a comment, or a field and one behind it


def undocumented(text: str) -> list[str]:
    """The functions in tables and definitions that have no comment of their own."""
    found = []
    for struct, body in STRUCT.findall(text):
        last = ""
        for part in PART.findall(body):
            if part.lstrip().startswith("/*"):
                last = part
                continue
            own = (last and "---" not in last) or part.endswith("*/")
            if (match := re.search(r"\(\*(\w+)\)\(", part)) and not own:
                found.append(f"{struct}.{match[1]}")
            last = ""
    return found


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_each_function_is_documented(header: object) -> None:
    assert undocumented(header.read_text()) == []  # type: ignore[attr-defined]


def test_what_is_not_documented_is_found() -> None:
    text = "typedef struct t {\n  /* Size. */\n  size_t a;\n  int (*f)(void);\n  /* g. */\n  int (*g)(void);\n} t;"
    assert undocumented(text) == ["t.f"]


def test_the_page_has_a_row_for_each_table() -> None:
    tables = re.findall(r"const tg_(\w+)_api\* \w+;", (HEADERS[0].parent / "tensegra.h").read_text())
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(tables)


def test_the_page_names_codes_that_there_are() -> None:
    codes = tomllib.loads((CORE / "errors.toml").read_text())
    named = set(re.findall(r"TG-\d{4}", PAGE))
    assert len(named) > 20
    assert named <= set(codes)


def test_no_class_is_defined_twice() -> None:
    """Two classes of one name are one to the linker, which takes the functions of either for both."""
    found: dict[str, list[str]] = {}
    for path in sorted((CORE / "src").rglob("*.h*")):
        for name in re.findall(r"^(?:class|struct) (\w+)\b(?!<)[^;{]*\{", path.read_text(), re.MULTILINE):
            found.setdefault(name, []).append(path.name)
    assert len(found) > 50
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
