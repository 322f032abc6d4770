"""How this package words its errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tensegra import errors


def invalid(where: str, rule: str, received: str, cure: str, code: str) -> Exception:
    """An `InvalidArgumentError` in the project's wording."""
    return errors.InvalidArgumentError(_text(where, rule, received, cure), code=code)


def not_ready(where: str, rule: str, received: str, cure: str, code: str) -> Exception:
    """A `FailedPreconditionError`: the call is right, the object is not ready for it."""
    return errors.FailedPreconditionError(_text(where, rule, received, cure), code=code)


def unimplemented(where: str, rule: str, received: str, cure: str) -> Exception:
    """An `UnimplementedError`: Keras has it, this package does not have it yet."""
    return errors.UnimplementedError(_text(where, rule, received, cure), code="TG-1013")


def not_found(where: str, rule: str, received: str, cure: str, code: str) -> Exception:
    """A `NotFoundError` in the project's wording."""
    return errors.NotFoundError(_text(where, rule, received, cure), code=code)


def already_exists(where: str, rule: str, received: str, cure: str, code: str) -> Exception:
    """An `AlreadyExistsError` in the project's wording."""
    return errors.AlreadyExistsError(_text(where, rule, received, cure), code=code)


def unknown_name(where: str, kind: str, name: str, known: Iterable[str]) -> Exception:
    """The error for a name that no object has; it lists the nearest names."""
    names = sorted(set(known))
    folded: dict[str, str] = {}
    for candidate in names:
        folded.setdefault(candidate.lower(), candidate)
    near = [folded[key] for key in difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.5)]
    cure = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"Known: {', '.join(names)}."
    return invalid(where, f"the name must be that of a known {kind}.", f"name={name!r}", cure, "TG-1003")


def check_positive(where: str, name: str, value: object) -> int:
    """`value` as a positive integer, or an error that names the argument."""
    if (
        isinstance(value, bool)
        or (not isinstance(value, int) and not hasattr(value, "__index__"))
        or int(value) < 1
    ):  # type: ignore[call-overload]
        raise invalid(
            where, f"{name} must be a positive integer.", f"{name}={value!r}", "Give 1 or more.", "TG-1002"
        )
    return int(value)  # type: ignore[call-overload]


def check_choice(where: str, name: str, value: object, choices: tuple[object, ...]) -> None:
    """Raises unless `value` is one of `choices`."""
    if value not in choices:
        allowed = ", ".join(map(repr, choices))
        raise invalid(
            where, f"{name} must be one of {allowed}.", f"{name}={value!r}", "Choose one of them.", "TG-1002"
        )


def check_range(where: str, name: str, value: float, low: float, high: float) -> float:
    """`value` as a float in [low, high], or an error that names the argument."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise invalid(
            where,
            f"{name} must be a number from {low} to {high}.",
            f"{name}={value!r}",
            "Give a number in that range.",
            "TG-1002",
        )
    return float(value)


def _text(where: str, rule: str, received: str, cure: str) -> str:
    return f"[layers.{where}] {rule} Received: {received}. {cure}"
