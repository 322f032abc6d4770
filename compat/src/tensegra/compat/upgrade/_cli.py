"""The command `tensegra-upgrade`, which is also `tensegra upgrade`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from ._upgrade_source import ALIASES, MODES, SOURCES

_EPILOG = """\
Without --out or --in-place nothing is written: the differences are shown.

exit codes:
  0  every file was upgraded, runs on the 1.x runtime, or needed nothing: nothing is left to do
  1  something is left to do; the report says what, line by line
  2  the command itself was wrong: a missing path, an unknown option, a place that cannot be written
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence with a code instead of the whole usage text."""
        sys.stderr.write(f"tensegra-upgrade: {message}; see tensegra-upgrade --help (TG-7004)\n")
        sys.exit(2)


def _fill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="Python files, notebooks and folders")
    parser.add_argument("--out", metavar="DIR", help="write the results below this folder")
    parser.add_argument("--in-place", action="store_true", help="write over the sources; originals get .orig")
    parser.add_argument("--dry-run", action="store_true", help="show the differences and write no sources")
    parser.add_argument("--report", metavar="FILE", help="write the report as Markdown")
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON")
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="auto",
        help="native: 2.x or nothing; shim: the 1.x runtime; auto (default): native where a whole program can be",
    )
    parser.add_argument(
        "--from",
        dest="release",
        choices=SOURCES,
        default="auto",
        help="what the sources were written for (default: auto, their names tell)",
    )
    parser.add_argument(
        "--jobs", type=_positive, metavar="N", help="processes that look at the files (default: one a core)"
    )
    parser.add_argument(
        "--alias",
        choices=ALIASES,
        default="keep",
        help="keep: `import tensegra as tf` stays tf (default); tg: renamed",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="run each program that became native, before and after, and compare every value that it fetches",
    )
    parser.add_argument(
        "--verify-seconds",
        type=_positive,
        default=60,
        metavar="N",
        help="how long each of these runs may take (default: 60); what was fetched until then is compared",
    )
    parser.set_defaults(func=run)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Runs the command; returns the exit code."""
    from rich.console import Console

    from tensegra import errors

    from ._report import issues, json_report, markdown_report
    from ._terminal import file_progress, show_difference, show_summary
    from ._upgrade_paths import upgrade_paths
    from ._verify import verify_results

    console, problems = Console(highlight=False), Console(stderr=True, highlight=False)
    writes = not options.dry_run and (options.out is not None or options.in_place)
    try:
        with file_progress(problems) as advance:
            upgrade = partial(
                upgrade_paths,
                options.paths,
                mode=options.mode,
                alias=options.alias,
                release=options.release,
                jobs=options.jobs or len(os.sched_getaffinity(0)),
                progress=advance,
            )
            # What is written over is compared before it is.
            compared = verify_results(upgrade(), seconds=options.verify_seconds) if options.verify else None
            results = compared
            if compared is None or writes:
                results = upgrade(
                    out=None if options.dry_run else options.out,
                    in_place=options.in_place and not options.dry_run,
                )
            results = compared or results or []
        for target, text in ((options.report, markdown_report), (options.json, json_report)):
            if target is not None:
                _write_report(Path(target), text(results))
    except (errors.InvalidArgumentError, errors.NotFoundError, errors.PermissionDeniedError) as error:
        sys.stderr.write(f"tensegra-upgrade: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("tensegra-upgrade: interrupted; files written so far are whole\n")
        return 130
    for result in results:
        show_difference(console, result)
    show_summary(console, results)
    if not writes:
        console.print(
            "Nothing was written. Use --out DIR or --in-place to write the results.", soft_wrap=True
        )
    return 1 if issues(results) else 0


def _write_report(path: Path, text: str) -> None:
    from ._errors import permission_denied

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        received = f"path={str(path)!r} ({error.strerror or error})"
        cure = "Choose a place you may write to."
        raise permission_denied("a report cannot be written", received, cure, "TG-7006") from None


def register(subparsers: Any) -> None:
    """Adds `upgrade` to the command `tensegra`."""
    words = "rewrite TensorFlow programs"
    raw = argparse.RawDescriptionHelpFormatter
    _fill(
        subparsers.add_parser("upgrade", help=words, description=words, epilog=_EPILOG, formatter_class=raw)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `tensegra-upgrade`."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")  # a diff must print under any locale
    parser = _Parser(
        prog="tensegra-upgrade",
        description="Rewrites TensorFlow programs for Tensegra: native where a program can be, else on a runtime.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _fill(parser)
    return run(parser.parse_args(arguments))
