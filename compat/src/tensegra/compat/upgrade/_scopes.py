"""Variable scopes of a script: which call shares the variables of which, and what a collection holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from ._arguments import bind_arguments
from ._helpers import Helper
from ._values import Value

if TYPE_CHECKING:
    from ._program import Program

_SCOPE = ("name_or_scope", "default_name", "values", "initializer", "regularizer", "caching_device", "partitioner",
          "custom_getter", "reuse", "dtype", "use_resource", "constraint", "auxiliary_name_scope")  # fmt: skip
_COLLECTIONS = ("tf.GraphKeys.TRAINABLE_VARIABLES",)


@dataclass(frozen=True)
class Entered:
    """One scope that is open: its name where the source tells it, and whether it shares its variables."""

    name: str | None
    of_variables: bool
    reuse: str = "None"
    again: bool = False


class Scopes:
    """What the scopes around each statement mean for the variables that it makes."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.stack: list[Entered] = []
        self.reused: list[tuple[cst.Call, list[str]]] = []
        self.collections: dict[cst.Call, list[Value]] = {}
        self._known: dict[tuple[object, ...], list[Value]] = {}
        self._entered: set[tuple[str | None, ...]] = set()
        self._counts: dict[tuple[object, ...], int] = {}
        self._made: list[tuple[str | None, Value, bool]] = []

    # ---- scopes ------------------------------------------------------------------------------------------------

    def enter(self, statement: cst.With) -> int:
        """Opens the scopes of a statement; gives how many they are."""
        opened = 0
        for item in statement.items:
            node = item.item
            if not isinstance(node, cst.Call) or self.program.role(node) != "scope":
                continue
            name = self.program.references[node.func].name
            bound = bind_arguments(_SCOPE if name == "tf.variable_scope" else ("name",), node.args) or {}
            if name not in ("tf.variable_scope", "tf.name_scope"):
                continue
            first = bound.get("name_or_scope", bound.get("name"))
            reuse = self.text(bound["reuse"].value) if "reuse" in bound else "None"
            of_variables = name == "tf.variable_scope"
            self.stack.append(Entered(literal(first.value) if first else None, of_variables, reuse))
            place = self.path(False)
            if place in self._entered:
                self.stack[-1] = replace(self.stack[-1], again=True)
            self._entered.add(place)
            opened += 1
            if of_variables:
                path = self.path(True)
                self._counts = {key: n for key, n in self._counts.items() if key[0] != path}
        return opened

    def leave(self, opened: int) -> None:
        """Closes the scopes that were opened last."""
        del self.stack[len(self.stack) - opened :]

    def path(self, of_variables: bool) -> tuple[str | None, ...]:
        """The names of the open scopes, those of ops left out where only variable scopes count."""
        return tuple(e.name for e in self.stack if e.of_variables or not of_variables)

    def reuses(self) -> str:
        """`None`, `True` or `AUTO`: what the innermost scope that says anything says about sharing."""
        for entered in reversed(self.stack):
            if entered.reuse not in ("None", "False"):
                return "True" if entered.reuse == "True" else "AUTO" if "AUTO_REUSE" in entered.reuse else "?"
        return "None"

    def text(self, node: cst.CSTNode) -> str:
        return self.program.module.code_for_node(node).strip()

    def tag(self, node: cst.BaseExpression) -> str | None:
        """The tag of a summary: its name behind those of the open scopes; None where the source does not tell."""
        name = literal(node)
        if name is None or None in self.path(False) or any(entered.again for entered in self.stack):
            return None
        return "/".join([*(str(each) for each in self.path(False)), re.sub(r"[^-/\w.]", "_", name)])

    # ---- sharing -----------------------------------------------------------------------------------------------

    def shared(self, call: cst.Call, helper: Helper | None) -> list[Value] | None:
        """The variables that a call shares with an earlier one; None where it makes its own."""
        own = self._own_reuse(call, helper)
        around = self.reuses()
        reuse = own if own != "None" else around
        key = self._key(call, helper, named=own != "None" or helper is None)
        if reuse == "None":
            return None
        if reuse == "?" or key is None or None in self.path(True):
            why = "whether it shares the variables of an earlier call cannot be told from the source"
            self.program.refuse(call, self.program.construct(call), why)
            return None
        found = self._known.get(key)
        if found is None and reuse == "True":
            why = "it shares the variables of an earlier call, which is not found in the source"
            self.program.refuse(call, self.program.construct(call), why)
        return found

    def record(self, call: cst.Call, helper: Helper | None, values: list[Value]) -> None:
        """Remembers what a call made."""
        own = self._own_reuse(call, helper)
        known = self._key(call, helper, named=own != "None" or helper is None, peek=True)
        inner = (helper.split.scope if helper and helper.split else None) or None
        bound = self.program.helpers.bind(helper, call) if helper else {}
        if helper is not None and inner is not None:
            named = self._key(call, helper, named=True, peek=True)
            if named is not None:
                self._known.setdefault(named, values)
        if known is not None:
            self._known.setdefault(known, values)
        if helper is None:
            reference = self.program.references.get(call.func)
            symbol = reference.symbol if reference else None
            arguments = bind_arguments(symbol.old, call.args) if symbol else None
            given = (arguments or {}).get("name")
            own_name = (
                literal(given.value) if given else (reference.name.split(".")[-1] if reference else None)
            )
            layer = symbol is not None and symbol.role == "layer"
            self._note(values, self.path(layer), own_name, whole=True)
        else:
            place = literal(self._argument(inner, helper, bound or {})) if inner is not None else None
            self._note(values, self.path(True), place if inner is not None else "", whole=False)

    def note_variable(self, value: Value, call: cst.Call) -> None:
        """Remembers a variable that keeps its own statement."""
        arguments = bind_arguments(("initial_value", "trainable", "collections", "validate_shape", "caching_device",
                                    "name"), call.args) or {}  # fmt: skip
        given = arguments.get("name")
        self._note([value], self.path(False), literal(given.value) if given else "Variable", whole=True)

    def note_unknown(self, values: Iterable[Value]) -> None:
        """Remembers variables whose names of 1.x the source does not tell."""
        self._made += [(None, value, True) for value in values]

    def _note(
        self, values: Iterable[Value], path: tuple[str | None, ...], own: str | None, whole: bool
    ) -> None:
        parts = [*path, own]
        known = None if None in parts else "/".join(str(part) for part in parts if part)
        self._made += [(known, value, whole) for value in values]

    def _own_reuse(self, call: cst.Call, helper: Helper | None) -> str:
        """What a call itself says about sharing: `None`, `True`, `AUTO` or `?`."""
        if helper is not None:
            if helper.split is None or helper.split.reuse is None:
                return "None"
            node: cst.BaseExpression | None = self._argument(
                helper.split.reuse, helper, self.program.helpers.bind(helper, call) or {}
            )
        else:
            reference = self.program.references.get(call.func)
            symbol = reference.symbol if reference else None
            bound = bind_arguments(symbol.old, call.args) if symbol else None
            node = bound["reuse"].value if bound and "reuse" in bound else None
        if node is None:
            return "None"
        text = self.text(node)
        if text in ("None", "False"):
            return "None"
        return "True" if text == "True" else "AUTO" if text.endswith("AUTO_REUSE") else "?"

    def _argument(
        self, node: cst.BaseExpression, helper: Helper, bound: dict[str, cst.Arg]
    ) -> cst.BaseExpression:
        """What an expression of a helper is for one call, where it is a parameter."""
        params = [*helper.node.params.params, *helper.node.params.kwonly_params]
        for param in params:
            if isinstance(node, cst.Name) and param.name.value == node.value:
                return bound[node.value].value if node.value in bound else (param.default or node)
        return node

    def _key(
        self, call: cst.Call, helper: Helper | None, named: bool, peek: bool = False
    ) -> tuple[object, ...] | None:
        path = self.path(True)
        if helper is not None and named:
            if helper.split is None or helper.split.scope is None:
                return (path, helper.name, "")
            place = literal(
                self._argument(helper.split.scope, helper, self.program.helpers.bind(helper, call) or {})
            )
            return None if place is None else (path, helper.name, place)
        reference = self.program.references.get(call.func)
        what = helper.name if helper is not None else reference.name if reference else ""
        symbol = reference.symbol if reference else None
        bound = bind_arguments(symbol.old, call.args) if symbol else None
        if bound and "name" in bound:
            own = literal(bound["name"].value)
            return None if own is None else (path, what, own)
        counted = (path, what)
        number = self._counts.get(counted, 0)
        if not peek:
            self._counts[counted] = number + 1
            return (path, what, number)
        return (path, what, number - 1)

    # ---- collections -------------------------------------------------------------------------------------------

    def collect(self, call: cst.Call) -> None:
        """What `tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="g")` and `tf.trainable_variables()` hold."""
        program = self.program
        name = program.references[call.func].name
        bound = bind_arguments(("key", "scope") if name == "tf.get_collection" else ("scope",), call.args)
        construct = program.construct(call)
        self.collections[call] = []
        if bound is None:
            program.refuse(call, construct, "its arguments cannot be told apart")
            return
        if name == "tf.get_collection":
            reference = program.references.get(bound["key"].value) if "key" in bound else None
            if reference is None or reference.name not in _COLLECTIONS:
                program.refuse(call, construct, "only the collection of trainable variables can be followed")
                return
        wanted = literal(bound["scope"].value) if "scope" in bound else ""
        if wanted is None and self.text(bound["scope"].value) != "None":
            program.refuse(call, construct, "the scope that it asks for cannot be told from the source")
            return
        for known, value, whole in self._made:
            open_end = (
                known is not None and not whole and (wanted or "").startswith(known) and known != wanted
            )
            if wanted and (known is None or open_end):
                program.refuse(
                    call, construct, f"whether {value.name} is in that scope cannot be told from the source"
                )
            elif not wanted or (known or "").startswith(wanted):
                self.collections[call].append(value)


def literal(node: cst.BaseExpression | None) -> str | None:
    """The text of a literal string."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None
