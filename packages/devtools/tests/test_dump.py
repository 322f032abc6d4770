"""The goldens are what the sources say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tensegra_devtools import _c_layout, _cli_golden, _proto_fields
from tensegra_devtools._dump import abi_texts, abidw, api_texts, apply
from tensegra_devtools._run import TaskError
from tensegra_devtools._tree import packages

PRIVATE = '''
from typing import Any

class _Base:
    def shared(self, x: int) -> int: ...

class Thing(_Base):
    """A thing."""
    kind = "thing"
    def __init__(self, value: Any, *, name: str | None = None) -> None: ...
    @property
    def value(self) -> Any: ...
    @value.setter
    def value(self, value: Any) -> None: ...
    @staticmethod
    def make(*args: int, **kwargs: int) -> "Thing": ...
    def _hidden(self) -> None: ...

def work(x: int, /, y: float = 1.5, *rest: int, flag: bool = True) -> int: ...

LIMIT = 3
'''
INIT = """
__path__ = __import__("pkgutil").extend_path(__path__, __name__)

from tensegra._private import LIMIT as LIMIT
from tensegra._private import Thing as Thing
from tensegra._private import work as work

__all__ = ["LIMIT", "Thing", "work"]
"""


def test_python_names(tree: Any) -> None:
    tree.write("packages/core/src/tensegra/__init__.py", INIT)
    tree.write("packages/core/src/tensegra/_private.py", PRIVATE)
    tree.write(
        "packages/data/src/tensegra/data/__init__.py",
        "from tensegra import Thing as Thing\n__all__ = ['Thing']\n",
    )
    texts = api_texts(tree.root)
    assert texts["packages/core/api/python.api"].splitlines() == [
        "module tensegra",
        "attribute tensegra.LIMIT = 3",
        "class tensegra.Thing()",
        "def tensegra.Thing.__init__(self, value: Any, *, name: str | None = None) -> None",
        "attribute tensegra.Thing.kind = 'thing'",
        "staticmethod tensegra.Thing.make(*args: int, **kwargs: int) -> Thing",
        "def tensegra.Thing.shared(self, x: int) -> int",
        "property tensegra.Thing.value: Any (writable)",
        "def tensegra.work(x: int, /, y: float = 1.5, *rest: int, flag: bool = True) -> int",
    ]
    assert "class tensegra.data.Thing()" in texts["packages/data/api/python.api"]


def test_proto_fields() -> None:
    text = """
    syntax = "proto3";  // a comment
    message Outer {
      reserved 4, 7 to 8;
      repeated int32 numbers = 1; /* another */
      map<string, Inner> by_name = 2;
      oneof choice { string text = 3; bytes data = 5; }
      message Inner { int64 x = 1; }
      enum Kind { NONE = 0; SOME = 1; }
    }
    """
    assert _proto_fields.dump(text).splitlines() == [
        "Outer.numbers = 1 repeated int32",
        "Outer.by_name = 2 map<string, Inner>",
        "Outer.text = 3 string oneof choice",
        "Outer reserved 4",
        "Outer.data = 5 bytes oneof choice",
        "Outer reserved 7",
        "Outer reserved 8",
        "Outer.Inner.x = 1 int64",
        "Outer.Kind.NONE = 0 value",
        "Outer.Kind.SOME = 1 value",
    ]


HEADER = """
/* A comment; with struct words { } */
#define TG_EXPORT
#define TG_ABI_MAJOR 1
#define TG_ABI_MINOR 4
#define TG_LIMIT (-1)
#define TG_NAME "name"
typedef enum tg_kind { TG_A = 0, TG_B = 5 } tg_kind;
typedef struct tg_open tg_open;
typedef void (*tg_fn)(void* context, int count);
typedef struct tg_desc {
  size_t struct_size;
  const char* name; /* owned by nobody */
  int64_t dims[4];
  int (*call)(tg_open* self,
              int more);
} tg_desc;
TG_EXPORT const tg_desc* tg_get(int major);
"""


def test_c_layout(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text("#include <stddef.h>\n#include <stdint.h>\n" + HEADER)
    layout, symbols = _c_layout.dump(_c_layout.Interface(tmp_path, ("a.h",), "TG_ABI"))
    assert symbols == "tg_get\n"
    assert layout.splitlines() == [
        "version 1.4",
        "type tg_fn = void (*)(void* context, int count)",
        "value TG_A = 0",
        "value TG_B = 5",
        "value TG_LIMIT = -1",
        'value TG_NAME = "name"',
        "struct tg_desc size=56 align=8",
        "field tg_desc.struct_size offset=0 size=8 type=size_t",
        "field tg_desc.name offset=8 size=8 type=const char*",
        "field tg_desc.dims offset=16 size=32 type=int64_t[4]",
        "field tg_desc.call offset=48 size=8 type=int (*)(tg_open* self, int more)",
        "function tg_get = const tg_desc* (int major)",
    ]


def test_a_compiler_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.h").write_text(HEADER)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(TaskError, match=r"\(TG-9005\)"):
        _c_layout.dump(_c_layout.Interface(tmp_path, ("a.h",), "TG_ABI"))


def test_abidw_says_when_it_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (said,) = abidw(tmp_path)
    assert "not installed" in said


COMMAND = """
import argparse

def main(arguments=None):
    parser = argparse.ArgumentParser(prog="other", description="Does it.")
    commands = parser.add_subparsers()
    show = commands.add_parser("show", help="shows")
    show.add_argument("place", metavar="DIR", help="where")
    show.add_argument("-d", "--depth", type=int, default=3, metavar="N", help="how\\n deep")
    show.add_argument("--mode", choices=["a", "b"], required=True)
    show.add_argument("--loud", action="store_true")
    parser.parse_args(arguments)

def register(commands):
    commands.add_parser("more", help="more of it").add_argument("--all", action="store_true")
"""


def test_commands(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("packages/data/src/planted_command.py", COMMAND)
    path = tree.root / "packages/data/pyproject.toml"
    path.write_text(
        path.read_text()
        + '[project.scripts]\ntool = "planted_command:main"\n'
        + '[project.entry-points."tensegra.commands"]\nmore = "planted_command:register"\n'
    )
    monkeypatch.syspath_prepend(str(tree.root / "packages/data/src"))
    package = next(package for package in packages(tree.root) if package.name == "data")
    found = _cli_golden.dump(package)
    sys.modules.pop("planted_command")
    assert found["tensegra.more.txt"] == "command tensegra.more # more of it\noption tensegra.more.--all\n"
    assert found["tool.txt"].splitlines() == [
        "command tool # Does it.",
        "command tool.show # shows",
        "argument tool.show.DIR # where",
        "option tool.show.--depth (-d) N = 3 # how deep",
        "option tool.show.--mode MODE {a,b} required",
        "option tool.show.--loud",
    ]


def test_a_command_that_is_not_installed(tree: Any) -> None:
    path = tree.root / "packages/data/pyproject.toml"
    path.write_text(path.read_text() + '[project.scripts]\ntool = "tensegra_not_there:main"\n')
    package = next(package for package in packages(tree.root) if package.name == "data")
    with pytest.raises(TaskError, match=r"\(TG-9006\)"):
        _cli_golden.dump(package)


def test_apply_writes_or_reports(tmp_path: Path) -> None:
    texts = {"api/a.txt": "one\n"}
    findings, written = apply(tmp_path, texts, check=True)
    assert ([finding.code for finding in findings], written) == (["TG-9316"], [])
    assert apply(tmp_path, texts, check=False) == ([], ["api/a.txt"])
    assert apply(tmp_path, texts, check=True) == ([], [])


def test_a_tree_without_headers_has_no_c_golden(tree: Any) -> None:
    assert abi_texts(tree.root) == {}
