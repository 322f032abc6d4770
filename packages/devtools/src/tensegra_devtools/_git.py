"""The few questions that the checks ask git."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ._problem import failure


@dataclass(frozen=True)
class Git:
    """A git checkout."""

    root: Path

    def ask(self, *arguments: str, feed: str | None = None) -> bytes | None:
        """Returns what a git command printed; None when it failed or there is no git."""
        if not shutil.which("git"):
            return None
        data = None if feed is None else feed.encode()
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, input=data, check=False, capture_output=True
        )
        return done.stdout if done.returncode == 0 else None

    def line(self, *arguments: str) -> str | None:
        """Returns the one line that a git command printed."""
        found = self.ask(*arguments)
        return None if found is None else found.decode().strip()

    def commit(self, revision: str) -> str | None:
        """Returns the full hash of a revision; None when it does not exist."""
        return self.line("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")

    def merge_base(self, base: str, head: str) -> str:
        """Returns the commit at which `head` left `base`.

        Raises:
            TaskError: a revision does not exist, or they share no history.
        """
        for revision in (base, head):
            if self.commit(revision) is None:
                raise failure("TG-9002", "devtools", f"revision={revision!r}")
        found = self.line("merge-base", base, head)
        if not found:
            raise failure("TG-9002", "devtools", f"revisions={base!r} and {head!r}, which share no history")
        return found

    def default_base(self) -> str | None:
        """Returns where the work began; None without history.

        That is where it left the main branch, else the last commit where files differ from it, else its parent.
        """
        head = self.commit("HEAD")
        if head is None:
            return None
        for main in ("origin/main", "main"):
            if self.commit(main) is not None:
                found = self.line("merge-base", main, "HEAD")
                if found and found != head:
                    return found
        parent = self.commit("HEAD^1")
        return head if parent is not None and self.line("status", "--porcelain") else parent

    def date(self, revision: str) -> datetime.date:
        """Returns the day of a commit."""
        return datetime.date.fromisoformat(self.line("show", "-s", "--format=%cs", revision) or "1970-01-01")

    def cites(self, text: str) -> list[str]:
        """Returns the commits whose message holds the text, newest first."""
        found = self.line("log", "--format=%h", "--fixed-strings", f"--grep={text}")
        return found.split() if found else []
