"""Checks of single files: the number of lines, the size in bytes, what must not be committed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from ._finding import Finding

_CODE = {".py", ".cc", ".cpp", ".c", ".h", ".hpp", ".sh", ".js", ".cmake"}
_MARKS = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
_GENERATED = re.compile(r"generated", re.IGNORECASE)
_SKIPPED = {".git", ".dev", ".venv", ".nox", "build", "dist", "site", "__pycache__"}
_BYTES = 1_000_000


def tree_files(root: Path) -> list[Path]:
    """Returns the files that are, or would be, committed."""
    if shutil.which("git") and (root / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if listed.returncode == 0:
            paths = (root / name for name in sorted(set(listed.stdout.split("\0"))) if name)
            return [path for path in paths if path.is_file()]
    return sorted(path for path in root.rglob("*") if path.is_file() and not _SKIPPED & set(path.parts))


def is_generated(text: str) -> bool:
    """Tells whether a file says in its first lines that it is generated."""
    return any(
        _GENERATED.search(line) for line in text.splitlines()[:3] if line.startswith(("#", "//", "/*", '"""'))
    )


def check_files(root: Path) -> Iterator[Finding]:
    """Checks every file of the tree."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["tensegra"]["size"]
    soft, hard, waivers = settings["soft"], settings["hard"], settings.get("waivers", {})
    for path in tree_files(root):
        name = path.relative_to(root).as_posix()
        if path.stat().st_size > _BYTES:
            yield Finding(name, f"larger than {_BYTES:,} bytes")
            continue
        if path.suffix not in _CODE and path.name != "CMakeLists.txt":
            continue
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if _MARKS.search(line):
                yield Finding(f"{name}:{number}", "an open end; finish it or file it")
        lines = text.count("\n")
        if is_generated(text):
            continue
        limit = waivers.get(name, hard)
        if lines > limit:
            yield Finding(name, f"{lines} lines, more than {limit}")
        elif lines > soft and name not in waivers:
            yield Finding(name, f"{lines} lines, more than {soft}", fatal=False)
    for name in waivers:
        if not (root / name).is_file():
            yield Finding("pyproject.toml", f"the size waiver of {name} is for a file that does not exist")
