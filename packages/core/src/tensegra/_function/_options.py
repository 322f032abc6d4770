"""The options of `tg.function`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tensegra._errors import InvalidArgumentError, UnimplementedError


@dataclass(frozen=True)
class Options:
    """How a function is traced.

    Attributes:
        autograph: Whether Python control flow is converted.
        reduce_retracing: False: each set of shapes has a trace of its own.
        jit_compile: As given; every graph is planned, whatever it says.
    """

    autograph: bool = True
    reduce_retracing: bool | None = None
    jit_compile: bool | None = None


DEFAULT = Options()


def options_of(
    autograph: Any,
    jit_compile: Any,
    reduce_retracing: Any,
    experimental_implements: Any,
    experimental_autograph_options: Any,
    experimental_attributes: Any,
    experimental_relax_shapes: Any,
    experimental_compile: Any,
) -> Options:
    """The options from the arguments of `tg.function`.

    Raises:
        tg.errors.UnimplementedError: An option that has no meaning here is used (TG-0531).
        tg.errors.InvalidArgumentError: `experimental_autograph_options` are no features (TG-0806), or two names of
            one option contradict each other (TG-0532).
    """
    for name, value in (
        ("experimental_implements", experimental_implements),
        ("experimental_attributes", experimental_attributes),
    ):
        if value is not None:
            raise UnimplementedError(
                f"[tg.function] {name} names functions for other compilers, which there are none of. Received: "
                f"{name}={value!r}. Leave it out.",
                code="TG-0531",
            )
    if experimental_autograph_options is not None:
        from tensegra._autograph._api import check_features

        check_features(experimental_autograph_options)
    relax = _one("reduce_retracing", reduce_retracing, "experimental_relax_shapes", experimental_relax_shapes)
    compiled = _one("jit_compile", jit_compile, "experimental_compile", experimental_compile)
    return Options(bool(autograph), relax, compiled)


def _one(name: str, value: Any, old_name: str, old: Any) -> Any:
    if old is not None and value is not None and bool(old) != bool(value):
        raise InvalidArgumentError(
            f"[tg.function] {old_name} is an old name of {name}, so both say the same. Received: {name}={value!r}, "
            f"{old_name}={old!r}. Leave {old_name} out.",
            code="TG-0532",
        )
    return value if value is not None else old
