"""The tree as it is on disk, or as it was at a revision, behind one interface."""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from ._files import tree_files
from ._git import Git
from ._problem import failure


class Snapshot:
    """The files of a tree."""

    label: str
    today: datetime.date

    @cached_property
    def names(self) -> list[str]:
        """All files that are, or would be, committed, relative to the root."""
        raise AssertionError("each kind of snapshot lists its own files")

    def read(self, name: str) -> str | None:
        """Returns the text of a file; None when it is not there."""
        raise AssertionError("each kind of snapshot reads its own files")

    def find(self, pattern: str) -> Iterator[str]:
        """Gives the files that match the pattern, in order; `*` stays within a directory."""
        depth = pattern.count("/")
        for name in self.names:
            if name.count("/") == depth and fnmatch.fnmatchcase(name, pattern):
                yield name

    @cached_property
    def packages(self) -> dict[str, str]:
        """The directory of each package, by its name."""
        found = {
            name.split("/")[1]: name.rpartition("/")[0] for name in self.find("packages/*/pyproject.toml")
        }
        return found | ({"compat": "compat"} if self.read("compat/pyproject.toml") is not None else {})


class WorkTree(Snapshot):
    """The tree on disk."""

    def __init__(self, root: Path, today: datetime.date | None = None) -> None:
        self.root = root
        self.label = "the work tree"
        self.today = today or datetime.date.today()

    @cached_property
    def names(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in tree_files(self.root))

    def read(self, name: str) -> str | None:
        path = self.root / name
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


# What the checks read of a past revision; it is fetched from git at once.
_PARTS = ("rfcs/", "sigs/", "releases/", "CODEOWNERS", "compat/", "packages/")
_FILES = ("pyproject.toml", "CHANGELOG.md", "errors.toml")


def _governs(name: str) -> bool:
    if not name.startswith(_PARTS):
        return False
    if name.startswith(("packages/", "compat/")):
        return "/api/" in name or "/changes/" in name or name.endswith(_FILES)
    return True


class Revision(Snapshot):
    """The tree at a commit."""

    def __init__(self, git: Git, revision: str, today: datetime.date | None = None) -> None:
        commit = git.commit(revision)
        if commit is None:
            raise failure("TG-9002", "devtools", f"revision={revision!r}")
        self.git = git
        self.commit = commit
        self.label = commit[:9] if commit.startswith(revision) else f"{revision} ({commit[:9]})"
        self.today = today or git.date(commit)

    @cached_property
    def names(self) -> list[str]:
        listed = self.git.ask("ls-tree", "-r", "-z", "--name-only", self.commit) or b""
        return sorted(name for name in listed.decode().split("\0") if name)

    def read(self, name: str) -> str | None:
        if _governs(name):
            return self._texts.get(name)
        found = self.git.ask("show", f"{self.commit}:{name}") if name in self.names else None
        return None if found is None else found.decode("utf-8", "replace")

    @cached_property
    def _texts(self) -> dict[str, str]:
        names = [name for name in self.names if _governs(name)]
        asked = "".join(f"{self.commit}:{name}\n" for name in names)
        data = self.git.ask("cat-file", "--batch", feed=asked) or b""
        texts, at = {}, 0
        for name in names:
            end = data.index(b"\n", at)
            size = int(data[at:end].split()[-1])
            texts[name] = data[end + 1 : end + 1 + size].decode("utf-8", "replace")
            at = end + size + 2
        return texts
