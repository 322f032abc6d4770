"""`tg-abi`: writes and compares the goldens of the C interfaces."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path

from . import _abidw
from ._command import add_base, add_json, diff, main, report, work_tree
from ._dump import abi_texts, abidw, apply
from ._problem import failure
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
        "--released",
        action="store_true",
        help="also write api/released/interface.abi, with abidw, from the headers",
    )
    dump.add_argument(
        "--library",
        dest="binary",
        metavar="LIBRARY",
        type=Path,
        help="as --released, but core's from a libtensegra that was built with -g",
    )
    add_json(dump)
    dump.set_defaults(func=_dump)
    keep = commands.add_parser(
        "keep", help="copy today's headers to packages/core/tests/plugins/headers/<version>/, for a release"
    )
    keep.set_defaults(func=_keep)
    compare = commands.add_parser("diff", help="show what differs from the base, or between two dumps")
    compare.add_argument(
        "dumps",
        nargs="*",
        type=Path,
        metavar="DUMP",
        help="two files that abidw wrote: exit 0 same, 4 changed, 12 incompatible",
    )
    add_base(compare)
    add_json(compare)
    compare.set_defaults(func=_diff)


def _keep(options: argparse.Namespace) -> int:
    """Copies the headers of today's version to where the tests find older ones."""
    root = work_tree().root
    core = root / "packages" / "core"
    match = re.match(r"version (\d+\.\d+)\n", (core / "api" / "c_layout.txt").read_text(encoding="utf-8"))
    assert match is not None
    place = core / "tests" / "plugins" / "headers" / match[1]
    if place.exists():
        raise failure("TG-9320", "abi", place.relative_to(root).as_posix())
    shutil.copytree(core / "include" / "tensegra", place / "tensegra")
    say(f"{place.relative_to(root).as_posix()}: written")
    return 0


def _dump(options: argparse.Namespace) -> int:
    root = work_tree().root
    texts = abi_texts(root)
    findings, written = apply(root, texts, check=options.check)
    said = [f"{name}: written" for name in written]
    if options.binary or options.released:
        said += abidw(root, options.binary)
    if not options.json:
        for line in said:
            say(line)
    return report(findings, f"{len(texts)} goldens", as_json=options.json, written=written, notes=said)


def _diff(options: argparse.Namespace) -> int:
    if not options.dumps:
        return diff(options, {"c"})
    if len(options.dumps) != 2:
        raise failure("TG-9319", "abi", f"{len(options.dumps)} dumps to compare")
    if not _abidw.installed():
        raise failure("TG-9319", "abi", _abidw.MISSING)
    kind, told = _abidw.compare(*options.dumps)
    if options.json:
        say(json.dumps({"kind": kind, "report": told}))
    else:
        say(told.rstrip() or "the same")
        say(kind)
    return {"same": 0, "changed": 4, "incompatible": 12}[kind]
