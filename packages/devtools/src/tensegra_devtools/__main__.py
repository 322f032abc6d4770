"""`python -m tensegra_devtools COMMAND`: the repository's checks and generators."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import _abi_command, _api_command, _gate_command, _release_command, _rfc_command, _sig_command
from ._catalogue import check_catalogues
from ._command import finish
from ._constraints import write_constraints
from ._files import check_files
from ._imports import check_imports
from ._links import make_links
from ._run import TaskError, say
from ._tree import find_root

# Each is a console script too: rfc is tg-rfc, and so on.
_COMMANDS = {
    "rfc": _rfc_command,
    "sig": _sig_command,
    "api": _api_command,
    "abi": _abi_command,
    "gate": _gate_command,
    "release": _release_command,
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tensegra_devtools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    links = commands.add_parser("links", help="make the .dev/ link tree")
    links.add_argument(
        "--build", type=Path, help="a CMake build directory of core whose libraries are linked too"
    )
    commands.add_parser("check", help="check file sizes, error catalogues, imports and requirements")
    constraints = commands.add_parser("constraints", help="write constraints.txt anew")
    constraints.add_argument("python", type=Path, help="an interpreter whose pip resolves the versions")
    for name, module in _COMMANDS.items():
        module.add(commands.add_parser(name, help=module.ABOUT, description=module.ABOUT))
    options = parser.parse_args(arguments)
    if options.command in _COMMANDS:
        return finish(options)
    try:
        root = find_root()
        if options.command == "links":
            say(str(make_links(root, options.build)))
        elif options.command == "constraints":
            write_constraints(root, options.python)
        else:
            return _check(root)
    except (TaskError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _check(root: Path) -> int:
    findings = [*check_files(root), *check_catalogues(root), *check_imports(root)]
    for finding in sorted(findings, key=lambda finding: (finding.fatal, finding.path)):
        say(str(finding))
    fatal = sum(finding.fatal for finding in findings)
    say(f"tree checks: {fatal} errors, {len(findings) - fatal} warnings")
    return 1 if fatal else 0


if __name__ == "__main__":
    sys.exit(main())
