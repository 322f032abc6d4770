"""What is right and wrong about proposals: the rules that every command and every check of them share."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ._finding import Finding
from ._problem import problem
from ._release import fragments, records
from ._rfc import (
    BREAKING,
    FILE,
    HEADINGS,
    KINDS,
    OPTIONAL,
    REQUIRED,
    STATES,
    SURFACE,
    Rfc,
    cite,
    rfc_files,
    rfcs,
)
from ._rfc_index import INDEX, index
from ._sig import sigs
from ._snapshot import Snapshot

LAZY = "lazy consensus"
REVIEW_DAYS = {"small": 3, "full": 10, "record": 0}
SMALL_SYMBOLS = 5
_SMALL_WORDS = 700
_TYPES: dict[str, type | tuple[type, ...]] = {
    "rfc": int,
    "title": str,
    "kind": str,
    "state": str,
    "sig": str,
    "authors": list,
    "sponsor": str,
    "created": datetime.date,
    "surface": list,
    "breaking": str,
    "review_until": datetime.date,
    "decision": dict,
    "tracking": str,
    "supersedes": list,
    "superseded_by": int,
}
_PLACEHOLDER = re.compile(
    r"<[a-z][^<>\n]*\.\.\.>|\b(?:TBD|tbd|lorem ipsum|fill in|FILL IN)\b|^\s*\.\.\.\s*$", re.MULTILINE
)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
# The states that may follow each state; a file that is new may begin as draft or review, or as NEW says.
NEXT = {
    "draft": {"review", "withdrawn"},
    "review": {"draft", "accepted", "rejected", "withdrawn"},
    "accepted": {"withdrawn"},
    "rejected": set(),
    "withdrawn": set(),
}
NEW = {"small": {"accepted"}, "full": set(), "record": {"accepted"}}
FROZEN = ("kind", "sig", "created", "decision", "surface", "breaking")
DECIDED = ("accepted", "rejected")


def check_rfcs(tree: Snapshot, base: Snapshot | None = None) -> Iterator[Finding]:
    """Checks every proposal of the tree by itself, beside the others, and against what it was at `base`."""
    files = rfc_files(tree)
    known = rfcs(tree)
    for number, count in Counter(rfc.number for rfc in files).items():
        if number and count > 1:
            names = [rfc.path for rfc in files if rfc.number == number]
            yield problem("TG-9113", names[-1], f"the number {number:04} in {' and '.join(names)}")
    yield from _check_titles(files)
    for rfc in files:
        found = list(_check_form(rfc))
        yield from found
        if not found:
            yield from _check_dates(rfc)
            yield from _check_people(rfc, tree)
            yield from _check_decision(rfc, tree)
            yield from _check_surface(rfc)
            yield from _check_links(rfc, known)
        yield from _check_body(rfc)
    if base is not None:
        yield from _check_history(known, rfcs(base), base, tree)
    yield from _check_citations(tree, known)
    if files and tree.read(INDEX) != index(tree):
        yield problem("TG-9121", INDEX, "a table that differs from the files")


def _check_titles(files: list[Rfc]) -> Iterator[Finding]:
    first: dict[str, Rfc] = {}
    for rfc in files:
        if rfc.state not in ("draft", "review"):
            continue
        other = first.setdefault(rfc.title.casefold(), rfc)
        if other is not rfc:
            yield problem("TG-9122", rfc.path, f"title={rfc.title!r}, as in {other.path}")


def _check_form(rfc: Rfc) -> Iterator[Finding]:
    if not FILE.fullmatch(rfc.path):
        yield problem("TG-9113", rfc.path, f"file={rfc.path!r}")
    if rfc.trouble:
        yield problem("TG-9101", rfc.path, rfc.trouble)
        return
    for key in sorted(set(map(str, rfc.meta)) - {*REQUIRED, *OPTIONAL}):
        yield problem("TG-9102", rfc.path, f"key={key!r}")
    for key in REQUIRED:
        if rfc.meta.get(key) in (None, "", []) and not (key == "surface" and rfc.meta.get(key) == []):
            yield problem("TG-9103", rfc.path, f"no {key!r}")
    for key, kind in _TYPES.items():
        value = rfc.meta.get(key)
        if value is not None and (
            not isinstance(value, kind) or isinstance(value, (bool, datetime.datetime))
        ):
            code = "TG-9105" if kind is datetime.date else "TG-9104"
            yield problem(code, rfc.path, f"{key}={value!r}")
    for key, allowed in (("kind", KINDS), ("state", STATES), ("breaking", BREAKING)):
        value = rfc.meta.get(key)
        if isinstance(value, str) and value not in allowed:
            yield problem("TG-9104", rfc.path, f"{key}={value!r}; {key} is one of {', '.join(allowed)}")
    number = rfc.meta.get("rfc")
    if FILE.fullmatch(rfc.path) and isinstance(number, int) and number != rfc.number:
        yield problem("TG-9113", rfc.path, f"rfc={number}")


def _check_dates(rfc: Rfc) -> Iterator[Finding]:
    created, until = rfc.meta["created"], rfc.meta.get("review_until")
    if rfc.state == "review" and until is None:
        yield problem("TG-9103", rfc.path, "no 'review_until' in state 'review'")
    if until is not None and until < created + datetime.timedelta(days=REVIEW_DAYS[rfc.kind]):
        yield problem("TG-9117", rfc.path, f"created={created}, review_until={until}, kind={rfc.kind!r}")


def _check_people(rfc: Rfc, tree: Snapshot) -> Iterator[Finding]:
    groups = sigs(tree)
    sig = groups.get(rfc.meta["sig"])
    if sig is None:
        yield problem(
            "TG-9108", rfc.path, f"sig={rfc.meta['sig']!r}; the groups are {', '.join(groups) or 'none'}"
        )
        return
    if not sig.active and rfc.state in ("draft", "review"):
        yield problem("TG-9108", rfc.path, f"sig={sig.name!r}, which is {sig.table.get('status')}")
    authors, sponsor = rfc.meta["authors"], rfc.meta["sponsor"]
    if not all(isinstance(author, str) and author.strip() for author in authors):
        yield problem("TG-9104", rfc.path, f"authors={authors!r}")
    if sponsor in authors:
        yield problem("TG-9107", rfc.path, f"sponsor={sponsor!r}, who is an author")
    elif sponsor != LAZY and sponsor not in sig.approvers:
        yield problem("TG-9107", rfc.path, f"sponsor={sponsor!r}; {sig.name} has {', '.join(sig.approvers)}")


def _check_decision(rfc: Rfc, tree: Snapshot) -> Iterator[Finding]:
    decision = rfc.meta.get("decision")
    if rfc.state in ("draft", "review"):
        if decision is not None:
            yield problem("TG-9111", rfc.path, f"state={rfc.state!r} with a decision")
        return
    if decision is None:
        if rfc.state in DECIDED:
            yield problem("TG-9111", rfc.path, f"state={rfc.state!r} and no decision")
        return
    if set(decision) != {"date", "by", "link"} or not all(decision.values()):
        yield problem("TG-9111", rfc.path, f"decision={_plain(decision)}")
        return
    date, created = decision["date"], rfc.meta["created"]
    if not isinstance(date, datetime.date) or date < created:
        yield problem("TG-9105", rfc.path, f"created={created}, decision.date={date}")
        return
    if rfc.state not in DECIDED:
        return
    if decision["by"] in rfc.meta["authors"] and rfc.kind != "record":
        yield problem("TG-9107", rfc.path, f"decision.by={decision['by']!r}, who is an author")
    sig = sigs(tree).get(rfc.meta["sig"])
    if sig is not None and decision["by"] not in (LAZY, *sig.approvers):
        yield problem(
            "TG-9107", rfc.path, f"decision.by={decision['by']!r}; {sig.name} has {', '.join(sig.approvers)}"
        )
    # A small proposal that somebody else approved need not wait; silence needs its days.
    waits = rfc.kind == "full" or (rfc.kind == "small" and decision["by"] == LAZY)
    least = created + datetime.timedelta(days=REVIEW_DAYS[rfc.kind])
    until = rfc.meta.get("review_until") or least
    if rfc.state == "accepted" and waits and date < max(least, until):
        received = f"created={created}, review_until={until}, decision.date={date}, kind={rfc.kind!r}"
        yield problem("TG-9117", rfc.path, received)


def _plain(table: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in table.items()) + "}"


def _check_surface(rfc: Rfc) -> Iterator[Finding]:
    for item in rfc.meta["surface"]:
        match = SURFACE.fullmatch(item) if isinstance(item, str) else None
        if not match:
            yield problem("TG-9115", rfc.path, f"surface={item!r}")
        elif rfc.kind != "record" and too_broad(match[1], match[2]):
            yield problem("TG-9115", rfc.path, f"surface={item!r}, which would cover a whole package")
    if rfc.kind == "small":
        items = rfc.surface
        if len(items) > SMALL_SYMBOLS or any("*" in item for item in items):
            yield problem("TG-9116", rfc.path, f"surface={items}")
        if rfc.breaking != "none":
            yield problem("TG-9116", rfc.path, f"breaking={rfc.breaking!r}")
        if len(rfc.body.split()) > _SMALL_WORDS:
            yield problem("TG-9116", rfc.path, f"{len(rfc.body.split())} words")
    if rfc.kind == "full" and rfc.state in ("review", "accepted") and not rfc.surface:
        yield problem("TG-9103", rfc.path, "surface=[]")


def too_broad(kind: str, pattern: str) -> bool:
    """Tells whether a wildcard stands for more than the members of one thing, or than names that begin alike."""
    fixed = pattern.partition("*")[0]
    if "*" not in pattern:
        return False
    if kind != "py":
        return len(fixed.strip("._")) < 4
    owner, _, begin = fixed.rpartition(".")
    return owner.count(".") < 1 or (len(begin) < 2 and not owner.rpartition(".")[2][:1].isupper())


def _check_links(rfc: Rfc, known: dict[int, Rfc]) -> Iterator[Finding]:
    for number in rfc.meta.get("supersedes") or []:
        other = known.get(number)
        if other is None:
            yield problem("TG-9112", rfc.path, f"supersedes={number}, which does not exist")
        elif rfc.state == "accepted" and other.meta.get("superseded_by") != rfc.number:
            yield problem("TG-9112", rfc.path, f"supersedes={number}, and {other.path} does not say so")
    later = rfc.meta.get("superseded_by")
    if later is not None:
        other = known.get(later)
        if other is None or rfc.number not in (other.meta.get("supersedes") or []):
            yield problem("TG-9112", rfc.path, f"superseded_by={later}, and {cite(later)} does not say so")


def _check_body(rfc: Rfc) -> Iterator[Finding]:
    sections = rfc.sections
    names = [name for name, _ in sections]
    if names != list(HEADINGS):
        yield problem("TG-9114", rfc.path, f"headings={names}")
    for name, text in sections:
        if name in HEADINGS and not text.split():
            yield problem("TG-9114", rfc.path, f"the empty section {name!r}")
    plain = _CODE.sub("", f"{rfc.title}\n{rfc.body}")
    match = _PLACEHOLDER.search(plain)
    if match:
        yield problem("TG-9106", rfc.path, f"text={match[0].strip()!r}")


def _check_history(
    known: dict[int, Rfc], before: dict[int, Rfc], base: Snapshot, tree: Snapshot
) -> Iterator[Finding]:
    for number, old in before.items():
        new = known.get(number)
        if new is None:
            yield problem("TG-9118", old.path, f"{old.name} is no longer there")
            continue
        if new.state != old.state and old.state in NEXT and new.state not in NEXT[old.state]:
            allowed = ", ".join(sorted(NEXT[old.state])) or "nothing"
            yield problem(
                "TG-9109", new.path, f"{old.state} -> {new.state}; after {old.state} comes {allowed}"
            )
        if new.state == "withdrawn" and old.state == "accepted" and number in _shipped(base):
            yield problem("TG-9109", new.path, f"{old.state} -> {new.state} of what has been released")
        if old.state in (*DECIDED, "withdrawn"):
            for key in FROZEN:
                if new.meta.get(key) != old.meta.get(key) and not (
                    key == "decision" and old.state == "withdrawn"
                ):
                    yield problem("TG-9110", new.path, f"{key}: {old.meta.get(key)} -> {new.meta.get(key)}")
    released = bool(records(base).of)
    for number, new in known.items():
        if number in before:
            continue
        if new.state in DECIDED and new.state not in NEW.get(new.kind, set()):
            yield problem("TG-9109", new.path, f"a new file of kind {new.kind!r} in state {new.state!r}")
        if new.kind == "record" and released:
            yield problem("TG-9119", new.path, f"kind={new.kind!r}")


def _shipped(tree: Snapshot) -> set[int]:
    return {number for items in records(tree).of.values() for record in items for number in record.rfcs}


def _check_citations(tree: Snapshot, known: dict[int, Rfc]) -> Iterator[Finding]:
    for fragment in fragments(tree):
        for number in fragment.rfcs:
            if number not in known or known[number].state in ("rejected", "withdrawn"):
                state = known[number].state if number in known else "not there"
                yield problem("TG-9120", fragment.path, f"{cite(number)}, which is {state}")
