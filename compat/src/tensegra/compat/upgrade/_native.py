"""The native rewrite of one file: read it as a graph program, plan functions, write them."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from ._class_writing import write_classes
from ._classes import hold_classes
from ._imports import find_tensorflow, rebound_names
from ._marks import plain
from ._names import FreshNames, all_names
from ._plan import Plan
from ._program import Program
from ._references import find_references
from ._result import Finding
from ._rewrite import Rewriter
from ._unbound import unbound_names
from ._values import Kind


def rewrite_native(module: cst.Module, alias: str, recorded: str = "") -> tuple[str | None, list[Finding]]:
    """The native text and what was done; or None and the reasons, line by line.

    Where `recorded` is given, each run of the output goes through the function of that name: `recorded(line, values)`.
    """
    source = module.code
    held = hold_classes(module, find_tensorflow(module, alias, FreshNames(all_names(module))))
    wrapper = MetadataWrapper(held.module)
    module = wrapper.module
    held.settle(module)
    positions = wrapper.resolve(PositionProvider)
    lines = {node: place.start.line for node, place in positions.items()}
    fresh = FreshNames(all_names(module))
    tensorflow = find_tensorflow(module, alias, fresh)
    references, unknown = find_references(module, tensorflow)
    findings = [
        _manual(lines.get(n, 0), what, why, "TG-7020") for n, what, why in [*tensorflow.problems, *unknown]
    ]
    for name in rebound_names(module, tensorflow):
        why = "the name is bound again, so what it means cannot be told from the source"
        findings.append(_manual(0, name, why, "TG-7022"))
    program = Program(module, tensorflow, references, lines, fresh, held)
    roles = {reference.symbol.role for reference in references.values() if reference.symbol}
    if "session" not in roles and roles - {"value"}:
        why = (
            "the file builds parts of a graph and runs none: it is a library whose Session is in another file; "
            "native rewriting covers a script with its graph and its Session in one file so far"
        )
        findings.append(_manual(0, "program", why, "TG-7021"))
    if not findings and not program.problems:
        plan = Plan(program)
        if not program.problems:
            rewriter = Rewriter(program, plan, recorded)
            written = module.visit(rewriter)
            text = write_classes(written, held, rewriter.root, rewriter.refuse).code
            for name in sorted(unbound_names(text) - unbound_names(source) - {recorded}):
                why = f"the functions of the output would read {name}, which nothing would make"
                findings.append(_manual(0, name, why, "TG-7022"))
            if not program.problems and not findings:
                return text, sorted(set(_done(program, plan, rewriter)))
    findings += [_manual(p.line, p.construct, p.why, p.code) for p in program.problems]
    return None, sorted(set(findings))


def _manual(line: int, construct: str, why: str, code: str) -> Finding:
    return Finding(line, plain(construct), "manual", plain(why), code)


def _done(program: Program, plan: Plan, rewriter: Rewriter) -> list[Finding]:
    """The account of a finished rewrite."""
    done: list[Finding] = []
    lines, module = program.lines, program.module

    def add(line: int, construct: str, fate: str, why: str) -> None:
        done.append(Finding(line, plain(construct), fate, plain(why)))  # type: ignore[arg-type]

    for statement in program.tensorflow.statements:
        add(
            lines.get(statement, 0), "import tensorflow", "rewritten", f"Tensegra is known as {rewriter.root}"
        )
    steps = {train.unit.node for train in program.trains.values()}
    for dropped, why in [*program.dropped.items(), *program.flattened.items()]:
        if dropped in steps:
            continue
        add(lines.get(dropped, 0), _first_line(module, dropped), "dropped", why)
    home = {unit: f.name for f in [*plan.shared, *plan.steps] for unit in f.units}
    for unit in program.units:
        if unit.action == "spec":
            users = [f.name for f in plan.steps if unit.result in f.parameters]
            why = (
                f"the placeholder is an argument of {', '.join(users)}"
                if users
                else "nothing that is run needs it"
            )
            add(unit.line, f"{unit.result.name} = tf.placeholder", "rewritten" if users else "dropped", why)
        elif unit.action == "move":
            name = home.get(unit)
            what = _first_line(module, unit.node)
            if name is None:
                add(unit.line, what, "dropped", "no run of the session depends on it")
            else:
                add(unit.line, what, "moved", f"it is computed in {name}")
    for train in program.trains.values():
        users = [f.name for f in plan.steps if train in f.trains]
        why = f"its updates are written out in {', '.join(users)}" if users else "it is never run"
        add(train.unit.line, f"{train.value.name} = minimize", "rewritten" if users else "dropped", why)
    for run in program.runs.values():
        step = plan.step_of.get(run.call)
        why = f"it calls {step.name}" if step else "the value is read directly"
        add(run.line, module.code_for_node(run.call.func), "rewritten", why)
        with_variables = step is not None and step.trains and any(i.kind is Kind.VARIABLE for i in run.items)
        if with_variables:
            why = "1.x leaves open whether a variable fetched beside its update is read before or after it; here after"
            add(run.line, "run", "note", why)
        unfed = [v.name for v, _ in run.feeds if step is None or v not in step.parameters]
        for name in unfed:
            add(run.line, name, "dropped", "it is fed, but nothing that is fetched depends on it")
    for node, reference in program.references.items():
        symbol = reference.symbol
        if symbol is None or symbol.target is None:
            continue
        if f"tf.{symbol.target}" != symbol.name or symbol.template:
            add(
                lines.get(node, 0),
                symbol.name,
                "rewritten",
                f"{rewriter.root}.{symbol.target} takes its place",
            )
        if symbol.note:
            add(lines.get(node, 0), symbol.name, "note", symbol.note)
        if symbol.role == "random":
            add(
                lines.get(node, 0),
                symbol.name,
                "note",
                "same distribution; the numbers drawn differ from those of 1.x",
            )
    for helper in program.helpers.by_name.values():
        if helper.split:
            why = f"{helper.split.name} makes its variables once, {helper.name} applies them"
            add(lines.get(helper.node, 0), f"def {helper.name}", "rewritten", why)
    return done


def _first_line(module: cst.Module, node: cst.CSTNode) -> str:
    """The first line of code of a statement, without its comments."""
    if isinstance(node, (cst.SimpleStatementLine, cst.With, cst.For, cst.If, cst.While)):
        node = node.with_changes(leading_lines=())
    text = module.code_for_node(node).strip().splitlines()[0]
    text = text.split("  #")[0]
    return text if len(text) <= 60 else text[:57] + "..."
