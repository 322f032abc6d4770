"""From the text of a file to a tree of Python 3: parsed as it is, or converted from Python 2, or the reason why not."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

import libcst as cst

from ._python2 import convert_syntax
from ._python2_names import convert_names, python_2_names
from ._result import Finding


@dataclass(frozen=True)
class Prepared:
    """A parsed text.

    Attributes:
        text: the text in Python 3.
        module: its tree.
        findings: what was converted.
    """

    text: str
    module: cst.Module
    findings: tuple[Finding, ...] = ()

    @property
    def converted(self) -> bool:
        """Whether the source was Python 2."""
        return bool(self.findings)


def prepare(text: str) -> Prepared | Finding:
    """The tree of a text, converted where it is Python 2; or why it cannot be read."""
    error = syntax_error(text)
    why = ""
    if error is not None:
        if error.code != "TG-7013":
            return error
        new = convert_syntax(text)
        again = syntax_error(new)
        if again is not None:
            return again if again.code != "TG-7013" else error
        text, why = new, "its syntax was that of Python 2"
    module = cst.parse_module(text)
    names = python_2_names(module)
    if not why and not names:
        return Prepared(text, module)
    module, divided = convert_names(module)
    said = why or f"it used {', '.join(names)}, which only Python 2 has"
    findings = [Finding(0, "Python 2", "rewritten", f"{said}; it is Python 3 now")]
    if divided:
        how = "quotients of whole numbers stay whole numbers: the function py2_div divides as Python 2 did"
        findings.append(Finding(0, "/", "rewritten", how))
    return Prepared(module.code, module, tuple(findings))


def syntax_error(text: str) -> Finding | None:
    """Why a text is not Python 3, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # escapes such as "\d" warn
            ast.parse(text)
        cst.parse_module(text)
    except SyntaxError as error:
        return _syntax(error.lineno or 0, error.msg)
    except cst.ParserSyntaxError as error:
        return _syntax(error.raw_line, error.message)
    except (RecursionError, MemoryError):
        why = "its expressions are nested too deeply to be analysed"
        return Finding(0, "file", "manual", why, "TG-7022")
    except ValueError as error:
        return _syntax(0, str(error) or type(error).__name__)
    return None


def _syntax(line: int, message: str) -> Finding:
    why = f"it is valid neither in Python 3 nor in Python 2, so it was not touched: {message.splitlines()[0]}"
    return Finding(line, "syntax", "manual", why, "TG-7013")
