"""`tg-abi`: writes and compares the goldens of the C interfaces."""

from __future__ import annotations

import argparse
from pathlib import Path

from ._command import add_base, add_json, diff, main, report, work_tree
from ._dump import abi_texts, abidw, apply
from ._run import say

ABOUT = "Writes and compares the goldens of the C interfaces: layout and symbols."


def run() -> int:
    """The console script."""
    return main("tg-abi", ABOUT, add)


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands."""
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    dump = commands.add_parser(
        "dump", help="write api/c_layout.txt and api/c_symbols.txt, measured with a C compiler"
    )
    dump.add_argument(
        "--check", action="store_true", help="only compare; exit 1 when a golden is out of date"
    )
    dump.add_argument(
        "--library", type=Path, help="a built libtensegra: also write api/released/libtensegra.abi"
    )
    add_json(dump)
    dump.set_defaults(func=_dump)
    compare = commands.add_parser("diff", help="show what differs from the base")
    add_base(compare)
    add_json(compare)
    compare.set_defaults(func=_diff)


def _dump(options: argparse.Namespace) -> int:
    root = work_tree().root
    texts = abi_texts(root)
    findings, written = apply(root, texts, check=options.check)
    said = [f"{name}: written" for name in written]
    if options.library:
        said.append(abidw(options.library, root / "packages/core/api/released/libtensegra.abi"))
    if not options.json:
        for line in said:
            say(line)
    return report(findings, f"{len(texts)} goldens", as_json=options.json, written=written, notes=said)


def _diff(options: argparse.Namespace) -> int:
    return diff(options, {"c"})
