"""Reads what runs are fed: dictionaries in the call, and dictionaries with a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import libcst as cst

from ._names import binds, target_names
from ._tree import walk
from ._values import Kind, Run, Value

if TYPE_CHECKING:
    from ._program import Program


class FeedReader:
    """Follows feeds; `keys` maps each key of a named dictionary to the name of its placeholder."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.keys: dict[cst.CSTNode, str] = {}
        self._dicts: dict[str, list[frozenset[str]]] = {}
        self._asked: list[tuple[cst.Call, str]] = []

    def read(self, run: Run, node: cst.BaseExpression, env: Mapping[str, Value]) -> None:
        """What one run is fed."""
        program = self.program
        if isinstance(node, cst.Name) and node.value != "None":
            run.feed_name = node.value
            self._asked.append((run.call, node.value))
        elif isinstance(node, cst.Dict):
            for element in node.elements:
                key = element.key if isinstance(element, cst.DictElement) else None
                value = env.get(key.value) if isinstance(key, cst.Name) else None
                if value is None or value.kind is not Kind.PLACEHOLDER:
                    what = program.construct(key if key is not None else element.value)
                    program.refuse(
                        run.call, "feed_dict", f"it feeds {what}, which is not a placeholder of this file"
                    )
                else:
                    run.feeds.append((value, element.value))
        elif not (isinstance(node, cst.Name) and node.value == "None"):
            why = "its feeds come from an expression; write the dictionary into the call or give it a name"
            program.refuse(run.call, "feed_dict", why)

    def note(self, small: cst.BaseSmallStatement, env: Mapping[str, Value]) -> None:
        """`feed = {x: ..., y: ...}` and `feed[x] = ...`: the keys become the names of the placeholders."""
        if not (isinstance(small, cst.Assign) and len(small.targets) == 1):
            return
        target = small.targets[0].target
        if isinstance(small.value, cst.Dict) and isinstance(target, cst.Name):
            keys = {
                e.key: self._placeholder(e.key, env)
                for e in small.value.elements
                if isinstance(e, cst.DictElement)
            }
            if keys and all(keys.values()):
                self.keys.update({node: value.name for node, value in keys.items() if value})
                names = frozenset(value.name for value in keys.values() if value)
                self._dicts.setdefault(target.value, []).append(names)
        if (
            isinstance(target, cst.Subscript)
            and isinstance(target.value, cst.Name)
            and len(target.slice) == 1
        ):
            index = target.slice[0].slice
            value = self._placeholder(index.value, env) if isinstance(index, cst.Index) else None
            if value is not None and isinstance(index, cst.Index) and target.value.value in self._dicts:
                self.keys[index.value] = value.name

    def _placeholder(self, node: cst.CSTNode, env: Mapping[str, Value]) -> Value | None:
        value = env.get(node.value) if isinstance(node, cst.Name) else None
        return value if value is not None and value.kind is Kind.PLACEHOLDER else None

    def is_feed_dict(self, small: cst.BaseSmallStatement) -> bool:
        """True for `feed = {placeholder: ...}`."""
        if not (isinstance(small, cst.Assign) and isinstance(small.value, cst.Dict) and small.value.elements):
            return False
        return all(
            isinstance(e, cst.DictElement) and self._placeholder(e.key, self.program.env)
            for e in small.value.elements
        )

    def check(self) -> None:
        """Every dictionary that is fed by name must be one whose keys are known."""
        binding = (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.AsName)
        bound: list[str] = []
        for part in walk(self.program.module):
            if isinstance(part, binding):
                bound += binds(part)
            elif isinstance(part, (cst.For, cst.CompFor)):
                bound += target_names(part.target)
            elif isinstance(part, cst.Param):
                bound.append(part.name.value)
        for call, name in self._asked:
            known = self._dicts.get(name, [])
            if not known or len(known) != bound.count(name):
                why = f"the keys of {name} cannot be told from the source; write the dictionary into the call"
                self.program.refuse(call, "feed_dict", why)
            elif call in self.program.runs:
                self.program.runs[call].feed_keys = frozenset.intersection(*known)
