"""`tg-api`: writes and compares the goldens of Python names, saved-model fields and commands."""

from __future__ import annotations

import argparse

from ._command import add_base, add_json, diff, main, report, work_tree
from ._dump import api_texts, apply, cli_texts
from ._run import say

ABOUT = (
    "Writes and compares the goldens of the public surface: Python names, ops, saved-model fields, commands."
)


def run() -> int:
    """The console script."""
    return main("tg-api", ABOUT, add)


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands."""
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    dump = commands.add_parser("dump", help="write api/python.api and api/proto_fields.txt of every package")
    dump.add_argument(
        "--check", action="store_true", help="only compare; exit 1 when a golden is out of date"
    )
    dump.add_argument(
        "--cli", action="store_true", help="write api/cli/*.txt instead (the packages are installed)"
    )
    add_json(dump)
    dump.set_defaults(func=_dump)
    compare = commands.add_parser("diff", help="show what differs from the base")
    add_base(compare)
    add_json(compare)
    compare.set_defaults(func=_diff)


def _dump(options: argparse.Namespace) -> int:
    root = work_tree().root
    texts = cli_texts(root) if options.cli else api_texts(root)
    findings, written = apply(root, texts, check=options.check)
    if not options.json:
        for name in written:
            say(f"{name}: written")
    what = f"{len(texts)} goldens, {sum(text.count(chr(10)) for text in texts.values())} lines"
    return report(findings, what, as_json=options.json, written=written)


def _diff(options: argparse.Namespace) -> int:
    return diff(options, {"py", "op", "format", "cli"})
