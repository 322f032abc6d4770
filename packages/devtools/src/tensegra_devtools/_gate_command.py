"""`tg-gate`: lists every public line that differs between two revisions, and what it lacks."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ._command import add_json, base_of, change_as_json, main, report, work_tree
from ._gate import surface_changes
from ._git import Git
from ._golden import Change, changes, goldens
from ._release import records
from ._run import say
from ._snapshot import Revision, Snapshot
from ._validate import validate

ABOUT = "Compares the public surface of two revisions and demands what each change owes: proposal, fragment, notice."
_SHOWN = 40


def run() -> int:
    """The console script."""
    return main("tg-gate", ABOUT, add)


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument(
        "base", nargs="?", help="where the work began (default: where it left main, or the parent)"
    )
    parser.add_argument("head", nargs="?", help="what to check (default: the work tree)")
    parser.add_argument("--all", action="store_true", help=f"list all changes, not the first {_SHOWN}")
    add_json(parser)
    parser.set_defaults(func=_gate)


def _gate(options: argparse.Namespace) -> int:
    here = work_tree()
    tree, base = _trees(options, here.root)
    findings = validate(tree, base, ["rfcs", "gate"])
    bound = records(tree)
    if base is not None:
        found = surface_changes(tree, base)
    else:
        found = changes(
            goldens(tree, released=True), {k: v for k, v in goldens(tree).items() if bound.bound(k[0])}
        )
    free = sorted({line.package for line in goldens(tree).values()} - set(bound.of))
    _record(here.root, tree, base, found, free)
    if options.json:
        listed = [change_as_json(change) for change in found]
        return report(findings, "gate", as_json=True, changes=listed, unbound=free, history=base is not None)
    since = base.label if base is not None else "the last release"
    for change in found if options.all else found[:_SHOWN]:
        say(str(change))
    if len(found) > _SHOWN and not options.all:
        say(f"... and {len(found) - _SHOWN} more (--all lists them)")
    if free:
        say(f"not bound before their first release, printed only: {', '.join(free)}")
    return report(
        findings, f"gate: {len(found)} public lines differ between {since} and {tree.label}", as_json=False
    )


def _trees(options: argparse.Namespace, root: Path) -> tuple[Snapshot, Snapshot | None]:
    here = work_tree()
    if options.head is None:
        return here, base_of(here, options.base)
    git = Git(root)
    tree = Revision(git, options.head)
    return tree, Revision(git, git.merge_base(options.base, options.head), tree.today)


def _record(root: Path, tree: Snapshot, base: Snapshot | None, found: list[Change], free: list[str]) -> None:
    """Leaves what was found where tools can read it."""
    path = root / "build" / "gate.json"
    path.parent.mkdir(exist_ok=True)
    entry = {
        "base": base.label if base else None,
        "head": tree.label,
        "unbound": free,
        "changes": [change_as_json(change) for change in found],
    }
    path.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")
