"""Every mention of a TensorFlow symbol in a module, known or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from ._arguments import argument_problems
from ._imports import TensorFlowNames
from ._names import name_reads
from ._symbols import Symbol, namespaces, symbol_table


@dataclass(frozen=True)
class Reference:
    """One mention: the canonical name and, where the table knows it, the symbol."""

    name: str
    symbol: Symbol | None


class _Collector(cst.CSTVisitor):
    def __init__(self, tensorflow: TensorFlowNames, loads: set[cst.Name]) -> None:
        self.tensorflow = tensorflow
        self.loads = loads
        self.found: dict[cst.CSTNode, Reference] = {}

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        root: cst.BaseExpression = node
        while isinstance(root, cst.Attribute):
            root = root.value
        if not (isinstance(root, cst.Name) and root in self.loads):
            return True
        name = self.tensorflow.canonical(node)
        if name is None:
            return True
        # `tf.float32.name` mentions `tf.float32`: the longest known beginning counts.
        part: cst.BaseExpression = node
        while isinstance(part, cst.Attribute):
            known = self.tensorflow.symbol(part)
            if known is not None:
                self.found[part] = Reference(known.name, known)
                return False
            part = part.value
        known = self.tensorflow.symbol(part)
        self.found[part if known else node] = Reference(known.name if known else name, known)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        if node in self.loads and node.value in self.tensorflow.names:
            name = self.tensorflow.names[node.value]
            self.found[node] = Reference(name, symbol_table().get(name))


def find_references(
    module: cst.Module, tensorflow: TensorFlowNames
) -> tuple[Mapping[cst.CSTNode, Reference], list[tuple[cst.CSTNode, str, str]]]:
    """All references of a module, and the problems with them as (node, construct, why)."""
    loads = set(name_reads(module))
    collector = _Collector(tensorflow, loads)
    for statement in module.body:
        if statement not in tensorflow.statements:
            statement.visit(collector)
    problems: list[tuple[cst.CSTNode, str, str]] = []
    for node, reference in collector.found.items():
        if reference.symbol is not None:
            continue
        if reference.name in namespaces():
            why = "the module itself is used as a value, so the names reached through it cannot be followed"
        else:
            why = "the upgrader has no counterpart for this symbol in Tensegra yet"
        problems.append((node, reference.name, why))
    calls = _Calls(collector.found)
    module.visit(calls)
    for call, symbol in calls.found:
        problems += [(call, symbol.name, why) for why in argument_problems(symbol, call)]
    for node, reference in collector.found.items():
        known = reference.symbol if node not in calls.functions else None
        if known is not None and known.role in ("op", "random") and not known.same_arguments:
            why = "it is passed on as a function, but its arguments differ in Tensegra; wrap it in a lambda"
            problems.append((node, known.name, why))
    return collector.found, problems


class _Calls(cst.CSTVisitor):
    def __init__(self, references: Mapping[cst.CSTNode, Reference]) -> None:
        self.references = references
        self.found: list[tuple[cst.Call, Symbol]] = []
        self.functions: set[cst.CSTNode] = set()

    def visit_Call(self, node: cst.Call) -> None:
        reference = self.references.get(node.func)
        if reference is not None and reference.symbol is not None:
            self.functions.add(node.func)
            self.found.append((node, reference.symbol))
