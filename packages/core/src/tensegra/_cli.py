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
    show.add_argument("--json", action="store_true", help="print it as JSON, for programs")
    show.add_argument("--graph", metavar="FILE.svg", help="draw the functions into a file")
    show.set_defaults(func=_show)
    run = commands.add_parser("run", help="run a signature of a saved model on arrays from .npy files")
    run.add_argument("directory", metavar="DIR", help="the directory of the model")
    run.add_argument(
        "--inputs",
        nargs="*",
        action="extend",
        default=[],
        metavar="NAME=FILE.npy",
        help="the file of each input",
    )
    run.add_argument(
        "--signature", metavar="NAME", help="the signature (default: serving_default, or the only one)"
    )
    run.add_argument("--outputs", metavar="DIR", help="where NAME.npy is written for each output")
    run.set_defaults(func=_run)
    diff = commands.add_parser(
        "diff", help="say how two saved models differ; the exit code is 1 where they do"
    )
    diff.add_argument("first", metavar="A", help="the directory of one model")
    diff.add_argument("second", metavar="B", help="the directory of the other")
    diff.set_defaults(func=_diff)
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


def _show(options: argparse.Namespace) -> int:
    if options.graph:
        from tensegra._saved_model._picture import picture

        text = picture(options.directory)
        try:
            with open(options.graph, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            print(f"tensegra: {options.graph} cannot be written: {error.strerror or error}", file=sys.stderr)
            return 1
        print(f"written: {options.graph}")
        return 0
    if options.json:
        import json

        from tensegra._saved_model._facts import facts

        print(json.dumps(facts(options.directory), indent=1, ensure_ascii=False))
    else:
        from tensegra._saved_model._describe import describe

        print(describe(options.directory), end="")
    return 0


def _run(options: argparse.Namespace) -> None:
    from tensegra._saved_model._run import run

    for line in run(options.directory, options.inputs, options.signature, options.outputs):
        print(line)


def _diff(options: argparse.Namespace) -> int:
    from tensegra._saved_model._diff import differences

    found = 0
    for found, line in enumerate(differences(options.first, options.second), 1):  # noqa: B007
        print(line)
    if not found:
        print("no differences")
    return 1 if found else 0


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
