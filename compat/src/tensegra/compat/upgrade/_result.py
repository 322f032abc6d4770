"""What the upgrade of one file came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["upgraded", "unchanged", "refused", "unreadable"]
Fate = Literal["rewritten", "moved", "dropped", "note", "manual"]


@dataclass(frozen=True, order=True)
class Finding:
    """One construct of the source and what became of it.

    Attributes:
        line: line of the source, from 1; 0 where the whole file is meant.
        construct: the construct as the source names it, such as `tf.log`.
        fate: `rewritten`, `moved`, `dropped`, `note` (nothing to do, worth knowing) or `manual` (left to you).
        why: one sentence.
        code: code of the error catalogue for `manual` findings, otherwise empty.
    """

    line: int
    construct: str
    fate: Fate
    why: str
    code: str = ""


@dataclass(frozen=True)
class UpgradeResult:
    """The upgraded text of one file and the account of it.

    Attributes:
        filename: the file's name as given.
        source: the text that came in.
        text: the text that comes out; equal to `source` unless `status` is `upgraded`.
        status: `upgraded`; `unchanged` (nothing of TensorFlow 1.x in it); `refused` (left as it was, the
            findings say why, line by line); `unreadable` (not Python 3 source).
        findings: every construct touched or refused, in source order.
    """

    filename: str
    source: str
    text: str
    status: Status
    findings: tuple[Finding, ...] = field(default=())

    @property
    def todo(self) -> tuple[Finding, ...]:
        """The findings that are left to a person, in source order."""
        return tuple(finding for finding in self.findings if finding.fate == "manual")

    def as_dict(self) -> dict[str, Any]:
        """The account as plain values, for JSON."""
        return {
            "file": self.filename,
            "status": self.status,
            "findings": [
                {"line": f.line, "construct": f.construct, "fate": f.fate, "why": f.why}
                | ({"code": f.code} if f.code else {})
                for f in self.findings
            ],
        }
