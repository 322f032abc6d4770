"""``python -m quickstart --core-python PATH``: runs every stage and exits with 0 only if every check held."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import (
    stage_agents,
    stage_compat,
    stage_data,
    stage_layers,
    stage_lite,
    stage_probability,
    stage_saved_model,
    stage_serving,
)
from .runner import Context, Runner

STAGES = (
    stage_data.STAGE,
    stage_layers.STAGE,
    stage_saved_model.STAGE,
    stage_serving.STAGE,
    stage_lite.STAGE,
    stage_probability.STAGE,
    stage_agents.STAGE,
    stage_compat.STAGE,
)


def main(arguments: list[str] | None = None) -> int:
    """Runs the stages that the command line asks for."""
    parser = argparse.ArgumentParser(prog="quickstart", description=__doc__)
    parser.add_argument(
        "--core-python",
        required=True,
        type=Path,
        metavar="PATH",
        help="the Python of an environment that has only tensegra-core installed",
    )
    parser.add_argument(
        "--out", default=Path("build/quickstart"), type=Path, metavar="DIR", help="where the artefacts go"
    )
    parser.add_argument("--seed", default=1, type=int, help="of training and of shuffling (default: 1)")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[stage.name for stage in STAGES],
        help="run these stages and what they need",
    )
    options = parser.parse_args(arguments)
    context = Context(out=options.out.resolve(), core_python=options.core_python, seed=options.seed)
    return Runner(STAGES, context).run(options.only)


if __name__ == "__main__":
    sys.exit(main())
