"""The goldens of a C interface: `api/c_layout.txt` (sizes, offsets, types, values) and `api/c_symbols.txt` (names).

The headers are read for the names; a small program, compiled with them, tells the numbers. A line of the layout is

    version 0.1
    struct tg_tensor_desc size=80 align=8
    field tg_tensor_desc.data offset=8 size=8 type=void*
    value TG_FLOAT32 = 12
    type tg_text_fn = void (*)(void* context, const char* text, size_t size)
    function tg_get_api = const tg_api* (int32_t major)
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ._problem import failure
from ._run import capture

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_STRUCT = re.compile(r"typedef struct (\w+) \{(.*?)\} \1;", re.DOTALL)
_ENUM = re.compile(r"(?:typedef )?enum\s*(\w*) \{(.*?)\}", re.DOTALL)
_FUNCTION_TYPE = re.compile(r"typedef ([\w ]+\**) ?\(\*(\w+)\)\(([^;]*)\);")
_DEFINE = re.compile(r"^#define ([A-Z]\w+) (\(?-?\d+\)?)[ \t]*$", re.MULTILINE)
_TEXT = re.compile(r'^#define ([A-Z]\w+) ("\w+")[ \t]*$', re.MULTILINE)
_SYMBOL = re.compile(r"^\w+_EXPORT ([^;()]+?)(\w+)\(([^;]*)\);", re.MULTILINE)
_FIELD_FUNCTION = re.compile(r"(.+?)\(\*(\w+)\)\((.*)\)", re.DOTALL)
_FIELD = re.compile(r"(.+?)(\w+)((?:\[\w+\])*)", re.DOTALL)


@dataclass(frozen=True)
class Interface:
    """A C interface: where its headers are, and the names of its version macros."""

    include: Path
    headers: tuple[str, ...]
    version: str = ""


@dataclass
class _Names:
    structs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def interfaces(root: Path) -> dict[str, Interface]:
    """Returns the C interfaces of the tree, by package."""
    found = {}
    core = root / "packages" / "core" / "include"
    if (core / "tensegra" / "c").is_dir():
        names = sorted(f"tensegra/c/{path.name}" for path in (core / "tensegra" / "c").glob("*.h"))
        found["core"] = Interface(core, tuple(names), "TG_ABI")
    lite = root / "packages" / "lite" / "runtime" / "include"
    if (lite / "tensegra" / "lite.h").is_file():
        found["lite"] = Interface(lite, ("tensegra/lite.h",))
    return found


def dump(interface: Interface) -> tuple[str, str]:
    """Returns the layout and the symbols of an interface.

    Raises:
        TaskError: there is no C compiler (TG-9005), or the headers do not compile.
    """
    names = _Names()
    for header in interface.headers:
        _read((interface.include / header).read_text(encoding="utf-8"), names)
    layout = "".join(f"{line}\n" for line in _measure(interface, names))
    return layout, "".join(f"{line}\n" for line in sorted(names.symbols))


def entry_points(interface: Interface) -> dict[str, tuple[str, str]]:
    """Returns what each exported function returns and takes, as the headers write it."""
    found = {}
    for header in interface.headers:
        text = _COMMENT.sub("", (interface.include / header).read_text(encoding="utf-8"))
        for returns, name, arguments in _SYMBOL.findall(text):
            found[name] = (_flat(returns), _flat(arguments))
    return found


def _read(text: str, names: _Names) -> None:
    text = _COMMENT.sub("", text)
    for macro, _ in _DEFINE.findall(text):
        names.values.append(macro)
    names.texts.update(_TEXT.findall(text))
    for _, inside in _ENUM.findall(text):
        names.values += [part.split("=")[0].strip() for part in inside.split(",") if part.strip()]
    for name, inside in _STRUCT.findall(text):
        names.structs[name] = [_field(part) for part in inside.split(";") if part.strip()]
    for returns, name, arguments in _FUNCTION_TYPE.findall(text):
        names.types[name] = f"{_flat(returns)} (*)({_flat(arguments)})"
    for returns, name, arguments in _SYMBOL.findall(text):
        names.symbols[name] = f"{_flat(returns)} ({_flat(arguments)})"


def _field(text: str) -> tuple[str, str]:
    text = text.strip()
    if match := _FIELD_FUNCTION.fullmatch(text):
        return match[2], f"{_flat(match[1])} (*)({_flat(match[3])})"
    match = _FIELD.fullmatch(text)
    if not match:
        raise ValueError(f"the field {text!r} of a C struct could not be read")
    return match[2], _flat(match[1]) + match[3]


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("( ", "(").replace(" )", ")")


def _measure(interface: Interface, names: _Names) -> Iterator[str]:
    code = ["#include <stddef.h>", "#include <stdio.h>"]
    code += [f'#include "{header}"' for header in interface.headers]
    code.append("int main(void) {")
    if interface.version:
        code.append(f'printf("version %d.%d\\n", {interface.version}_MAJOR, {interface.version}_MINOR);')
    for name in sorted(names.types):
        code.append(f'puts("type {name} = {names.types[name]}");')
    for value in sorted(set(names.values)):
        if not re.search(r"_ABI_(MAJOR|MINOR)$", value):
            code.append(f'printf("value {value} = %lld\\n", (long long){value});')
    for name, text in sorted(names.texts.items()):
        code.append(f"puts({json.dumps(f'value {name} = {text}')});")
    for name, fields in sorted(names.structs.items()):
        code.append(f'printf("struct {name} size=%zu align=%zu\\n", sizeof({name}), _Alignof({name}));')
        for member, kind in fields:
            where = f"offsetof({name}, {member}), sizeof((({name}*)0)->{member})"
            code.append(f'printf("field {name}.{member} offset=%zu size=%zu type={kind}\\n", {where});')
    for name in sorted(names.symbols):
        code.append(f'puts("function {name} = {names.symbols[name]}");')
    code.append("return 0; }")
    compiler = next(
        (found for found in map(shutil.which, (os.environ.get("CC", ""), "cc", "gcc", "clang")) if found),
        None,
    )
    if compiler is None:
        raise failure("TG-9005", "abi", "no cc, gcc or clang on PATH")
    with tempfile.TemporaryDirectory() as scratch:
        source, program = Path(scratch) / "layout.c", Path(scratch) / "layout"
        source.write_text("\n".join(code) + "\n", encoding="utf-8")
        capture(compiler, "-std=c11", f"-I{interface.include}", source, "-o", program)
        yield from capture(program).splitlines()
