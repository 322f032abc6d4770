"""The command `tensegra`. Other parts add subcommands through the entry points `tensegra.commands`."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from importlib import metadata

from tensegra._errors import Error

_GROUP = "tensegra.commands"
# The commands that other parts add.
_ELSEWHERE = {"serve": "tensegra-serving", "upgrade": "tensegra-compat"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code is 0, 1 after an error, 2 where the arguments are wrong."""
    parser = argparse.ArgumentParser(prog="tensegra", description="Looks into what Tensegra has made.")
    parser.set_defaults(func=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    show = commands.add_parser("show", help="print a saved model's signatures, variables, ops and sizes")
    show.add_argument("directory", metavar="DIR", help="the directory of the model")
    show.set_defaults(func=_show)
    check = commands.add_parser(
        "check", help="verify a saved model: structure, functions and the hash of each file"
    )
    check.add_argument("directory", metavar="DIR", help="the directory of the model")
    check.set_defaults(func=_check)
    version = commands.add_parser("version", help="print the versions of Tensegra's parts")
    version.set_defaults(func=_version)
    for entry in sorted(metadata.entry_points(group=_GROUP), key=lambda each: each.name):
        try:
            entry.load()(commands)
        except Exception as error:  # another package's defect must not take away the commands of the others
            print(
                f"tensegra: the command {entry.name} of {entry.value} is left out: {error}", file=sys.stderr
            )
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in _ELSEWHERE and given[0] not in commands.choices:
        wheel = _ELSEWHERE[given[0]]
        print(f"tensegra: {given[0]} needs the wheel {wheel}: pip install {wheel} (TG-0602)", file=sys.stderr)
        return 2
    options = parser.parse_args(given)
    if options.func is None:
        parser.print_help()
        return 2
    try:
        return options.func(options) or 0
    except Error as error:
        print(f"tensegra: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tensegra: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the output has gone; nothing can be said any more
        return 141


def _show(options: argparse.Namespace) -> None:
    from tensegra._saved_model._describe import describe

    print(describe(options.directory), end="")


def _check(options: argparse.Namespace) -> None:
    from tensegra._saved_model._check import check

    for line in check(options.directory):
        print(line)
    print("ok")


def _version(options: argparse.Namespace) -> None:
    import numpy as np

    from tensegra import _native

    found = {"tensegra-core": _native.release} | {
        distribution.metadata["Name"]: distribution.version
        for distribution in metadata.distributions()
        if (distribution.metadata["Name"] or "").startswith("tensegra")
    }
    rows = [*sorted(found.items()), ("numpy", np.__version__), ("python", platform.python_version())]
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        print(f"{name.ljust(width)}  {text}")


if __name__ == "__main__":
    sys.exit(main())
