"""What a check of the tree reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that a check found; a fatal one fails the task."""

    path: str
    text: str
    fatal: bool = True
    code: str = ""

    def __str__(self) -> str:
        return f"{'error' if self.fatal else 'warning'}: {self.path}: {self.text}"

    def as_json(self) -> dict[str, str | bool]:
        """The finding as `--json` prints it."""
        return {"path": self.path, "text": self.text, "fatal": self.fatal, "code": self.code}
