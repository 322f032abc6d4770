"""`tg-release`: which packages need which version, and what the release notes will say."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from ._command import add_json, main, work_tree
from ._plan import plan
from ._problem import failure
from ._run import say
from ._tree import packages
from ._wheels import metadata, published

ABOUT = "Says which packages need which release, and what its notes will say."


def run() -> int:
    """The console script."""
    return main("tg-release", ABOUT, add)


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands."""
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    planning = commands.add_parser(
        "plan", help="compute the version that each package needs, in dependency order"
    )
    add_json(planning)
    planning.set_defaults(func=_plan)
    notes = commands.add_parser(
        "notes", help="show the release notes that towncrier makes of a package's fragments"
    )
    notes.add_argument("package")
    notes.add_argument("--version", help="default: the one that plan computes")
    add_json(notes)
    notes.set_defaults(func=_notes)


def _plan(options: argparse.Namespace) -> int:
    steps = plan(work_tree())
    if options.json:
        say(json.dumps([step.as_json() for step in steps], indent=1))
        return 0
    for step in steps:
        counts = ", ".join(f"{count} {what}" for what, count in step.counts.items() if count)
        say(
            f"{step.package:12} {step.released or '-':8} -> {step.version or 'nothing':8} {step.bump:6} {counts}"
        )
    return 0


def _notes(options: argparse.Namespace) -> int:
    tree = work_tree()
    known = {package.name: package for package in published(tree.root)}
    if options.package not in known:
        raise failure(
            "TG-9007", "release", f"package={options.package!r}; the packages are {', '.join(known)}"
        )
    step = next(step for step in plan(tree) if step.package == options.package)
    version = options.version or step.version or metadata(known[options.package])["version"]
    text = notes(tree.root, options.package, version)
    say(json.dumps({"package": options.package, "version": version, "notes": text}) if options.json else text)
    return 0


def notes(root: Path, package: str, version: str) -> str:
    """Returns the release notes of a package's fragments, as towncrier writes them.

    Raises:
        TaskError: towncrier failed, for example because a fragment has an unknown kind.
    """
    directory = next(item.directory for item in packages(root) if item.name == package)
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", version, "--name", package]
    command += ["--config", str(root / "pyproject.toml"), "--dir", str(directory)]
    done = subprocess.run(command, cwd=directory, check=False, capture_output=True, text=True)
    if done.returncode:
        raise failure("TG-9007", "release", f"package={package!r}: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout.strip()
