"""What can become of one file: its native text, its text for the runtime, and what stands in the way of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from ._aliases import Aliases, import_names
from ._api import api, modules
from ._imports import dotted_name, imports_tensorflow
from ._native import rewrite_native
from ._notebooks import Notebook, UnreadableNotebook, cell_line, marks, read_notebook, write_notebook
from ._prepare import Prepared, prepare, syntax_error
from ._resolve import unresolved_names
from ._result import Finding, Status, UpgradeResult
from ._shim import RUNTIME, Release, modern_name, rewrite_names
from ._symbols import canonical
from ._tree import walk

# Packages that stand on TensorFlow's own graphs, so that a program with them needs TensorFlow itself.
COMPANIONS = frozenset(
    [
        "keras", "tensorflow_hub", "tensorflow_probability", "tensorflow_datasets", "tensorflow_addons", "tf_slim",
        "tensorlayer", "tflearn", "tensorpack", "sonnet", "prettytensor", "tensor2tensor", "tensorflow_text",
        "tensorflow_estimator", "tensorboard", "tf_agents", "edward", "zhusuan", "gpflow", "nets", "horovod",
    ]
) - {"nets", "tensorboard"}  # fmt: skip
_SECOND = (
    "tf.keras",
    "tf.function",
    "tf.GradientTape",
    "tf.optimizers",
    "tf.data",
    "tf.Module",
    "tf.saved_model",
)


@dataclass
class Candidate:
    """One file and what can become of it.

    Attributes:
        filename: its name.
        source: its text as it came.
        tensorflow: whether it imports TensorFlow, itself or through its neighbours.
        native: its native text, or None.
        native_findings: what the native rewrite did, or why it cannot be done.
        shim: its text for the runtime.
        shim_findings: what that rewrite did and what is left to do.
        converted: what the conversion from Python 2 did.
        failure: why nothing can be done with the file at all.
        release: what it was written for, where its names tell.
        shape: what kind of program it is, for the scores.
    """

    filename: str
    source: str
    text: str = ""
    tensorflow: bool = False
    native: str | None = None
    native_findings: list[Finding] = field(default_factory=list)
    shim: str = ""
    shim_findings: list[Finding] = field(default_factory=list)
    converted: tuple[Finding, ...] = ()
    failure: Finding | None = None
    release: Release | None = None
    shape: str = "plain"
    notebook: Notebook | None = None


def release_of(module: cst.Module, names: Aliases) -> Release | None:
    """The release that the names of a module tell: one that 2.x dropped decides for 1.x."""
    scope = names.scopes[module]
    second = False
    for part in walk(module):
        meant = names.canonical(part, [scope]) if isinstance(part, (cst.Attribute, cst.Name)) else None
        if meant is None and isinstance(part, (cst.Import, cst.ImportFrom)):
            for imported in import_names(part).values():
                if _only_first(imported):
                    return "1.x"
                second |= imported.startswith(_SECOND)
        if meant is None:
            continue
        if _only_first(meant):
            return "1.x"
        second |= meant.startswith(_SECOND)
    return "2.x" if second else None


def _only_first(name: str) -> bool:
    entry = api().get(modern_name(name))
    if name.startswith(("tf.contrib", "tf.python", "tf.app", "tf.flags", "tf.examples")):
        return True
    return entry is not None and not entry.second and entry.kind != "m"


def shape_of(module: cst.Module, names: Aliases) -> str:
    """What kind of 1.x program a module is: script, library, class, estimator, eager or plain."""
    scope = names.scopes[module]
    meant = {
        name
        for part in walk(module)
        if isinstance(part, (cst.Attribute, cst.Name))
        and (name := names.canonical(part, [scope])) is not None
    }
    sessions = {
        "tf.Session",
        "tf.InteractiveSession",
        "tf.train.MonitoredTrainingSession",
        "tf.train.Supervisor",
    }
    held = any(
        isinstance(part, cst.Attribute) and dotted_name(part) in ("self.sess", "self.session")
        for part in walk(module)
    )
    if any(name.startswith(("tf.estimator.Estimator", "tf.contrib.tpu.TPUEstimator")) for name in meant):
        return "estimator"
    if any(
        name in ("tf.enable_eager_execution", "tf.contrib.eager.enable_eager_execution") for name in meant
    ):
        return "eager"
    if held:
        return "class"
    if meant & sessions:
        return "script"
    return "library" if meant - modules() else "plain"


def candidate(
    filename: str,
    source: str,
    *,
    alias: str,
    native: bool,
    release: Release | None,
    inherited: Mapping[str, str] | None = None,
) -> Candidate:
    """Looks at one file alone; only what its neighbours export is known of them.

    Args:
        filename: its name; the text of `.ipynb` files is that of a notebook.
        source: its text.
        alias: `keep` or `tg`.
        native: whether the native rewrite is tried.
        release: what the program was written for; None lets the names tell.
        inherited: names that mean TensorFlow because other files of the program say so.
    """
    found = Candidate(filename, source)
    text = source
    if filename.endswith(".ipynb"):
        try:
            found.notebook = read_notebook(source)
        except UnreadableNotebook as error:
            found.failure = Finding(0, "notebook", "manual", f"it was not touched: {error}", "TG-7015")
            return found
        text = found.notebook.text
    prepared = prepare(text)
    if isinstance(prepared, Finding):
        found.failure = _placed(found, [prepared])[0]
        return found
    found.text, found.converted = prepared.text, prepared.findings
    try:
        _look(found, prepared, alias, native, release, inherited or {})
    except (RecursionError, MemoryError):
        why = "its expressions are nested too deeply to be analysed"
        found.failure = Finding(0, "file", "manual", why, "TG-7022")
    return found


def _look(
    found: Candidate,
    prepared: Prepared,
    alias: str,
    native: bool,
    release: Release | None,
    inherited: Mapping[str, str],
) -> None:
    module = prepared.module
    names = Aliases(module, inherited)
    keras = any(_imported_roots(part) & {"keras"} for part in walk(module))
    own = imports_tensorflow(module)
    found.tensorflow = own or bool(inherited) or (keras and release == "2.x")
    found.shim = prepared.text
    if not found.tensorflow:
        return
    found.release = release or release_of(module, names)
    found.shape = shape_of(module, names)
    if native and own and found.release != "2.x":
        text, findings = _native(module, alias)
        if text is not None:
            findings += [_missing(line, name, 1) for line, name in unresolved_names(text)]
            whole = found.notebook is None or marks(text) == marks(found.notebook.text)
            if not whole:
                findings.append(Finding(0, "notebook", "manual", "its cells cannot be kept apart", "TG-7022"))
            text = text if whole and not any(finding.fate == "manual" for finding in findings) else None
        found.native, found.native_findings = text, _placed(found, findings)
    found.shim, findings = rewrite_names(module, alias, found.release or "1.x", inherited)
    runtime = RUNTIME if found.release != "2.x" else "tensegra"
    given = {name: meant.replace("tf", runtime, 1) for name, meant in inherited.items()}
    lines: dict[str, list[int]] = {}
    for line, name in unresolved_names(found.shim, given):
        lines.setdefault(name, []).append(line)
    findings += [_missing(places[0], name, len(places)) for name, places in lines.items()]
    findings += _companions(module, found.release)
    found.shim_findings = _placed(found, findings)


def _native(module: cst.Module, alias: str) -> tuple[str | None, list[Finding]]:
    """The native rewrite; what it trips over is a reason like others, since the runtime is still there."""
    try:
        text, findings = rewrite_native(module, alias)
    except Exception as error:  # whatever it is: the file must come out whole
        why = f"the native rewrite does not understand the program ({type(error).__name__}: {error})"
        return None, [Finding(0, "program", "manual", why, "TG-7022")]
    wrong = syntax_error(text) if text is not None else None
    return (text, findings) if wrong is None else (None, [wrong])


def _missing(line: int, name: str, count: int) -> Finding:
    """The finding for a name of the output that the installed packages do not have."""
    inner = name.removeprefix(RUNTIME + ".")
    known = canonical(f"tf.{inner}")
    times = f" (used {count} times)" if count > 1 else ""
    if not name.startswith(RUNTIME):
        return Finding(line, name, "manual", f"the installed Tensegra does not have it{times}", "TG-7023")
    if name == RUNTIME:
        return Finding(line, name, "manual", "the runtime of 1.x programs is not installed", "TG-7023")
    if known in api() or any(entry.startswith(known + ".") for entry in modules()):
        reason = f"{refusal(known)}{times}"
        return Finding(line, known, "manual", reason, "TG-7024")
    why = f"TensorFlow 1.15 has no public name like this{times}: it is newer, older or internal"
    return Finding(line, known, "manual", why, "TG-7025")


REFUSALS = {
    "tf.contrib.tpu": "TPUs are not supported; the Estimator of the same arguments is",
    "tf.contrib.distribute": "several hosts and devices are not supported",
    "tf.contrib.tensor_forest": "forests are not supported; scikit-learn has them",
    "tf.contrib.boosted_trees": "boosted trees are not supported; scikit-learn and LightGBM have them",
    "tf.contrib.factorization": "clustering is not supported; scikit-learn has it",
    "tf.contrib.quantize": "training for quantized networks is not supported",
    "tf.contrib.tensorrt": "TensorRT is not supported",
    "tf.contrib.lite": "use tensegra.lite",
    "tf.lite": "use tensegra.lite",
    "tf.contrib.eager": "eager execution is how Tensegra runs without compat.v1: rewrite this file for import tensegra",
    "tf.raw_ops": "raw ops have no counterpart; call the function of the public API",
    "tf.distribute": "several hosts and devices are not supported",
    "tf.tpu": "TPUs are not supported",
    "tf.contrib.slim.nets": "the model zoo is not there yet",
    "tf.contrib.learn": "it was deprecated in 1.x already; use tf.estimator",
}


def refusal(name: str) -> str:
    """Why a symbol of 1.15 is not there."""
    head = name
    while head:
        if head in REFUSALS:
            return REFUSALS[head]
        head = head.rpartition(".")[0]
    return "the runtime of 1.x programs does not have it yet; replace it by hand"


def _imported_roots(node: cst.CSTNode) -> set[str]:
    if isinstance(node, cst.Import):
        return {(dotted_name(item.name) or "").split(".")[0] for item in node.names}
    if isinstance(node, cst.ImportFrom) and not node.relative and node.module is not None:
        return {(dotted_name(node.module) or "").split(".")[0]}
    return set()


def _companions(module: cst.Module, release: Release | None) -> list[Finding]:
    roots: set[str] = set()
    for part in walk(module):
        roots |= _imported_roots(part)
    found = []
    for name in sorted(roots & COMPANIONS):
        if name == "keras" and release == "2.x":
            continue
        why = f"the package {name} is built on TensorFlow itself, so it cannot work on Tensegra's tensors"
        found.append(Finding(0, f"import {name}", "manual", why, "TG-7026"))
    for part in walk(module):
        if isinstance(part, cst.Call) and (dotted_name(part.func) or "").split(".")[-1] in (
            "import_module",
            "__import__",
        ):
            word = part.args[0].value if part.args else None
            if isinstance(word, cst.SimpleString) and str(word.evaluated_value).startswith("tensorflow"):
                why = "it imports TensorFlow by a string, which is not followed"
                found.append(Finding(0, str(word.evaluated_value), "manual", why, "TG-7022"))
    return found


def _placed(found: Candidate, findings: list[Finding]) -> list[Finding]:
    """Findings of a notebook say the cell and the line in it."""
    if found.notebook is None:
        return findings
    placed = []
    for finding in findings:
        cell, line = cell_line(found.notebook, finding.line)
        where = f"cell {cell}, line {line}: " if finding.line and cell else ""
        placed.append(replace(finding, why=where + finding.why))
    return placed


def settle(found: Candidate, how: str) -> UpgradeResult:
    """The result of one file.

    Args:
        found: the file.
        how: `native`, `shim` or `refuse`.
    """
    name, source = found.filename, found.source
    if found.failure is not None:
        status: Status = "refused" if found.failure.code == "TG-7022" else "unreadable"
        return UpgradeResult(name, source, source, status, (found.failure,))
    converted = list(found.converted)
    if not found.tensorflow:
        if converted:
            return UpgradeResult(name, source, _whole(found, found.text), "upgraded", tuple(converted))
        note = Finding(0, "file", "note", "it does not import TensorFlow, so there is nothing to upgrade")
        return UpgradeResult(name, source, source, "unchanged", (note,))
    if how == "native" and found.native is not None:
        findings = sorted({*converted, *found.native_findings})
        return UpgradeResult(name, source, _whole(found, found.native), "upgraded", tuple(findings))
    if how == "refuse":
        left = Finding(
            0, "program", "note", f"it was left as it is, in whole; in mode auto it would run on {RUNTIME}"
        )
        return UpgradeResult(name, source, source, "refused", tuple(sorted({left, *found.native_findings})))
    status = "upgraded" if found.release == "2.x" else "shimmed"
    extra = [*converted, *found.shim_findings]
    reasons = sorted({f"line {f.line}: {f.construct}: {f.why}" for f in found.native_findings if f.code})
    if reasons and status == "shimmed":
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        why = f"it runs on {RUNTIME}; it is not native because of {reasons[0]}{more}"
        extra.append(Finding(0, "program", "shimmed", why))
    elif status == "shimmed":
        extra.append(Finding(0, "program", "shimmed", f"it runs on {RUNTIME}"))
    return UpgradeResult(name, source, _whole(found, found.shim), status, tuple(sorted(set(extra))))


def _whole(found: Candidate, text: str) -> str:
    return text if found.notebook is None else write_notebook(found.notebook, text)
