"""The subcommand `tensegra serve`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import tensegra as tg


def register(subparsers: Any) -> None:
    """Adds `serve` to the command `tensegra`."""
    parser = subparsers.add_parser("serve", help="serve saved models over REST")
    parser.add_argument("models", nargs="+", metavar="NAME=DIR", help="a name and the directory of its model")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8501, help="port; 0 takes a free one (default: %(default)s)"
    )
    parser.set_defaults(func=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from ._server import Server

    models = {}
    for text in arguments.models:
        name, equals, directory = text.partition("=")
        if not equals:
            print(f"tensegra serve: a model is NAME=DIR. Received: {text}", file=sys.stderr)
            return 2
        if name in models:
            print(
                f"tensegra serve: each model has a name of its own. Received: {name} twice", file=sys.stderr
            )
            return 2
        models[name] = directory
    try:
        server = Server(models, arguments.host, arguments.port)
    except tg.errors.Error as error:
        print(f"tensegra serve: {error}", file=sys.stderr)
        return 1
    print(f"Serving {', '.join(server.models)} on {server.url} (Ctrl-C stops)", flush=True)
    server.run()
    return 0
