"""What the upgrade of one file came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ._verification import Verification

Status = Literal["upgraded", "shimmed", "unchanged", "refused", "unreadable"]
Fate = Literal["rewritten", "moved", "dropped", "shimmed", "note", "manual"]


@dataclass(frozen=True, order=True)
class Finding:
    """One construct of the source and what became of it.

    Attributes:
        line: line of the source, from 1; 0 where the whole file is meant.
        construct: the construct as the source names it, such as `tf.log`.
        fate: `rewritten`, `moved`, `dropped`, `shimmed`, `note` (worth knowing) or `manual` (left to you).
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
        text: the text that comes out; equal to `source` unless `status` is `upgraded` or `shimmed`.
        status: `upgraded` (native); `shimmed` (it runs on `tensegra.compat.v1`); `unchanged` (nothing of TensorFlow
            in it); `refused` (left as it was, the findings say why, line by line); `unreadable` (no source text).
        findings: every construct touched or refused, in source order.
        shape: what kind of 1.x program it is: `script` (graph and session), `class` (an object holds the session),
            `library` (it builds graphs), `estimator`, `eager` or `plain`.
        alone: whether no other file of its program uses TensorFlow.
        verification: how the values that it fetches compare with those before, where that was asked for.
    """

    filename: str
    source: str
    text: str
    status: Status
    findings: tuple[Finding, ...] = field(default=())
    shape: str = "plain"
    alone: bool = True
    verification: Verification | None = None

    @property
    def todo(self) -> tuple[Finding, ...]:
        """The findings that are left to a person, in source order."""
        return tuple(finding for finding in self.findings if finding.fate == "manual")

    @property
    def changed(self) -> bool:
        """Whether the text that comes out is another one."""
        return self.status in ("upgraded", "shimmed") and self.text != self.source

    @property
    def confidence(self) -> str:
        """How sure the result is: `high`, `medium` (read the notes) or `low` (there is something left to do)."""
        if self.todo or self.status in ("refused", "unreadable"):
            return "low"
        if self.verification is not None and self.verification.verdict in ("equal", "drifts", "differs"):
            return "low" if self.verification.verdict == "differs" else "high"
        return "medium" if any(finding.fate == "note" for finding in self.findings) else "high"

    def as_dict(self) -> dict[str, Any]:
        """The account as plain values, for JSON."""
        return {
            "file": self.filename,
            "status": self.status,
            "shape": self.shape,
            "confidence": self.confidence,
            "findings": [
                {"line": f.line, "construct": f.construct, "fate": f.fate, "why": f.why}
                | ({"code": f.code} if f.code else {})
                for f in self.findings
            ],
        } | ({"verification": self.verification.as_dict()} if self.verification is not None else {})
