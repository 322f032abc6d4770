"""Which passes prepare graphs: `tg.config.optimizer.*`."""

from __future__ import annotations

from collections.abc import Mapping

from tensegra import _native
from tensegra._errors import InvalidArgumentError

__all__ = ["get_experimental_options", "set_experimental_options"]

# TensorFlow's names for groups of passes.
_GROUPS: dict[str, tuple[str, ...]] = {
    "constant_folding": ("fold_constants",),
    "arithmetic_optimization": ("simplify", "merge_common"),
    "dependency_optimization": ("drop_dead",),
    "layout_optimizer": ("pack_weights", "hoist_weights"),
    "remapping": (
        "fuse_patterns",
        "fold_batch_norm",
        "fuse_epilogues",
        "fuse_reductions",
        "fuse_elementwise",
        "recompute_elementwise",
    ),
}


def set_experimental_options(options: Mapping[str, bool]) -> None:
    """Switches passes on or off, for all functions and from their next call on.

    What a function returns does not depend on it, beyond rounding where a pass says so; see docs/graphs.md. The
    variable `TENSEGRA_PASSES` says how the switches begin: `TENSEGRA_PASSES=-fuse_elementwise` switches one off.

    Args:
        options: True or False by name: a pass, or one of TensorFlow's names for several, `constant_folding`,
            `arithmetic_optimization`, `dependency_optimization`, `layout_optimizer`, `remapping`.
            `disable_meta_optimizer` switches all off (or, with False, on).

    Raises:
        tg.errors.NotFoundError: There is no such pass (TG-0770).
        tg.errors.InvalidArgumentError: A value is neither True nor False (TG-0106).

    >>> import tensegra as tg
    >>> tg.config.optimizer.set_experimental_options({"fuse_elementwise": False})
    >>> tg.config.optimizer.get_experimental_options()["fuse_elementwise"]
    False
    >>> tg.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    """
    for name, enabled in options.items():
        if not isinstance(enabled, bool):
            raise InvalidArgumentError(
                "[config.optimizer] an option must be True or False. "
                f"Received: {name}={enabled!r}. Pass a bool.",
                code="TG-0106",
            )
        if name == "disable_meta_optimizer":
            _native.set_pass("all", not enabled)
            continue
        for pass_name in _GROUPS.get(name, (name,)):
            _native.set_pass(pass_name, enabled)


def get_experimental_options() -> dict[str, bool]:
    """Whether each pass is on, by name, in the order in which they run."""
    return {name: enabled for name, _, _, enabled in _native.passes()}
