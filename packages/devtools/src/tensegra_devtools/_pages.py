"""The pages of the documentation that are made from the tree, and which modules are public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ._catalogue import load
from ._tree import Package, packages

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)[^)]+\)")


def pages(root: Path) -> Iterator[tuple[str, str, str, str]]:
    """Gives each made page: its section, title, name and text."""
    for package in packages(root):
        about = package.directory / "ARCHITECTURE.md"
        if about.is_file():
            # A link into the source tree has no target on the site; its text stays.
            yield "Packages", package.name, f"packages/{package.name}.md", _LINK.sub(r"\1", about.read_text())
        if package.name != "devtools":
            for module in public_modules(package):
                title = module.removeprefix("tensegra.")
                text = f"# {module}\n\n::: {module}\n    options:\n      show_root_heading: false\n"
                yield "Reference", title, f"reference/{module}.md", text
        if catalogue := load(package):
            yield "Errors", package.name, f"errors/{package.name}.md", _errors(package, catalogue)


def public_modules(package: Package) -> list[str]:
    """Returns the dotted names of the package's public modules, those with public names of their own."""
    found = []
    for root, source in package.roots.items():
        for path in source.rglob("*.py"):
            parts = path.relative_to(source).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
            if not any(part.startswith("_") for part in parts):
                found.append(".".join((root, *parts)))
    return sorted(found)


def _errors(package: Package, catalogue: dict[str, dict[str, str]]) -> str:
    lines = [
        f"# Errors of {package.name}",
        "",
        "The code stands at the end of an error's text. It never changes its meaning.",
        "",
        "| code | status | the rule | what to do |",
        "| --- | --- | --- | --- |",
    ]
    for code in sorted(catalogue):
        entry = catalogue[code]
        cells = (entry[field].replace("|", "\\|") for field in ("status", "rule", "cure"))
        lines.append(f"| <a id='{code.lower()}'></a>{code} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
