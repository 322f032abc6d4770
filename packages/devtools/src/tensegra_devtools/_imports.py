"""Checks what each package imports: only what it may, and only what its requirements declare."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ._finding import Finding
from ._tree import Package, packages
from ._wheels import all_requirements

# Which package may import which; core is open to all, compat may import anything.
ALLOWED: dict[str, set[str]] = {
    "core": set(),
    "data": {"core"},
    "layers": {"core"},
    "probability": {"core"},
    "agents": {"core", "layers", "probability", "data"},
    "serving": {"core"},
    "lite": {"core"},
    "compat": {"core", "layers", "data", "probability", "agents", "serving", "lite"},
}
# Import names that are not the name of their distribution.
_DISTRIBUTIONS = {"google": "protobuf", "PIL": "pillow", "yaml": "pyyaml", "grpc": "grpcio"}


def check_imports(root: Path) -> Iterator[Finding]:
    """Checks the imports of all published packages, those inside functions too."""
    owners = {name: package.name for package in packages(root) for name in package.roots}
    for package in packages(root):
        if package.name not in ALLOWED:
            continue
        declared = _declared(package)
        for source in package.roots.values():
            for path in sorted(source.rglob("*.py")):
                name = path.relative_to(root).as_posix()
                for line, module in _imported(path):
                    if text := _fault(package.name, module, owners, declared):
                        yield Finding(f"{name}:{line}", text)


def _fault(package: str, module: str, owners: dict[str, str], declared: set[str]) -> str | None:
    """Says what is wrong with importing `module` in `package`."""
    top, _, rest = module.partition(".")
    if top in sys.stdlib_module_names:
        return None
    if top != "tensegra":
        distribution = _DISTRIBUTIONS.get(top, top).lower().replace("_", "-")
        return None if distribution in declared else f"{distribution} is not among the requirements"
    other = owners.get(f"tensegra.{rest.partition('.')[0]}", "core")
    if other == package:
        return None
    if other not in ALLOWED[package]:
        return f"{package} may not import {other}"
    return None if f"tensegra-{other}" in declared else f"tensegra-{other} is not among the requirements"


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "tensegra":
                for alias in node.names:
                    yield node.lineno, f"tensegra.{alias.name}"
            else:
                yield node.lineno, node.module


def _declared(package: Package) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", item) for item in all_requirements(package))
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in names if match}
