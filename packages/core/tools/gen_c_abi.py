"""Writes api/c_layout.txt and api/c_symbols.txt: what the C interface looks like to a compiler and to a linker.

Part of gen.py. A small C program, made from the headers, prints the sizes, offsets and values; it needs a C compiler.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

CORE = Path(__file__).resolve().parents[1]
API = CORE / "api"
INCLUDE = CORE / "include"

_STRUCT = re.compile(r"typedef struct (\w+) \{(.*?)\n\} \1;", re.DOTALL)
_ENUM = re.compile(r"typedef enum (\w+) \{(.*?)\} \1;", re.DOTALL)
_MACRO = re.compile(r"^#define (TG_\w+)[ \t]+(\(?-?\d+\)?|\"\w+\")", re.MULTILINE)
_FIELD = re.compile(r"(?:\(\*(\w+)\)\(|\b(\w+)$)")


def generate(native: Path) -> dict[Path, str]:
    """The files and what they have to hold. `native` is the extension module; the library lies beside it."""
    return {
        API / "c_layout.txt": layout(INCLUDE),
        API / "c_symbols.txt": symbols(native.parent / "libtensegra.so.0"),
    }


def layout(include: Path) -> str:
    """A line for every public struct, field, enumerator and number, in the order of the headers."""
    prints = []
    for header in sorted((include / "tensegra" / "c").glob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
        prints.append(f'  puts("{header.name}");')
        for name, value in _MACRO.findall(text):
            kind = "%s" if value.startswith('"') else "%d"
            prints.append(f'  printf("  {name} = {kind}\\n", {name});')
        found = [*_ENUM.finditer(text), *_STRUCT.finditer(text)]
        for match in sorted(found, key=lambda match: match.start()):
            name, body = match.groups()
            if match.re is _ENUM:
                prints.append(f'  puts("  enum {name}");')
                for part in body.split(","):
                    if value := part.partition("=")[0].strip():
                        prints.append(f'  printf("    {value} = %d\\n", (int){value});')
                continue
            prints.append(f'  printf("  struct {name}: %zu bytes\\n", sizeof({name}));')
            for field in fields(body):
                size = f"sizeof((({name}*)0)->{field})"
                prints.append(f'  printf("    {field}: %zu at %zu\\n", {size}, offsetof({name}, {field}));')
    lines = [
        "#include <stdio.h>",
        '#include "tensegra/c/tensegra.h"',
        "int main(void) {",
        *prints,
        "  return 0;",
        "}",
    ]
    return _run("\n".join(lines) + "\n", include)


def fields(body: str) -> list[str]:
    """The names of the fields of a struct, in order."""
    names = []
    for declaration in body.split(";"):
        flat = " ".join(declaration.split())
        if not flat:
            continue
        match = _FIELD.search(flat)
        if match is None:
            raise SystemExit(f"gen_c_abi.py: no field in {flat!r}")
        names.append(match[1] or match[2])
    return names


def symbols(library: Path) -> str:
    """What the library exports, a name per line."""
    command = ["nm", "--dynamic", "--defined-only", "--format=posix", str(library)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(f"{line.split()[0]}\n" for line in sorted(found.splitlines()))


def _run(source: str, include: Path) -> str:
    compiler = next((path for name in ("cc", "gcc", "clang") if (path := shutil.which(name))), None)
    if compiler is None:
        raise SystemExit("gen_c_abi.py: a C compiler is needed: install gcc")
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "layout"
        (source_file := program.with_suffix(".c")).write_text(source)
        command = [
            compiler,
            "-std=c11",
            "-Wall",
            "-Werror",
            f"-I{include}",
            str(source_file),
            "-o",
            str(program),
        ]
        subprocess.run(command, check=True)
        return subprocess.run([program], capture_output=True, text=True, check=True).stdout
