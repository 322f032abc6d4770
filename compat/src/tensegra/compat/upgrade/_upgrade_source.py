"""Upgrades the text of one file."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Literal

from ._errors import invalid_argument
from ._result import Finding, UpgradeResult

if TYPE_CHECKING:
    import libcst as cst

Mode = Literal["auto", "native"]
Alias = Literal["keep", "tg"]
MODES: tuple[Mode, ...] = ("auto", "native")
ALIASES: tuple[Alias, ...] = ("keep", "tg")

_PYTHON_2 = re.compile(
    r"""^\s*(?:print\s+[^\s(=.,]|print\s*$|exec\s+['"\w]|raise\s+\w+\s*,|except\s+[\w.()]+\s*,\s*\w+\s*:)|<>|`\w+`"""
    r"|\b0[0-7]+\b(?!\.)|\bur['\"]",
    re.MULTILINE,
)
_PYTHON_2_NAMES = frozenset({"xrange", "raw_input", "unicode", "basestring", "unichr", "execfile"})
_PYTHON_2_METHODS = frozenset({"iteritems", "itervalues", "iterkeys", "has_key"})


def upgrade_source(
    text: str, *, filename: str = "<source>", mode: Mode = "auto", alias: Alias = "keep"
) -> UpgradeResult:
    """Upgrades one TensorFlow 1.x script to native Tensegra.

    A script whose graph and Session are in one file becomes functions: placeholders are arguments, each kind of
    `sess.run` is a call of a `tg.function`, training steps record a `GradientTape` and write their updates out.
    What cannot be rewritten wholly is left as it is, and the findings say why, line by line.

    Args:
        text: the source.
        filename: the name used in the findings.
        mode: `native`, or `auto`, which picks the best rewrite there is; today that is the native one.
        alias: `keep` keeps the name the source gives TensorFlow (`import tensegra as tf`); `tg` renames it.

    Returns:
        The new text and the account of it. Upgrading the new text changes nothing.

    Raises:
        InvalidArgumentError: TG-7004 if `mode` or `alias` is none of the values above.

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
    if mode not in MODES:
        raise invalid_argument(
            "mode must be one of " + ", ".join(MODES), f"mode={mode!r}", "Name one of them."
        )
    if alias not in ALIASES:
        raise invalid_argument(
            "alias must be one of " + ", ".join(ALIASES), f"alias={alias!r}", "Name one of them."
        )
    import libcst as cst

    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return _unparsed(text, filename, error.raw_line, error.message)
    except (RecursionError, ValueError) as error:
        return _unparsed(text, filename, 0, type(error).__name__)
    try:
        ast.parse(text)  # stricter than libcst
        return _upgraded(module, text, filename, alias)
    except SyntaxError as error:
        return _unparsed(text, filename, error.lineno or 0, error.msg)
    except (RecursionError, MemoryError):
        finding = Finding(
            0, "file", "manual", "its expressions are nested too deeply to be analysed", "TG-7022"
        )
        return UpgradeResult(filename, text, text, "refused", (finding,))


def _upgraded(module: cst.Module, text: str, filename: str, alias: Alias) -> UpgradeResult:
    from ._imports import imports_tensorflow
    from ._native import rewrite_native

    if not imports_tensorflow(module):
        note = Finding(0, "file", "note", "it does not import TensorFlow, so there is nothing to upgrade")
        return UpgradeResult(filename, text, text, "unchanged", (note,))
    old = _python_2_names(module)
    if old:
        return UpgradeResult(filename, text, text, "unreadable", (_python_2(0, f"it uses {', '.join(old)}"),))
    new, findings = rewrite_native(module, alias)
    if new is None:
        return UpgradeResult(filename, text, text, "refused", tuple(findings))
    unresolved = _unresolved(new)
    if unresolved:
        return UpgradeResult(filename, text, text, "refused", tuple(unresolved))
    return UpgradeResult(filename, text, new, "upgraded", tuple(findings))


def _unparsed(text: str, filename: str, line: int, message: str) -> UpgradeResult:
    if _PYTHON_2.search(text):
        finding = _python_2(line, "it is Python 2")
    else:
        why = f"it is not valid Python 3, so it was not touched: {message.splitlines()[0]}"
        finding = Finding(line, "syntax", "manual", why, "TG-7013")
    return UpgradeResult(filename, text, text, "unreadable", (finding,))


def _python_2(line: int, what: str) -> Finding:
    why = f"{what}; Python 2 sources are not converted yet: run 2to3 over the file first, then upgrade the result"
    return Finding(line, "Python 2", "manual", why, "TG-7014")


def _python_2_names(module: cst.Module) -> list[str]:
    """Built-ins and methods that only Python 2 has."""
    import libcst as cst

    from ._helpers import walk
    from ._names import binds, name_reads

    bound = {name for part in walk(module) if isinstance(part, cst.BaseStatement) for name in binds(part)}
    found = {n.value for n in name_reads(module) if n.value in _PYTHON_2_NAMES and n.value not in bound}
    for part in walk(module):
        method = (
            part.func.attr.value
            if isinstance(part, cst.Call) and isinstance(part.func, cst.Attribute)
            else ""
        )
        if method in _PYTHON_2_METHODS:
            found.add(method)
    return sorted(found)


def _unresolved(text: str) -> list[Finding]:
    """Names of the output that the installed Tensegra does not have: a rewrite must not pass them over."""
    from ._resolve import unresolved_names

    why = "the installed version of Tensegra does not have it; upgrade tensegra-core"
    return [Finding(line, name, "manual", why, "TG-7023") for line, name in unresolved_names(text)]
