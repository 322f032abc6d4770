"""What the names of a graph program stand for, one value per binding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Literal

import libcst as cst

if TYPE_CHECKING:
    from ._classes import GraphClass

Action = Literal["keep", "drop", "move", "spec", "flatten", "replace"]


class Kind(Enum):
    """What a name of the program holds."""

    PYTHON = "Python value"
    PLACEHOLDER = "placeholder"
    VARIABLE = "variable"
    VARIABLES = "collection of variables"
    LAYER = "layer"
    CONSTANT = "constant tensor"
    RANDOM = "random tensor"
    TENSOR = "tensor"
    OPTIMIZER = "optimizer"
    TRAIN = "training operation"
    INIT = "initializer"
    SESSION = "session"
    GRAPH = "graph"
    CONFIG = "session option"
    COLLECTION = "collection of the graph"
    ITERATOR = "iterator"


# Values that exist only while a graph does: nothing of the output may read them by name.
GRAPH_ONLY = frozenset(
    {
        Kind.PLACEHOLDER,
        Kind.TENSOR,
        Kind.OPTIMIZER,
        Kind.TRAIN,
        Kind.INIT,
        Kind.SESSION,
        Kind.GRAPH,
        Kind.CONFIG,
        Kind.COLLECTION,
        Kind.ITERATOR,
    }
)


# Tensors that have names in what some ops give: candidate samplers, `top_k`, the states of recurrent cells.
NAMED_PARTS = frozenset(
    {"sampled_candidates", "true_expected_count", "sampled_expected_count", "values", "indices", "c", "h"}
)


@dataclass(eq=False)
class Value:
    """One binding of one name."""

    name: str
    kind: Kind
    line: int
    unit: Unit | None = None
    call: cst.Call | None = None
    spec: str = ""
    order: int = 0
    iterator: str = ""


@dataclass(eq=False)
class Unit:
    """One statement of the program's straight line, and what is to become of it."""

    index: int
    node: cst.BaseStatement
    line: int
    action: Action = "keep"
    defines: list[Value] = field(default_factory=list)
    inputs: dict[str, Value] = field(default_factory=dict)
    preludes: list[tuple[cst.Call, list[str]]] = field(default_factory=list)
    holder: GraphClass | None = None

    @property
    def result(self) -> Value:
        """The one value that the statement defines."""
        return self.defines[0]


@dataclass(eq=False)
class Train:
    """One `optimizer.minimize(loss)`."""

    value: Value
    unit: Unit
    loss: cst.BaseExpression
    rate: cst.BaseExpression
    rate_inputs: dict[str, Value]
    loss_inputs: dict[str, Value]
    variables: cst.BaseExpression | None
    global_step: cst.BaseExpression | None
    optimizer: cst.Call
    optimizer_name: str = ""
    collected: list[Value] | None = None


@dataclass(eq=False)
class Item:
    """One element of what a Session is asked to fetch."""

    node: cst.BaseExpression
    kind: Kind
    inputs: dict[str, Value]
    value: Value | None = None


@dataclass(eq=False)
class Run:
    """One `sess.run(...)`, `tensor.eval(...)` or `operation.run(...)`."""

    call: cst.Call
    line: int
    items: list[Item]
    listed: bool
    feeds: list[tuple[Value, cst.BaseExpression]]
    feed_name: str | None = None
    feed_keys: frozenset[str] = frozenset()
    owner: str | None = None


@dataclass
class Problem:
    """Why a construct cannot be rewritten."""

    line: int
    construct: str
    why: str
    code: str


Environment = Mapping[str, Value]
