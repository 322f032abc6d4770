"""What the commands of this package share: options, the trees they compare, how they end."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from ._compatible import breaks
from ._finding import Finding
from ._gate import surface_changes
from ._git import Git
from ._golden import Change
from ._problem import failure
from ._run import TaskError, say
from ._snapshot import Revision, Snapshot, WorkTree
from ._tree import find_root

Add = Callable[[argparse.ArgumentParser], None]


def main(program: str, about: str, add: Add, arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 fine, 1 something was found, 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog=program, description=about)
    add(parser)
    return finish(parser.parse_args(arguments))


def finish(options: argparse.Namespace) -> int:
    """Runs what the chosen parser set as `func`."""
    try:
        return int(options.func(options) or 0)
    except (TaskError, FileNotFoundError) as error:
        if getattr(options, "json", False):
            say(json.dumps({"ok": False, "error": str(error)}))
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stdout = None  # type: ignore[assignment]  # the reader of the output has gone
        return 141


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds the option --json."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_base(parser: argparse.ArgumentParser) -> None:
    """Adds the option --base."""
    parser.add_argument(
        "--base",
        metavar="REVISION",
        help="where the work began (default: where it left main, or the parent commit)",
    )


def work_tree() -> WorkTree:
    """The tree that the working directory is in."""
    return WorkTree(find_root())


def base_of(tree: WorkTree, revision: str | None) -> Snapshot | None:
    """Returns the tree where the work began; None when there is no history."""
    git = Git(tree.root)
    if revision is not None:
        return Revision(git, git.merge_base(revision, "HEAD"), tree.today)
    found = git.default_base()
    return None if found is None else Revision(git, found, tree.today)


def report(findings: Iterable[Finding], what: str, *, as_json: bool, **more: Any) -> int:
    """Prints findings and returns the exit code."""
    found = list(findings)
    fatal = sum(finding.fatal for finding in found)
    if as_json:
        say(json.dumps({"ok": not fatal, "findings": [item.as_json() for item in found], **more}, indent=1))
    else:
        for finding in reversed(found):
            say(str(finding))
        say(f"{what}: {fatal} errors, {len(found) - fatal} warnings")
    return 1 if fatal else 0


def diff(options: argparse.Namespace, contracts: set[str]) -> int:
    """Prints the public lines of some contracts that differ from the base; exit code 0, and 1 without history."""
    tree = work_tree()
    base = base_of(tree, options.base)
    if base is None:
        raise failure("TG-9315", "devtools", "no commit to compare with")
    found = [change for change in surface_changes(tree, base) if change.line.contract in contracts]
    if options.json:
        say(json.dumps([change_as_json(change) for change in found], indent=1))
        return 0
    for change in found:
        say(str(change))
        for mark, line in (("-", change.old), ("+", change.new)):
            if line is not None:
                say(f"    {mark} {line.text}")
    say(f"{len(found)} lines differ since {base.label}")
    return 0


def change_as_json(change: Change) -> dict[str, str | None]:
    """The change as `--json` prints it."""
    return {
        "change": change.kind,
        "package": change.line.package,
        "symbol": change.line.symbol,
        "old": change.old.text if change.old else None,
        "new": change.new.text if change.new else None,
        "breaks": breaks(change) or None,
    }
