"""Special interest groups: who owns which paths, and what is right and wrong about their files."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ._catalogue import RANGES
from ._finding import Finding
from ._problem import problem
from ._snapshot import Snapshot

REQUIRED = {
    "name": str,
    "mission": str,
    "in_scope": list,
    "out_of_scope": list,
    "owns": list,
    "packages": list,
    "error_codes": list,
    "chairs": list,
    "approvers": list,
    "decision": dict,
    "notes_dir": str,
    "status": str,
    "created": datetime.date,
    "review_due": datetime.date,
}
DECISION = {"lazy_consensus_days": int, "quorum": int, "tie_break": str}
STATUSES = ("active", "dormant", "archived")
_ROLE = re.compile(r"@tensegra/[a-z]+(?:-[a-z]+)*")
_CORE = "core"


@dataclass(frozen=True)
class Sig:
    """One group, as its file describes it."""

    path: str
    table: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.split("/")[1].removesuffix(".toml")

    @property
    def active(self) -> bool:
        return self.table.get("status") == "active"

    @property
    def approvers(self) -> list[str]:
        return [str(item) for item in self.table.get("approvers", [])]

    @property
    def owns(self) -> list[str]:
        return [str(item) for item in self.table.get("owns", [])]


def sigs(tree: Snapshot) -> dict[str, Sig]:
    """Returns the groups whose files can be read, by name."""
    found = {}
    for path in tree.find("sigs/*.toml"):
        try:
            sig = Sig(path, tomllib.loads(tree.read(path) or ""))
        except tomllib.TOMLDecodeError:
            continue
        found[sig.name] = sig
    return found


def matches(pattern: str, name: str) -> bool:
    """Tells whether a path matches a glob: `**` any depth, `*` and `?` within one directory."""
    return bool(_compiled(pattern).fullmatch(name))


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*|\?)", pattern)
    into = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(into.get(part, re.escape(part)) for part in parts))


def check_sigs(tree: Snapshot) -> Iterator[Finding]:
    """Checks the files of the groups, that every path has one owner, and that what is generated is up to date."""
    known = sigs(tree)
    for path in tree.find("sigs/*.toml"):
        if path.split("/")[1].removesuffix(".toml") not in known:
            yield problem("TG-9201", path, "a file that is not TOML")
    for sig in known.values():
        yield from _check_keys(sig)
        yield from _check_times(sig, tree.today)
        charter = f"sigs/{sig.name}.md"
        if len((tree.read(charter) or "").split()) < 40:
            yield problem("TG-9203", charter, f"{len((tree.read(charter) or '').split())} words")
    if not known:
        return
    yield from _check_shares(tree, known)
    yield from _check_owners(tree, known)
    for name, text in generated(tree, known).items():
        if tree.read(name) != text:
            yield problem("TG-9206", name, "a text that differs from what sigs/*.toml say")


def _check_keys(sig: Sig) -> Iterator[Finding]:
    table = sig.table
    for key in sorted(set(table) - set(REQUIRED)):
        yield problem("TG-9201", sig.path, f"the unknown key {key!r}")
    for key, kind in REQUIRED.items():
        if key not in table:
            yield problem("TG-9201", sig.path, f"no key {key!r}")
        elif not isinstance(table[key], kind) or (
            table[key] == "" or (kind is list and key in _FULL and not table[key])
        ):
            yield problem("TG-9201", sig.path, f"{key}={table[key]!r}")
    if table.get("name") != sig.name:
        yield problem("TG-9201", sig.path, f"name={table.get('name')!r} in the file of {sig.name!r}")
    if table.get("status") not in STATUSES:
        yield problem("TG-9201", sig.path, f"status={table.get('status')!r}")
    decision = table.get("decision")
    if isinstance(decision, dict):
        right = set(decision) == set(DECISION) and all(
            isinstance(decision[key], kind) for key, kind in DECISION.items()
        )
        if not right:
            yield problem("TG-9201", sig.path, f"decision={decision!r}")
    for role in [*table.get("chairs", []), *sig.approvers]:
        if not _ROLE.fullmatch(str(role)):
            yield problem("TG-9201", sig.path, f"role={role!r}")
    if not 1 <= len(table.get("chairs", [])) <= 2:
        yield problem("TG-9201", sig.path, f"{len(table.get('chairs', []))} chairs")


_FULL = ("in_scope", "out_of_scope", "owns", "chairs", "approvers")


def _check_times(sig: Sig, today: datetime.date) -> Iterator[Finding]:
    created, due = sig.table.get("created"), sig.table.get("review_due")
    if not isinstance(created, datetime.date) or not isinstance(due, datetime.date):
        return
    if due < created:
        yield problem("TG-9204", sig.path, f"created={created} and review_due={due}")
    elif due > max(created, today) + datetime.timedelta(days=366):
        yield problem("TG-9204", sig.path, f"review_due={due}")
    elif sig.active and due < today:
        yield problem("TG-9204", sig.path, f"review_due={due}, and today is {today}", fatal=False)


def _check_shares(tree: Snapshot, known: dict[str, Sig]) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    codes: dict[int, str] = {}
    for sig in known.values():
        ranges = sig.table.get("error_codes", [])
        for package in map(str, sig.table.get("packages", [])):
            if package not in tree.packages:
                yield problem("TG-9205", sig.path, f"package={package!r}, which is not in the tree")
            elif package in owner:
                yield problem("TG-9205", sig.path, f"package={package!r}, which {owner[package]} has too")
            owner.setdefault(package, sig.name)
        wanted = sorted(RANGES[package] for package in sig.table.get("packages", []) if package in RANGES)
        if sorted(ranges) != [f"TG-{first:04}..TG-{first + 999:04}" for first in wanted]:
            yield problem(
                "TG-9205", sig.path, f"error_codes={ranges} for packages={sig.table.get('packages')}"
            )
        codes |= dict.fromkeys(wanted, sig.name)
    for package in tree.packages:
        if package not in owner:
            yield problem("TG-9205", "sigs", f"the package {package!r} of no group")
    times: dict[str, int] = {}
    for sig in known.values():
        for role in set(sig.approvers):
            times[role] = times.get(role, 0) + (role != _fallback(known))
    for role, count in times.items():
        if count > 3:
            yield problem("TG-9205", "sigs", f"the approver {role} in {count} groups")


def _fallback(known: dict[str, Sig]) -> str:
    return str(known[_CORE].table["chairs"][0]) if _CORE in known and known[_CORE].table.get("chairs") else ""


def _check_owners(tree: Snapshot, known: dict[str, Sig]) -> Iterator[Finding]:
    patterns = [(sig.name, pattern, _compiled(pattern)) for sig in known.values() for pattern in sig.owns]
    used: set[str] = set()
    for name in tree.names:
        owners = {sig: pattern for sig, pattern, compiled in patterns if compiled.fullmatch(name)}
        used |= set(owners.values())
        if len(owners) != 1:
            yield problem("TG-9202", name, f"owners={sorted(owners)}")
    for sig in known.values():
        for pattern in sig.owns:
            if pattern not in used and not any(matches(pattern, name) for name in tree.names):
                yield problem(
                    "TG-9202", sig.path, f"the pattern {pattern!r}, which no path matches", fatal=False
                )


def generated(tree: Snapshot, known: dict[str, Sig] | None = None) -> dict[str, str]:
    """Returns what is made from the groups' files: CODEOWNERS and the table in sigs/README.md."""
    known = sigs(tree) if known is None else known
    return {
        "CODEOWNERS": codeowners(known),
        "sigs/README.md": _index(tree.read("sigs/README.md") or "", known),
    }


def codeowners(known: dict[str, Sig]) -> str:
    """Returns the text of CODEOWNERS; the paths of a group that is not active fall to core."""
    lines = ["# Generated from sigs/*.toml: ./dev sig -- codeowners", ""]
    for sig in known.values():
        chosen = sig if sig.active or _CORE not in known else known[_CORE]
        roles = " ".join(map(str, chosen.table.get("chairs", [])))
        lines += [f"/{_owners_pattern(pattern)} {roles}" for pattern in sig.owns]
    return "\n".join(lines) + "\n"


def _owners_pattern(pattern: str) -> str:
    return pattern.removesuffix("**") if pattern.endswith("/**") else pattern


BEGIN, END = "<!-- begin: made by ./dev sig -- codeowners -->", "<!-- end -->"


def _index(text: str, known: dict[str, Sig]) -> str:
    rows = ["| group | mission | packages | status |", "| --- | --- | --- | --- |"]
    for sig in known.values():
        packages = ", ".join(map(str, sig.table.get("packages", []))) or "none"
        cells = (sig.table.get("mission", ""), packages, sig.table.get("status", ""))
        rows.append(f"| [{sig.name}]({sig.name}.md) | {' | '.join(map(str, cells))} |")
    return replace_region(text, BEGIN, END, "\n".join(rows))


def replace_region(text: str, begin: str, end: str, inside: str) -> str:
    """Puts `inside` between two marker lines, at the end of the text where it has none."""
    before, found, rest = text.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    head = before if found else before.rstrip("\n") + "\n\n"
    return f"{head.lstrip() if not before.strip() else head}{begin}\n{inside}\n{end}{after}"
