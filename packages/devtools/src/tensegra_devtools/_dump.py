"""Writes goldens, or compares them with what is there."""

from __future__ import annotations

from pathlib import Path

from . import _abidw, _c_layout, _proto_fields
from ._finding import Finding
from ._problem import problem
from ._tree import packages
from ._wheels import has_commands


def api_texts(root: Path) -> dict[str, str]:
    """Returns the goldens that are read from sources: Python names and protobuf fields."""
    from . import _python_api

    directories = {package.name: package.directory for package in packages(root)}
    found = {}
    for name, text in _python_api.dump_all(root).items():
        found[_name(root, directories[name] / "api" / "python.api")] = text
    for directory in directories.values():
        protos = sorted((directory / "proto").glob("*.proto"))
        if protos:
            text = "".join(_proto_fields.dump(path.read_text(encoding="utf-8")) for path in protos)
            found[_name(root, directory / "api" / "proto_fields.txt")] = text
    return found


def cli_texts(root: Path) -> dict[str, str]:
    """Returns the goldens of the commands; the packages that have some must be installed."""
    from . import _cli_golden

    found = {}
    for package in packages(root):
        if package.name != "devtools" and has_commands(package):
            for name, text in _cli_golden.dump(package).items():
                found[_name(root, package.directory / "api" / "cli" / name)] = text
    return found


def abi_texts(root: Path) -> dict[str, str]:
    """Returns the goldens of the C interfaces."""
    directories = {package.name: package.directory for package in packages(root)}
    found = {}
    for name, interface in _c_layout.interfaces(root).items():
        layout, symbols = _c_layout.dump(interface)
        found[_name(root, directories[name] / "api" / "c_layout.txt")] = layout
        found[_name(root, directories[name] / "api" / "c_symbols.txt")] = symbols
    return found


def abidw(root: Path, library: Path | None = None) -> list[str]:
    """Writes the dumps that releases keep, api/released/interface.abi, and says what was done.

    Args:
        root: The root of the tree.
        library: A libtensegra that was built with -g; by default core's dump is made of the headers alone.
    """
    if not _abidw.installed():
        return [f"{_abidw.MISSING}: c_layout.txt and c_symbols.txt stand alone"]
    said = []
    for package, interface in _c_layout.interfaces(root).items():
        out = root / "packages" / package / "api" / "released" / "interface.abi"
        if library is not None and package == "core":
            _abidw.dump_library(library, interface.include, out)
        else:
            _abidw.dump_headers(interface, out)
        said.append(f"{_name(root, out)}: written")
    return said


def apply(root: Path, texts: dict[str, str], *, check: bool) -> tuple[list[Finding], list[str]]:
    """Writes the files that differ, or reports them when `check`."""
    findings, written = [], []
    for name, text in texts.items():
        path = root / name
        if (path.read_text(encoding="utf-8") if path.is_file() else "") == text:
            continue
        if check:
            findings.append(problem("TG-9316", name, "a golden that is not what the sources give"))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(name)
    return findings, written


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
