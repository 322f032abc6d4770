"""Upgrades the text of one file."""

from __future__ import annotations

from typing import Literal, get_args

from ._candidates import candidate, settle
from ._errors import invalid_argument
from ._result import UpgradeResult
from ._shim import Release

Mode = Literal["auto", "native", "shim"]
Alias = Literal["keep", "tg"]
Source = Literal["auto", "1.x", "2.x"]
MODES: tuple[Mode, ...] = get_args(Mode)
ALIASES: tuple[Alias, ...] = get_args(Alias)
SOURCES: tuple[Source, ...] = get_args(Source)


def upgrade_source(
    text: str,
    *,
    filename: str = "<source>",
    mode: Mode = "auto",
    alias: Alias = "keep",
    release: Source = "auto",
) -> UpgradeResult:
    """Upgrades one TensorFlow program that is in one file.

    A script whose graph and Session are in one file becomes functions: placeholders are arguments, each kind of
    `sess.run` is a call of a `tg.function`, training steps record a `GradientTape` and write their updates out.
    What cannot be rewritten wholly runs on `tensegra.compat.v1`, the runtime for 1.x programs; never on a mixture.
    Python 2 becomes Python 3 on the way.

    Args:
        text: the source; of a notebook, where the filename ends in `.ipynb`, its JSON.
        filename: the name used in the findings.
        mode: `native` rewrites or leaves the source as it is; `shim` puts it on the runtime; `auto` picks the native
            rewrite where there is one.
        alias: `keep` keeps the name the source gives TensorFlow (`import tensegra as tf`); `tg` renames it.
        release: what the source was written for: `1.x`, `2.x`, or `auto`, which lets its names tell.

    Returns:
        The new text and the account of it. Upgrading the new text changes nothing.

    Raises:
        InvalidArgumentError: TG-7004 if `mode`, `alias` or `release` is none of the values above.

    Examples:
        >>> from tensegra.compat import upgrade_source
        >>> source = '''import tensorflow as tf
        ... x = tf.placeholder(tf.float32, [None])
        ... y = tf.log(x)
        ... with tf.Session() as sess:
        ...     print(sess.run(y, feed_dict={x: [1.0, 2.0]}))
        ... '''
        >>> result = upgrade_source(source)
        >>> print(result.text)
        import tensegra as tf
        x_spec = tf.TensorSpec([None], tf.float32)
        <BLANKLINE>
        <BLANKLINE>
        @tf.function(input_signature=[x_spec])
        def compute_y(x):
            return tf.math.log(x)
        <BLANKLINE>
        <BLANKLINE>
        print(compute_y([1.0, 2.0]).numpy())
        <BLANKLINE>
    """
    check_options(mode, alias, release)
    found = candidate(filename, text, alias=alias, native=mode != "shim", release=known_release(release))
    if found.native is not None:
        return settle(found, "native")
    return settle(found, "refuse" if mode == "native" and found.release != "2.x" else "shim")


def check_options(mode: str, alias: str, release: str) -> None:
    """Refuses values that the upgrader does not know.

    Raises:
        InvalidArgumentError: TG-7004.
    """
    for name, value, known in (
        ("mode", mode, MODES),
        ("alias", alias, ALIASES),
        ("release", release, SOURCES),
    ):
        if value not in known:
            rule = f"{name} must be one of " + ", ".join(known)
            raise invalid_argument(rule, f"{name}={value!r}", "Name one of them.")


def known_release(release: Source) -> Release | None:
    """The release where it is said, or None where the names are to tell."""
    return None if release == "auto" else release
