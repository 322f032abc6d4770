"""Finds and reads every place where a program runs its graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

import libcst as cst

from ._arguments import bind_arguments
from ._feeds import FeedReader
from ._marks import plain
from ._names import COMPREHENSIONS, assigned_value, binds, function_locals, name_reads
from ._tree import children, walk
from ._values import GRAPH_ONLY, NAMED_PARTS, Item, Kind, Run, Value

if TYPE_CHECKING:
    from ._program import Program

_RUN = ("fetches", "feed_dict", "options", "run_metadata")
_EVAL = ("feed_dict", "session")
_FETCHED = (Kind.TRAIN, Kind.INIT, Kind.TENSOR, Kind.CONSTANT, Kind.RANDOM, Kind.VARIABLE, Kind.PLACEHOLDER)


class RunReader:
    """Reads the statements that stay, and the runs within them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.trained = False
        self.started: set[str] = set()
        self.inside = 0
        self.function: cst.FunctionDef | None = None
        self.feeds = FeedReader(program)
        self.loaded = {name.value for name in name_reads(program.module)}
        for part in walk(program.module):
            if isinstance(part, cst.FunctionDef):
                self.loaded |= {name.value for name in name_reads(part.body)}

    # ---- finding -----------------------------------------------------------------------------------------------

    def is_run(self, node: cst.CSTNode, env: Mapping[str, Value] | None = None) -> bool:
        """True for `sess.run(...)`, `tensor.eval(...)`, `operation.run(...)`."""
        env = self.program.env if env is None else env
        if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)):
            return False
        owner, method = node.func.value, node.func.attr.value
        if method == "run":
            return self.kind_of(owner, env) in (Kind.SESSION, Kind.TRAIN, Kind.INIT)
        return method == "eval" and self.kind_of(owner, env) in _FETCHED

    def has_run(self, node: cst.CSTNode) -> bool:
        """True if a run stands anywhere below `node`."""
        return any(self.is_run(part) for part in walk(node))

    def kind_of(self, node: cst.BaseExpression, env: Mapping[str, Value]) -> Kind:
        """What an expression stands for when it is fetched."""
        program = self.program
        if isinstance(node, cst.Name):
            return env[node.value].kind if node.value in env else Kind.PYTHON
        if isinstance(node, cst.Subscript) and isinstance(node.value, cst.Name):
            value = env.get(node.value.value)
            if value is not None and value.kind is Kind.VARIABLES:
                return Kind.VARIABLE
        if isinstance(node, cst.Call):
            role = program.role(node)
            if role == "initializer" or program.assignments.is_group(node):
                return Kind.INIT
            if role == "session":
                return Kind.SESSION
        if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
            owner = env.get(node.value.value, _NOTHING)
            if owner.kind is Kind.ITERATOR and node.attr.value == "initializer":
                return Kind.INIT
        if any(self.is_run(part, env) for part in walk(node)):
            return Kind.PYTHON
        return program.shape_of(node, env)

    # ---- statements that stay ----------------------------------------------------------------------------------

    def read_block(self, body: Iterable[cst.BaseStatement], env: dict[str, Value], loop: int) -> None:
        """Reads statements in order: runs are recorded, anything else that touches the graph is refused."""
        for statement in body:
            self._read_statement(statement, env, loop)

    def _read_statement(self, node: cst.BaseStatement, env: dict[str, Value], loop: int) -> None:
        program = self.program
        if isinstance(node, cst.With) and program.is_transparent(node):
            if loop and any(program.context(item.item) == "session" for item in node.items):
                program.refuse(
                    node, "tf.Session", "a session is opened in a loop, each time with fresh variables"
                )
            program.open(node, env)
            assert isinstance(node.body, cst.IndentedBlock)
            self.read_block(node.body.body, env, loop)
        elif isinstance(node, cst.SimpleStatementLine):
            self._read_simple(node, env, loop)
        elif isinstance(node, cst.FunctionDef):
            inner = {n: v for n, v in env.items() if n not in function_locals(node)}
            if isinstance(node.body, cst.IndentedBlock):
                self.inside += 1
                self.read_block(node.body.body, inner, 0)
                self.inside -= 1
        elif isinstance(node, cst.ClassDef):
            self._check_reads(node, [], env)
        else:
            inside = loop + isinstance(node, (cst.For, cst.While))
            self._read_compound(node, env, loop, inside)

    def _read_compound(self, node: cst.BaseStatement, env: dict[str, Value], loop: int, inside: int) -> None:
        for child in children(node):
            if isinstance(child, cst.IndentedBlock):
                self.read_block(child.body, env, inside)
            elif isinstance(child, cst.SimpleStatementSuite):
                self._read_header(child, env)
            elif isinstance(child, (cst.Else, cst.Finally)):
                self._read_compound(child, env, loop, inside)  # type: ignore[arg-type]
            elif isinstance(child, cst.If):
                self._read_compound(child, env, loop, inside)
            elif isinstance(child, cst.ExceptHandler):
                self._read_compound(child, env, loop, inside)  # type: ignore[arg-type]
            else:
                self._read_header(child, env)
        if isinstance(node, cst.For):
            for name in binds(cst.AssignTarget(node.target)):
                program_value = Value(name, Kind.PYTHON, self.program.lines.get(node, 0))
                self.program.bind(program_value, env)

    def _read_header(self, node: cst.CSTNode, env: dict[str, Value]) -> None:
        """A condition, an iterable, a context manager: runs may stand in it."""
        calls = [part for part in walk(node) if self.is_run(part, env)]
        for call in calls:
            assert isinstance(call, cst.Call)
            self._record(call, env, listed_ok=False)
        self._check_reads(node, calls, env)

    def _read_simple(self, line: cst.SimpleStatementLine, env: dict[str, Value], loop: int) -> None:
        program = self.program
        if len(line.body) > 1 and any(self.is_run(part, env) for part in walk(line)):
            program.refuse(line, "a; b", "several statements of a graph program share one line")
            return
        for small in line.body:
            if isinstance(small, cst.Assign) and self._local_session(line, small, env, loop):
                continue
            if isinstance(small, cst.Expr) and self._closes(small.value, env):
                program.dropped[line] = "there is no session to close"
                continue
            if isinstance(small, cst.Expr) and self._initializes(small.value, env):
                restarted = self._restarted(small.value, env)
                if restarted is None:
                    self._check_initialization(small.value, loop)
                elif loop or self._may_have_run(restarted):
                    self._restart(line, restarted, env)
                    continue
                self.started |= set(restarted or ())
                why = "variables hold their initial values as soon as they are made"
                program.dropped[line] = why if restarted is None else "the iterator starts when it is made"
                continue
            if isinstance(small, cst.Assign) and self.sets_option(small, env):
                program.dropped[line] = "there is no session whose option it would be"
                continue
            if isinstance(small, cst.Expr) and self._shows_graph(small.value, env):
                program.dropped[line] = (
                    "it showed the name of a tensor of the graph, which has no value of its own"
                )
                continue
            if isinstance(small, cst.Global):
                continue
            self.feeds.note(small, env)
            calls = [part for part in walk(small) if self.is_run(part, env)]
            for call in calls:
                assert isinstance(call, cst.Call)
                self._record(call, env, listed_ok=self._unpacks(small, call))
            self._check_reads(small, calls, env)
            for name in binds(small):
                program.bind(Value(name, Kind.PYTHON, program.lines.get(line, 0)), env)

    def _local_session(
        self, line: cst.SimpleStatementLine, small: cst.Assign, env: dict[str, Value], loop: int
    ) -> bool:
        program = self.program
        if not (isinstance(small.value, cst.Call) and program.role(small.value) in ("session", "config")):
            return False
        if program.role(small.value) == "session":
            program.new_session(small.value)
            if loop:
                program.refuse(
                    small, "tf.Session", "a session is opened in a loop, each time with fresh variables"
                )
        kind = Kind.SESSION if program.role(small.value) == "session" else Kind.CONFIG
        for name in binds(small):
            program.bind(Value(name, kind, program.lines.get(line, 0), call=small.value), env)
        program.dropped[line] = "there are no sessions: what it ran is called directly"
        return True

    def _closes(self, node: cst.BaseExpression, env: Mapping[str, Value]) -> bool:
        if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)):
            return False
        return node.func.attr.value == "close" and self.kind_of(node.func.value, env) is Kind.SESSION

    def sets_option(self, small: cst.Assign, env: Mapping[str, Value]) -> bool:
        """True for `config.gpu_options.allow_growth = True`."""
        root: cst.BaseExpression = small.targets[0].target
        if len(small.targets) > 1 or not isinstance(root, cst.Attribute):
            return False
        while isinstance(root, cst.Attribute):
            root = root.value
        return isinstance(root, cst.Name) and root.value in env and env[root.value].kind is Kind.CONFIG

    def _shows_graph(self, node: cst.BaseExpression, env: Mapping[str, Value]) -> bool:
        """True for `print(tensor)` and, as in the cell of a notebook, `tensor` alone."""
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "print":
            if len(node.args) != 1 or node.args[0].keyword is not None:
                return False
            node = node.args[0].value
        value = env.get(node.value) if isinstance(node, cst.Name) else None
        return value is not None and value.kind in (Kind.TENSOR, Kind.PLACEHOLDER, Kind.TRAIN)

    def _initializes(self, node: cst.BaseExpression, env: Mapping[str, Value]) -> bool:
        if not (
            self.is_run(node, env) and isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)
        ):
            return False
        if self.kind_of(node.func.value, env) is Kind.INIT:
            return True
        bound = bind_arguments(_RUN, node.args) or {}
        fetches = bound["fetches"].value if "fetches" in bound else None
        if isinstance(fetches, (cst.List, cst.Tuple)) and fetches.elements:
            return all(self.kind_of(e.value, env) is Kind.INIT for e in fetches.elements)
        return fetches is not None and self.kind_of(fetches, env) is Kind.INIT

    def _restarted(self, node: cst.BaseExpression, env: Mapping[str, Value]) -> list[str] | None:
        """The iterators that `sess.run(iterator.initializer)` starts; None where variables are initialized too."""
        found = [
            part.value.value for part in walk(node)
            if isinstance(part, cst.Attribute) and part.attr.value == "initializer"
            and isinstance(part.value, cst.Name) and part.value.value in env
            and env[part.value.value].kind is Kind.ITERATOR
        ]  # fmt: skip
        others = any(self.program.role(p) == "initializer" for p in walk(node)) or any(
            env[n.value].kind is Kind.INIT for n in name_reads(node) if n.value in env
        )
        return found if found and not others else None

    def _may_have_run(self, names: list[str]) -> bool:
        """Whether an iterator may have given elements already, so that starting it again takes it back."""
        called = any(helper.runs_session for helper in self.program.helpers.by_name.values())
        return bool(self.inside or called or self.program.runs or self.started.intersection(names))

    def _restart(self, line: cst.SimpleStatementLine, names: list[str], env: Mapping[str, Value]) -> None:
        """An iterator that starts again is made again."""
        made = []
        for name in names:
            call = env[name].call
            dataset = self.program.iterators.get(call) if call is not None else None
            if not isinstance(dataset, cst.Name) or self.inside:
                why = "the iterator is started again where its dataset has no name, or in a function"
                self.program.refuse(line, f"{name}.initializer", why)
                return
            made.append(f"{name} = iter({dataset.value})")
        self.program.restarts[line] = made

    def _check_initialization(self, node: cst.BaseExpression, loop: int) -> None:
        if loop:
            why = "the variables are initialised again in a loop; write a function that assigns their initial values"
            self.program.refuse(node, "initializer", why)
        elif self.trained:
            why = "the variables are initialised again after training; write a function that assigns initial values"
            self.program.refuse(node, "initializer", why)
        elif self.function is not None and self._called_again(self.function):
            name = plain(self.function.name.value)
            why = f"the variables are initialised each time that {name} is called; write a function that assigns them"
            self.program.refuse(node, "initializer", why)

    def read_function(self, function: cst.FunctionDef, env: dict[str, Value]) -> None:
        """Reads a function that runs the graph: it begins when the script has run."""
        self.trained, self.function = False, function
        assert isinstance(function.body, cst.IndentedBlock)
        self.read_block(function.body.body, env, loop=0)
        self.function = None

    def _called_again(self, function: cst.FunctionDef) -> bool:
        """True where a function or method may be called more than once."""
        name = plain(function.name.value)
        is_method = name != function.name.value

        def calls(node: cst.CSTNode, repeated: bool) -> list[bool]:
            found: list[bool] = []
            if node is function.name:
                return found
            if isinstance(node, cst.Name) and node.value == function.name.value:
                found.append(repeated)
            if isinstance(node, cst.Attribute) and is_method and node.attr.value == name:
                found.append(repeated)
            inside = repeated or isinstance(node, (cst.For, cst.While, *COMPREHENSIONS))
            for child in children(node):
                found += calls(child, inside)
            return found

        found = calls(self.program.module, False)
        return len(found) > 1 or any(found)

    def _unpacks(self, small: cst.BaseSmallStatement, call: cst.Call) -> bool:
        """True where the operations among the fetches leave no value behind that anybody reads."""
        if isinstance(small, cst.Expr) and small.value is call:
            return True
        if isinstance(small, cst.Assign) and small.value is call and len(small.targets) == 1:
            target = small.targets[0].target
            bound = bind_arguments(_RUN, call.args) or {}
            fetches = bound["fetches"].value if "fetches" in bound else None
            if isinstance(target, cst.Name):
                return not isinstance(fetches, (cst.List, cst.Tuple)) and target.value not in self.loaded
            if isinstance(target, (cst.Tuple, cst.List)) and isinstance(fetches, (cst.List, cst.Tuple)):
                if len(target.elements) != len(fetches.elements):
                    return False
                return all(
                    not isinstance(f.value, cst.Name)
                    or self.program.env.get(f.value.value, _NOTHING).kind is not Kind.TRAIN
                    or (isinstance(t.value, cst.Name) and t.value.value not in self.loaded)
                    for t, f in zip(target.elements, fetches.elements, strict=True)
                )
        for part in walk(small):
            if isinstance(part, cst.Subscript) and part.value is call:
                bound = bind_arguments(_RUN, call.args) or {}
                fetches = bound["fetches"].value if "fetches" in bound else None
                elements = fetches.elements if isinstance(fetches, (cst.List, cst.Tuple)) else ()
                kinds = [self.kind_of(element.value, self.program.env) for element in elements]
                count = leading_slice(part)
                if count is not None and kinds[count:].count(Kind.TRAIN) == len(kinds) - count == kinds.count(
                    Kind.TRAIN
                ):
                    return True
                return constant_index(part) is not None
        return False

    # ---- one run -----------------------------------------------------------------------------------------------

    def _record(self, call: cst.Call, env: Mapping[str, Value], listed_ok: bool) -> None:
        program = self.program
        assert isinstance(call.func, cst.Attribute)
        owner = call.func.value
        of_session = self.kind_of(owner, env) is Kind.SESSION
        bound = bind_arguments(_RUN if of_session else _EVAL, call.args)
        construct = program.construct(call.func)
        if bound is None or (of_session and "fetches" not in bound):
            program.refuse(call, construct, "its arguments cannot be told apart")
            return
        for name in bound:
            if name not in ("fetches", "feed_dict", "session"):
                program.refuse(call, construct, f"its argument {name} has no counterpart")
        fetches = bound["fetches"].value if of_session else owner
        listed = isinstance(fetches, (cst.List, cst.Tuple))
        nodes = (
            [e.value for e in fetches.elements] if isinstance(fetches, (cst.List, cst.Tuple)) else [fetches]
        )
        items = [item for node in nodes if (item := self._item(call, node, env)) is not None]
        if len(items) < len(nodes):
            return
        if any(item.kind is Kind.TRAIN for item in items):
            self.trained = True
            if not listed_ok:
                why = "the empty result of a training operation is used as a value"
                program.refuse(call, construct, why)
        run = Run(call, program.lines.get(call, 0), items, listed, [], owner=program.classes.owner(call))
        program.runs[call] = run
        if "feed_dict" in bound:
            self.feeds.read(run, bound["feed_dict"].value, env)

    def _item(self, call: cst.Call, node: cst.BaseExpression, env: Mapping[str, Value]) -> Item | None:
        program = self.program
        kind = self.kind_of(node, env)
        if kind is Kind.INIT:
            program.refuse(call, "initializer", "it is run together with other fetches")
            return None
        if kind not in _FETCHED:
            why = f"what it fetches ({program.construct(node)}) is a {kind.value}, not a tensor that can be followed"
            program.refuse(call, "run", why)
            return None
        inputs = program.inputs(node, env)
        value = env.get(node.value) if isinstance(node, cst.Name) else None
        if self._is_collection(node, value):
            why = f"it fetches a collection of tensors ({program.construct(node)}); list them in the call"
            program.refuse(call, "run", why)
            return None
        if value is None:
            program.check_tensor_code(node, inputs)
            program.lift_reads(node, env)
            if self.program.helpers.variable_makers(node):
                program.refuse(call, "tf.Variable", "a variable is made inside a fetch")
        return Item(node, kind, inputs, value)

    def _is_collection(self, node: cst.BaseExpression, value: Value | None) -> bool:
        """True unless what is fetched surely is one tensor."""
        program = self.program
        if isinstance(node, cst.Name):
            made = assigned_value(value.unit.node) if value and value.unit else None
            if value in program.lists:
                return True
            if value is None or value.kind not in (Kind.TENSOR, Kind.RANDOM, Kind.CONSTANT) or made is None:
                return False
            statement = cast(cst.SimpleStatementLine, value.unit.node) if value.unit else None
            target = cast(cst.Assign, statement.body[0]).targets[0].target if statement else node
            return (
                isinstance(target, cst.Name)
                and not isinstance(made, cst.Name)
                and self._is_collection(made, None)
            )
        if isinstance(node, (cst.BinaryOperation, cst.UnaryOperation, cst.Subscript)):
            return False
        if isinstance(node, cst.Attribute) and node.attr.value in NAMED_PARTS:
            return False
        if isinstance(node, cst.Call):
            helper = program.helpers.called(node)
            returned = (
                [part.value for part in walk(helper.node) if isinstance(part, cst.Return)] if helper else []
            )
            several = (cst.Tuple, cst.List, cst.Dict, cst.ListComp, cst.DictComp)
            if any(isinstance(r, several) for r in returned):
                return True
            known = program.role(node) in ("op", "random", "layer", "summaries") or helper is not None
            return not known and not isinstance(node.func, cst.Name)
        return True

    def _check_reads(self, node: cst.CSTNode, calls: list[cst.CSTNode], env: Mapping[str, Value]) -> None:
        """Nothing outside the runs may touch the graph; what is fed may not either."""
        program = self.program
        inside: set[cst.CSTNode] = set()
        for call in calls:
            run = program.runs.get(call) if isinstance(call, cst.Call) else None
            fed = {part for _, value in run.feeds for part in walk(value)} if run else set()
            inside |= {part for part in walk(call) if part not in fed}
        for name in name_reads(node):
            value = env.get(name.value)
            if value is None or name in inside or name in self.feeds.keys:
                continue
            if value.kind in GRAPH_ONLY or value.kind is Kind.RANDOM:
                why = f"the {value.kind.value} is used outside a fetch or a feed"
                program.refuse(name, value.name, why)
        for part in walk(node):
            if part in inside:
                continue
            helper = program.helpers.called(part)
            builds = helper is not None and helper.has_ops and not helper.runs_session
            if (
                program.role(part)
                in (
                    "op",
                    "random",
                    "variable",
                    "placeholder",
                    "optimizer",
                    "layer",
                    "cell",
                    "summary",
                    "summaries",
                    "writer",
                )
                or builds
            ):
                why = "a part of the graph is built in the same block that runs it, or its value is not kept"
                program.refuse(part, program.construct(part), why)
                return
        if not any(program.role(part) == "seed" for part in walk(node)):
            self._check_variables(node, inside, env)

    def _check_variables(self, node: cst.CSTNode, inside: set[cst.CSTNode], env: Mapping[str, Value]) -> None:
        printed = {
            argument.value
            for part in walk(node)
            if isinstance(part, cst.Call) and isinstance(part.func, cst.Name) and part.func.value == "print"
            for argument in part.args
        }
        for name in name_reads(node):
            if name in printed and name.value in env and env[name.value].kind is not Kind.VARIABLES:
                continue  # 1.x printed the name of the tensor: here its value is seen
            value = env.get(name.value)
            if value and value.kind in (Kind.VARIABLE, Kind.VARIABLES, Kind.CONSTANT) and name not in inside:
                why = f"the {value.kind.value} is used outside a fetch, which in 1.x adds to the graph"
                self.program.refuse(name, value.name, why)


_NOTHING = Value("", Kind.PYTHON, 0)


def leading_slice(node: cst.Subscript) -> int | None:
    """The number of elements that `x[:3]` takes, else None."""
    part = node.slice[0].slice if len(node.slice) == 1 else None
    if not isinstance(part, cst.Slice) or part.lower is not None or part.step is not None:
        return None
    upper = part.upper
    return int(upper.value) if isinstance(upper, cst.Integer) and upper.value.isdecimal() else None


def constant_index(node: cst.Subscript) -> int | None:
    """The index of `x[3]` and `x[-1]`, else None."""
    if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
        return None
    index = node.slice[0].slice.value
    sign = 1
    if isinstance(index, cst.UnaryOperation) and isinstance(index.operator, cst.Minus):
        sign, index = -1, index.expression
    return sign * int(index.value) if isinstance(index, cst.Integer) and index.value.isdecimal() else None
