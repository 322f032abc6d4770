"""Reads a script as a graph program: which statements build the graph, which run it, which are plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import libcst as cst

from ._assignments import AssignmentReader
from ._class_reading import ClassReader
from ._classes import Held
from ._helpers import Helpers, draws_from_python, walk
from ._imports import TensorFlowNames
from ._marks import marked, plain, scope_of
from ._names import (
    FreshNames,
    assigned_value,
    binds,
    function_locals,
    global_names,
    is_main_guard,
    name_reads,
    target_names,
)
from ._purity import impure_calls, is_generator
from ._references import Reference
from ._runs import RunReader, constant_index
from ._scopes import Scopes
from ._values import GRAPH_ONLY, NAMED_PARTS, Kind, Problem, Run, Train, Unit, Value

_TENSOR_ATTRIBUTES = (
    frozenset({"get_shape", "shape", "dtype", "eval", "run", "minimize", "initialized_value"}) | NAMED_PARTS
)
_GRAPH_SHAPES = (Kind.PLACEHOLDER, Kind.TENSOR, Kind.VARIABLE, Kind.VARIABLES, Kind.RANDOM)


class Program:
    """One module read as a graph program; everything that stands in the way is in `problems`."""

    def __init__(
        self,
        module: cst.Module,
        tensorflow: TensorFlowNames,
        references: Mapping[cst.CSTNode, Reference],
        lines: Mapping[cst.CSTNode, int],
        fresh: FreshNames,
        held: Held | None = None,
    ) -> None:
        self.module, self.tensorflow, self.references = module, tensorflow, references
        self.lines, self.fresh = lines, fresh
        self.problems: list[Problem] = []
        self._bound = 0
        self.classes = ClassReader(self, held or Held(module))
        functions = [s for s in module.body if isinstance(s, cst.FunctionDef)]
        self.main = self._find_main(functions)
        if self.main is not None:
            functions = [f for f in functions if f is not self.main]
            functions += [s for s in self.main.body.body if isinstance(s, cst.FunctionDef)]
        functions += self.classes.functions()
        self.helpers = Helpers(functions, references, fresh)
        for node, construct, why in self.helpers.problems:
            self.refuse(node, construct, why)
        self._check_metrics()
        self.units: list[Unit] = []
        self.env: dict[str, Value] = {}
        self.history: dict[str, list[Value]] = {}
        self.trains: dict[Value, Train] = {}
        self.runs: dict[cst.Call, Run] = {}
        self.reader = RunReader(self)
        self.assignments = AssignmentReader(self)
        self.dropped: dict[cst.BaseStatement, str] = {}
        self.flattened: dict[cst.With, str] = {}
        for helper in self.helpers.by_name.values():
            why = "the block was opened: variables belong to objects and names here"
            for part in walk(helper.node.body):
                if isinstance(part, cst.With) and self.helpers.is_scope(part):
                    self.flattened[part] = why
        self.scopes = Scopes(self)
        self.lists: set[Value] = set()
        self.summaries: dict[str, tuple[cst.BaseExpression, bool, dict[str, Value]]] = {}
        self.merged: dict[cst.Call, dict[str, tuple[cst.BaseExpression, bool, dict[str, Value]]]] = {}
        self.writers: set[str] = set()
        self.iterators: dict[cst.Call, cst.BaseExpression] = {}
        self.restarts: dict[cst.BaseStatement, list[str]] = {}
        self.sessions: list[cst.CSTNode] = []
        self.straight_line(module.body)
        for statement in functions:
            self._read_function(statement)
        self.reader.feeds.check()
        self._check_sessions()
        self.classes.check_left()

    def _find_main(self, functions: list[cst.FunctionDef]) -> cst.FunctionDef | None:
        """The one function that holds the whole program, as `main` often does; its body is then the straight line."""

        def roles(node: cst.CSTNode) -> set[str]:
            found = (self.references.get(part) for part in walk(node))
            return {r.symbol.role for r in found if r is not None and r.symbol is not None}

        holding = [f for f in functions if "session" in roles(f)]
        outside = [s for s in self.module.body if s not in functions and "session" in roles(s)]
        if len(holding) != 1 or outside or not isinstance(holding[0].body, cst.IndentedBlock):
            return None
        main = holding[0]
        parts = roles(main) & {"placeholder", "variable", "optimizer", "op", "random", "layer", "cell"}
        calls = sum(n.value == main.name.value for n in name_reads(self.module))
        return main if parts and calls <= 1 and not global_names(main.body) else None

    def _check_sessions(self) -> None:
        if any(v.kind in (Kind.VARIABLE, Kind.VARIABLES) for values in self.history.values() for v in values):
            for node in self.sessions[1:]:
                why = "a second session starts from fresh variables; one session per script can be rewritten"
                self.refuse(node, "tf.Session", why)

    def refuse(self, node: cst.CSTNode, construct: str, why: str, code: str = "TG-7022") -> None:
        """Notes a construct that cannot be rewritten."""
        self.problems.append(Problem(self.lines.get(node, 0), construct, why, code))

    def is_metric(self, node: cst.CSTNode) -> bool:
        """True for `tf.metrics.accuracy(...)` and the like."""
        reference = self.references.get(node.func) if isinstance(node, cst.Call) else None
        return bool(reference and reference.symbol and reference.name.startswith("tf.metrics."))

    def _check_metrics(self) -> None:
        """Of the pair that a metric of 1.x returns, the second one updates it and gives the new value."""
        updates = {
            part.value
            for part in walk(self.module)
            if isinstance(part, cst.Subscript) and constant_index(part) == 1
        }
        for part in walk(self.module):
            if self.is_metric(part) and part not in updates:
                why = "only its update, the second of the pair that it returns, can be rewritten"
                self.refuse(part, self.construct(part), why)

    def fresh_beside(self, name: str, *wishes: str) -> str:
        """An unused name for something that belongs to the same object as `name`."""
        held = self.classes.held.class_of(scope_of(name))
        return self.fresh(*(plain(w) if held is None else marked(plain(w), held.number) for w in wishes))

    def role(self, node: cst.CSTNode) -> str | None:
        """The role of the symbol that a node (or the function of a call) mentions."""
        if isinstance(node, cst.Call):
            node = node.func
        return self.helpers.symbol_role(node)

    # ---- the straight line -------------------------------------------------------------------------------------

    def straight_line(self, body: Iterable[cst.BaseStatement]) -> None:
        """Reads statements that run once, in order."""
        for statement in body:
            if statement in self.tensorflow.statements:
                continue
            if isinstance(statement, cst.With) and self.is_transparent(statement):
                self.open(statement)
                opened = self.scopes.enter(statement)
                assert isinstance(statement.body, cst.IndentedBlock)
                self.straight_line(statement.body.body)
                self.scopes.leave(opened)
            elif isinstance(statement, cst.If) and is_main_guard(statement) and statement.orelse is None:
                assert isinstance(statement.body, cst.IndentedBlock)
                self.straight_line(statement.body.body)
            elif held := self.classes.class_of(statement):
                self.classes.read(held)
            elif called := self.classes.called_builder(statement):
                unit = Unit(len(self.units), statement, self.lines.get(statement, 0))
                self.units.append(unit)
                self.classes.read_call(unit, *called)
            elif statement is self.main:
                self.bind(Value(self.main.name.value, Kind.PYTHON, self.lines.get(statement, 0)))
                assert isinstance(self.main.body, cst.IndentedBlock)
                self.straight_line(self.main.body.body)
            else:
                unit = Unit(len(self.units), statement, self.lines.get(statement, 0))
                self.units.append(unit)
                self._read_unit(unit)

    def is_transparent(self, statement: cst.With) -> bool:
        """True for `with tf.Session()`, `tf.name_scope`, `tf.device`, `graph.as_default()` blocks."""
        return isinstance(statement.body, cst.IndentedBlock) and all(
            self.context(item.item) is not None for item in statement.items
        )

    def context(self, node: cst.BaseExpression) -> str | None:
        role = self.role(node) if isinstance(node, cst.Call) else None
        if role == "session" or (
            role == "scope" and isinstance(node, cst.Call) and self.helpers.is_plain_scope(node)
        ):
            return role
        if (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Attribute)
            and node.func.attr.value == "as_default"
        ):
            owner = node.func.value
            kind = (
                self.env[owner.value].kind
                if isinstance(owner, cst.Name) and owner.value in self.env
                else None
            )
            if kind in (Kind.SESSION, Kind.GRAPH) or self.role(owner) in ("graph", "session"):
                return "default"
        if (
            isinstance(node, cst.Name)
            and node.value in self.env
            and self.env[node.value].kind is Kind.SESSION
        ):
            return "default"
        return None

    def open(self, statement: cst.With, env: dict[str, Value] | None = None) -> None:
        env = self.env if env is None else env
        why = "the block was opened: its statements stand for themselves"
        for item in statement.items:
            if self.context(item.item) == "session":
                self.new_session(item.item)
                why = "there are no sessions: what the block ran is called directly"
            if item.asname is not None:
                kind = Kind.SESSION if self.context(item.item) == "session" else Kind.GRAPH
                for name in target_names(item.asname):
                    self.bind(Value(name, kind, self.lines.get(statement, 0)), env)
        self.flattened[statement] = why

    def new_session(self, node: cst.CSTNode) -> None:
        self.sessions.append(node)

    def bind(self, value: Value, env: dict[str, Value] | None = None) -> Value:
        """Makes `value` what its name stands for from here on."""
        env = self.env if env is None else env
        before = env.get(value.name)
        if before in self.lists and value.unit is not None and value.name not in set(binds(value.unit.node)):
            self.lists.add(value)  # the same list with more in it
        env[value.name] = value
        self._bound += 1
        value.order = self._bound
        if env is self.env:
            self.history.setdefault(value.name, []).append(value)
        return value

    # ---- one statement -----------------------------------------------------------------------------------------

    def _read_unit(self, unit: Unit) -> None:
        node = unit.node
        if isinstance(node, cst.FunctionDef):
            self.bind(Value(node.name.value, Kind.PYTHON, unit.line, unit))
        elif isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
            small = node.body[0]
            if isinstance(small, cst.Assign) and self.reader.sets_option(small, self.env):
                self.drop(unit, Kind.CONFIG, "there is no session whose option it would be")
            elif self.reader.feeds.is_feed_dict(small):
                self._read_kept(unit)
            elif isinstance(small, cst.Assign) and not self.reader.has_run(small):
                self.assignments.read_assign(unit, small)
            elif (
                isinstance(small, cst.AugAssign)
                and isinstance(small.target, cst.Name)
                and not self.reader.has_run(small)
            ):
                self.assignments.read_augmented(unit, small)
            elif isinstance(small, cst.Expr) and not self.reader.has_run(small):
                if not self.assignments.read_append(unit, small):
                    self._read_expression(unit, small)
            else:
                self._read_kept(unit)
        elif isinstance(node, cst.ClassDef):
            if any(part in self.references for part in walk(node)):
                why = "a class holds a part of the graph; only scripts can be rewritten so far"
                self.refuse(node, f"class {node.name.value}", why, "TG-7021")
            self.keep(unit, Kind.PYTHON)
        elif isinstance(node, cst.SimpleStatementLine):
            if self._touches_graph(node) or self.reader.has_run(node):
                self.refuse(node, "a; b", "several statements of a graph program share one line")
            self.keep(unit, Kind.PYTHON)
        else:
            self._read_compound(unit)

    def keep(self, unit: Unit, kind: Kind) -> None:
        for name in dict.fromkeys(binds(unit.node)):
            unit.defines.append(self.bind(Value(name, kind, unit.line, unit)))

    def drop(self, unit: Unit, kind: Kind, why: str, call: cst.Call | None = None) -> None:
        unit.action = "drop"
        self.dropped[unit.node] = why
        for name in binds(unit.node):
            unit.defines.append(self.bind(Value(name, kind, unit.line, unit, call)))

    def inputs(self, node: cst.CSTNode, env: Mapping[str, Value] | None = None) -> dict[str, Value]:
        """What the names read below `node` stand for now, those that called helpers read included."""
        env = self.env if env is None else env
        found: dict[str, Value] = {}
        for name in name_reads(node):
            if name.value in env:
                found[name.value] = env[name.value]
            helper = self.helpers.by_name.get(name.value)
            for inner in helper.reads if helper and not helper.runs_session else ():
                if inner in env:
                    found.setdefault(inner, env[inner])
        return found

    def _touches_graph(self, node: cst.CSTNode) -> bool:
        if any(self.role(part) not in (None, "value") for part in walk(node)):
            return True
        if any((h := self.helpers.called(part)) and h.has_ops and not h.runs_session for part in walk(node)):
            return True
        return any(value.kind in GRAPH_ONLY for value in self.inputs(node).values())

    def shape_of(self, node: cst.CSTNode, env: Mapping[str, Value] | None = None) -> Kind:
        """Whether an expression is a graph tensor, a random one, a constant one, or plain Python."""
        kinds = {value.kind for value in self.inputs(node, env).values()}
        roles = {self.role(part) for part in walk(node)}
        called = [self.helpers.called(part) for part in walk(node)]
        helpers = [h for h in called if h is not None and not h.runs_session]
        if kinds & {Kind.PLACEHOLDER, Kind.TENSOR, Kind.VARIABLE, Kind.VARIABLES, Kind.LAYER} or roles & {
            "layer",
            "cell",
        }:
            return Kind.TENSOR
        if "random" in roles or Kind.RANDOM in kinds or any(h.has_random for h in helpers):
            return Kind.RANDOM
        if "op" in roles or Kind.CONSTANT in kinds or any(h.has_ops for h in helpers):
            return Kind.CONSTANT
        return Kind.PYTHON

    def move(self, unit: Unit, node: cst.CSTNode) -> None:
        unit.action = "move"
        self.check_moved(unit, node)
        for name in dict.fromkeys(binds(unit.node)):
            unit.defines.append(self.bind(Value(name, Kind.TENSOR, unit.line, unit)))

    def check_moved(self, unit: Unit, node: cst.CSTNode) -> None:
        """What a statement that moves into a function must not do."""
        why = "it draws Python or NumPy random numbers while it builds the graph; in a function the draw would move"
        drawing = [h.name for part in walk(node) if (h := self.helpers.called(part)) and h.draws]
        if draws_from_python(node) or drawing:
            self.refuse(node, drawing[0] if drawing else "random", why)
        for value in unit.inputs.values():
            if value.unit is not None and is_generator(assigned_value(value.unit.node)):
                self.refuse(node, value.name, why)
        for call, name in impure_calls(node, self.helpers, self._is_tensor_function):
            if any(call is made for made, _ in unit.preludes):
                continue
            why_not = (
                f"it calls {name} while it builds the graph; in a function that would happen at another time"
            )
            self.refuse(call, name, why_not)
        self.check_tensor_code(node, unit.inputs)
        self.lift_reads(node, self.env)

    def lift_reads(self, node: cst.CSTNode, env: Mapping[str, Value]) -> None:
        """Tensors that called helpers read from outside become arguments of them."""
        for part in walk(node):
            helper = self.helpers.called(part)
            if helper is None or helper.runs_session:
                continue
            for name in sorted(helper.reads):
                outside = env.get(name)
                if outside is None or outside.kind not in GRAPH_ONLY:
                    continue
                why: str | None = "it does not exist in the function that calls it"
                if outside.kind in (Kind.PLACEHOLDER, Kind.TENSOR):
                    passed = [n for n in name_reads(self.module) if n.value == helper.name]
                    calls = [p for p in walk(self.module) if self.helpers.called(p) is helper]
                    if len(calls) < len(passed):
                        why = "the function is passed on as a value"
                    else:
                        why = self.helpers.lift(helper, name)
                if why is not None:
                    why = f"it reads the {outside.kind.value} {name} from outside, and {why}; pass it as an argument"
                    self.refuse(part, helper.name, why)

    def _is_tensor_function(self, name: str) -> bool:
        """True for names like `act = tf.nn.relu` and `square = lambda z: z * z`."""
        value = self.env.get(name)
        made = assigned_value(value.unit.node) if value and value.unit else None
        return made is not None and (isinstance(made, cst.Lambda) or self.role(made) in ("op", "random"))

    def check_tensor_code(self, node: cst.CSTNode, inputs: Mapping[str, Value]) -> None:
        """Refuses what means something else in 2.x: `==` of tensors, attributes of the graph."""
        for part in walk(node):
            if isinstance(part, cst.Comparison):
                equality = any(isinstance(t.operator, (cst.Equal, cst.NotEqual)) for t in part.comparisons)
                sides = [part.left, *(t.comparator for t in part.comparisons)]
                names = {s.value for s in sides if isinstance(s, cst.Name)}
                if equality and any(n in inputs and inputs[n].kind in _GRAPH_SHAPES for n in names):
                    self.refuse(
                        part, "==", "in 1.x it compares tensors by identity, in 2.x element by element"
                    )
            if isinstance(part, cst.Attribute) and isinstance(part.value, cst.Name):
                value = inputs.get(part.value.value)
                listed = value in self.lists and part.attr.value == "append"
                known = listed or part.attr.value in _TENSOR_ATTRIBUTES
                if value and value.kind in _GRAPH_SHAPES[:3] and not known:
                    construct = f"{value.name}.{part.attr.value}"
                    self.refuse(
                        part, construct, f"this attribute of a {value.kind.value} belongs to the graph"
                    )

    def construct(self, node: cst.CSTNode) -> str:
        """The shortest telling text of a node: its TensorFlow name, or its code."""
        if isinstance(node, cst.Call):
            reference = self.references.get(node.func)
            if reference is not None:
                return reference.name
        text = " ".join(self.module.code_for_node(node).split())
        return text if len(text) <= 40 else text[:37] + "..."

    def _read_expression(self, unit: Unit, small: cst.Expr) -> None:
        call = small.value
        role = self.role(call) if isinstance(call, cst.Call) else None
        kind, method = None, ""
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
            kind, method = self.reader.kind_of(call.func.value, self.env), call.func.attr.value
        if role == "dropped":
            self.drop(unit, Kind.PYTHON, "it has no effect any more")
        elif role == "summary" and isinstance(call, cst.Call):
            self.assignments.read_summary(unit, call)
        elif method == "add_graph" and isinstance(call, cst.Call) and self._is_writer(call.func):
            self.drop(unit, Kind.PYTHON, "there is no graph to write")
        elif role == "session":
            self.new_session(call)
            self.drop(unit, Kind.SESSION, "there are no sessions: what it ran is called directly")
        elif kind is Kind.SESSION and method == "close":
            self.drop(unit, Kind.PYTHON, "there is no session to close")
        elif kind is Kind.GRAPH and method == "finalize":
            self.drop(unit, Kind.PYTHON, "there is no graph to finalize")
        else:
            if self.helpers.variable_makers(small):
                self.refuse(small, self.construct(call), "it makes a variable that no name holds")
            self._read_kept(unit)

    def _is_writer(self, func: cst.BaseExpression) -> bool:
        owner = func.value if isinstance(func, cst.Attribute) else None
        return isinstance(owner, cst.Name) and owner.value in self.writers

    def _read_compound(self, unit: Unit) -> None:
        node = unit.node
        if self.reader.has_run(node) or any(self.role(part) == "session" for part in walk(node)):
            self._read_kept(unit)
            return
        makers = self.helpers.variable_makers(node)
        unit.inputs = self.inputs(node)
        if isinstance(node, cst.For):
            for name in target_names(node.target):
                unit.inputs.pop(name, None)
        kind = self.shape_of(node)
        if makers:
            self.assignments.read_variable_loop(unit, makers, kind)
        elif kind is Kind.TENSOR or any(v.kind in GRAPH_ONLY for v in unit.inputs.values()):
            stored = [part for part in walk(node) if _stores_outside(part)]
            filled = self.assignments.read_filled_lists(unit, stored)
            if filled is None:
                why = "a list or another object collects tensors of the graph in a block"
                self.refuse(stored[0], "append", why)
            unit.inputs |= {name: self.env[name] for name in filled or () if name in self.env}
            self.move(unit, node)
            for name in filled or ():
                unit.defines.append(self.bind(Value(name, Kind.TENSOR, unit.line, unit)))
        else:
            self.keep(unit, kind)

    # ---- statements that stay ----------------------------------------------------------------------------------

    def _read_kept(self, unit: Unit) -> None:
        self.reader.read_block([unit.node], self.env, loop=0)
        unit.inputs = {}
        for name in binds(unit.node):
            current = self.env.get(name)
            if current is None or current.line < unit.line:
                unit.defines.append(self.bind(Value(name, Kind.PYTHON, unit.line, unit)))

    def _read_function(self, function: cst.FunctionDef) -> None:
        """A function of the module: its runs are read with what the names mean once the script has run."""
        helper = self.helpers.by_name[function.name.value]
        hidden = function_locals(function)
        env = {name: value for name, value in self.env.items() if name not in hidden}
        for name in self.classes.session_parameters(function):
            env[name] = Value(name, Kind.SESSION, self.lines.get(function, 0))
        ambiguous = {
            name for name, values in self.history.items()
            if name in env and len(values) > 1 and any(v.kind in GRAPH_ONLY for v in values)
        }  # fmt: skip
        if not (helper.runs_session or self.reader.has_run(function)):
            self.check_tensor_code(function, {n: v for n, v in env.items() if n in helper.reads})
            return
        for read in name_reads(function.body, frozenset(hidden)):
            if read.value in ambiguous:
                why = f"the function {helper.name} reads it, but it is bound more than once"
                self.refuse(read, read.value, why)
        assigned_globals = global_names(function.body) & set(binds(function.body))
        for name in sorted(assigned_globals):
            if name in self.history and any(v.kind in GRAPH_ONLY for v in self.history[name]):
                self.refuse(function, name, f"the function {helper.name} binds it anew")
        if isinstance(function.body, cst.IndentedBlock):
            self.reader.inside += 1
            self.reader.read_function(function, env)
            self.reader.inside -= 1


def _stores_outside(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Expr):
        call = node.value
        return isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute)
    if isinstance(node, cst.AssignTarget):
        return not list(target_names(node.target))
    return False
