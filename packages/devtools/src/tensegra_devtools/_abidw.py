"""Dumps of a C interface by libabigail (`abidw`), and their comparison (`abidiff`), where these tools are installed.

A dump describes every type that the entry points reach, from the debug information of a library. The goldens beside it,
`c_layout.txt` and `c_symbols.txt`, need no such tool and say what kind of change it is; the dump is the second witness,
made by other people's code.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ._c_layout import Interface, entry_points, interfaces
from ._finding import Finding
from ._problem import failure, problem
from ._run import capture

MISSING = "abidw and abidiff are not installed (apt-get install abigail-tools)"
_VERSION = re.compile(r"^version (\d+)\.", re.MULTILINE)


def installed() -> bool:
    """Whether the tools are there."""
    return bool(shutil.which("abidw") and shutil.which("abidiff"))


def dump_library(library: Path, include: Path | None, out: Path) -> None:
    """Writes the dump of a library that was built with -g."""
    out.parent.mkdir(parents=True, exist_ok=True)
    headers: list[str | Path] = ["--headers-dir", include, "--drop-private-types"] if include else []
    options = ["--no-show-locs", "--no-comp-dir-path", "--no-corpus-path"]
    capture("abidw", *headers, *options, "--out-file", out, library)


def dump_headers(interface: Interface, out: Path) -> None:
    """Writes the dump of an interface from its headers alone: nothing of the engine has to be built."""
    code = [f'#include "{header}"' for header in interface.headers]
    for name, (returns, arguments) in entry_points(interface).items():
        code.append(f"{returns} {name}({arguments}) {{ __builtin_trap(); }}")
    with tempfile.TemporaryDirectory() as scratch:
        source, library = Path(scratch) / "interface.c", Path(scratch) / "interface.so"
        source.write_text("\n".join(code) + "\n", encoding="utf-8")
        compiler = next(
            (name for name in (os.environ.get("CC"), "cc", "gcc", "clang") if name and shutil.which(name)),
            None,
        )
        if compiler is None:
            raise failure("TG-9005", "abi", "no cc, gcc or clang on PATH")
        capture(
            compiler, "-std=c11", "-g", "-shared", "-fPIC", f"-I{interface.include}", source, "-o", library
        )
        dump_library(library, interface.include, out)


def compare(old: Path, new: Path) -> tuple[str, str]:
    """Compares two dumps: "same", "changed" (appended to, or worse) or "incompatible"; and the tool's report."""
    done = subprocess.run(["abidiff", str(old), str(new)], capture_output=True, text=True, check=False)
    if done.returncode & 3:
        raise failure("TG-9319", "abi", f"abidiff ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    kind = "incompatible" if done.returncode & 8 else "changed" if done.returncode & 4 else "same"
    return kind, done.stdout


def check_released(root: Path) -> Iterator[Finding]:
    """Compares each interface with the dump of its last release, where one is kept."""
    for package, interface in interfaces(root).items():
        released = root / "packages" / package / "api" / "released" / "interface.abi"
        if not released.is_file():
            continue
        place = released.relative_to(root).as_posix()
        if not installed():
            yield problem("TG-9319", place, MISSING, fatal=os.environ.get("CI") == "true")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            now = Path(scratch) / "now.abi"
            dump_headers(interface, now)
            kind, _ = compare(released, now)
        layouts = [_text(released.parent / "c_layout.txt"), _text(released.parents[1] / "c_layout.txt")]
        majors = [match[1] if (match := _VERSION.search(text)) else "" for text in layouts]
        if kind == "incompatible" and majors[0] == majors[1] and majors[0] != "0":
            yield problem("TG-9319", place, "abidiff finds it incompatible within a major version")
        elif kind != "same" and layouts[0] == layouts[1]:
            yield problem(
                "TG-9319", place, f"abidiff finds it {kind}, while c_layout.txt says that nothing changed"
            )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
