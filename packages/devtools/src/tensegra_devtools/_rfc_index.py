"""What is derived about proposals and never typed: their progress, and the table in rfcs/README.md."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ._git import Git
from ._release import fragments, records
from ._rfc import Rfc, rfcs
from ._sig import replace_region
from ._snapshot import Snapshot

INDEX = "rfcs/README.md"
BEGIN, END = "<!-- begin: made by ./dev rfc -- list --write -->", "<!-- end -->"
_DRAFT_DAYS = 90
_ACCEPTED_MINORS = 2


@dataclass(frozen=True)
class Progress:
    """How far a proposal has come: `status`, and what shows it."""

    status: str
    fragments: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()


def progress(rfc: Rfc, tree: Snapshot, git: Git | None = None) -> Progress:
    """Derives how far a proposal has come from change fragments, release records and commits."""
    cited = tuple(item.path for item in fragments(tree) if rfc.number in item.rfcs)
    known = records(tree)
    shipped = tuple(
        f"{record.package} {record.text}"
        for items in known.of.values()
        for record in items
        if rfc.number in record.rfcs
    )
    commits = tuple(git.cites(rfc.name)) if git else ()
    return Progress(_status(rfc, tree, cited, shipped, commits), cited, shipped, commits)


def _status(
    rfc: Rfc, tree: Snapshot, cited: tuple[str, ...], shipped: tuple[str, ...], commits: tuple[str, ...]
) -> str:
    if rfc.meta.get("superseded_by"):
        return f"superseded by RFC-{rfc.meta['superseded_by']:04}"
    if rfc.state == "draft":
        return "lapsed" if _days(tree.today, rfc.meta.get("created")) > _DRAFT_DAYS else "draft"
    if rfc.state != "accepted":
        return rfc.state
    if shipped:
        return f"shipped in {shipped[0]}"
    if cited or commits:
        return "implementing"
    decided = (rfc.meta.get("decision") or {}).get("date")
    later = [
        len({record.version[:2] for record in items if decided and record.date > decided})
        for items in records(tree).of.values()
    ]
    return "lapsed" if max(later, default=0) >= _ACCEPTED_MINORS else "accepted"


def _days(today: datetime.date, created: object) -> int:
    return (today - created).days if isinstance(created, datetime.date) else 0


def index(tree: Snapshot) -> str:
    """Returns rfcs/README.md with its table made anew; what time changes is not in it."""
    rows = ["| number | title | kind | state | group |", "| --- | --- | --- | --- | --- |"]
    for number, rfc in sorted(rfcs(tree).items()):
        name = rfc.path.removeprefix("rfcs/")
        rows.append(
            f"| [{number:04}]({name}) | {rfc.title} | {rfc.kind} | {rfc.state} | {rfc.meta.get('sig', '')} |"
        )
    return replace_region(tree.read(INDEX) or "", BEGIN, END, "\n".join(rows))
