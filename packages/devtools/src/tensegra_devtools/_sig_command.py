"""`tg-sig`: checks the groups and writes what is made from them."""

from __future__ import annotations

import argparse
import json

from ._command import add_json, main, report, work_tree
from ._run import say
from ._sig import generated, sigs
from ._validate import validate

ABOUT = "Checks the special interest groups (sigs/) and writes CODEOWNERS."


def run() -> int:
    """The console script."""
    return main("tg-sig", ABOUT, add)


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands."""
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check that every path has one owner, and the groups' files")
    add_json(check)
    check.set_defaults(func=_check)
    owners = commands.add_parser("codeowners", help="write CODEOWNERS and the table of sigs/README.md")
    add_json(owners)
    owners.set_defaults(func=_codeowners)


def _check(options: argparse.Namespace) -> int:
    tree = work_tree()
    findings = validate(tree, None, ["sigs"])
    return report(findings, f"{len(sigs(tree))} groups, {len(tree.names)} paths", as_json=options.json)


def _codeowners(options: argparse.Namespace) -> int:
    tree = work_tree()
    texts = generated(tree)
    for name, text in texts.items():
        (tree.root / name).write_text(text, encoding="utf-8")
    say(json.dumps({"ok": True, "written": list(texts)}) if options.json else f"{', '.join(texts)}: written")
    return 0
