"""Which kinds of numbers feeds and labels are, where the source tells: 1.x cast them without a word."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import libcst as cst

from ._imports import dotted_name
from ._names import binds
from ._tree import walk
from ._values import Kind, Value

if TYPE_CHECKING:
    from ._program import Program

_COMMA = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
_WHOLE = ("int", "uint", "bool")
# The losses that cast their labels to the dtype of what these are compared with: label, other argument.
CASTING_LOSSES = {
    "tf.losses.softmax_cross_entropy": ("onehot_labels", "logits"),
    "tf.losses.sigmoid_cross_entropy": ("multi_class_labels", "logits"),
    "tf.losses.mean_squared_error": ("labels", "predictions"),
    "tf.losses.absolute_difference": ("labels", "predictions"),
    "tf.losses.huber_loss": ("labels", "predictions"),
    "tf.losses.log_loss": ("labels", "predictions"),
}
_MADE_OF_FLOATS = frozenset(
    [
        "ones", "zeros", "empty", "eye", "linspace", "rand", "randn", "random", "random_sample", "normal", "uniform",
        "standard_normal", "identity",
    ]
)  # fmt: skip
_EXAMPLES = frozenset(["images", "labels"])
_JOINED = frozenset(
    ["hstack", "vstack", "concatenate", "stack", "array", "asarray", "reshape", "copy", "tile", "repeat"]
)


def cast_labels(program: Program, name: str, original: cst.Call, updated: cst.Call, root: str) -> cst.Call:
    """The call of a loss with its labels cast where they are a placeholder of integers, which the loss cast itself."""
    label, other = CASTING_LOSSES.get(name, ("", ""))
    if not label:
        return updated
    places = {
        a.keyword.value if a.keyword else ("" if a.star else (label, other)[i] if i < 2 else ""): i
        for i, a in enumerate(original.args)
    }
    node = original.args[places[label]].value if label in places else None
    bound = program.history.get(node.value, []) if isinstance(node, cst.Name) else []
    if len(bound) != 1 or not is_whole(program, bound[0]):
        return updated
    against = original.args[places[other]].value if other in places else None
    dtype = f"{against.value}.dtype" if isinstance(against, cst.Name) else f"{root}.float32"
    argument = updated.args[places[label]]
    cast = cst.Call(
        cst.parse_expression(f"{root}.cast"),
        [cst.Arg(argument.value, comma=_COMMA), cst.Arg(cst.parse_expression(dtype))],
    )
    arguments = list(updated.args)
    arguments[places[label]] = argument.with_changes(value=cast)
    return updated.with_changes(args=arguments)


def is_whole(program: Program, value: Value) -> bool:
    """Whether a placeholder is declared to hold integers or booleans."""
    if value.kind is not Kind.PLACEHOLDER or value.call is None or not value.call.args:
        return False
    named = next((a for a in value.call.args if a.keyword and a.keyword.value == "dtype"), None)
    first = value.call.args[0] if value.call.args[0].keyword is None else None
    dtype = named or first
    return dtype is not None and program.module.code_for_node(dtype.value).rpartition(".")[2].startswith(
        _WHOLE
    )


def is_fractional(program: Program, node: cst.CSTNode | None, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an expression may be an array of floats: `np.zeros(100)`, what is joined of these, labels of MNIST."""
    if isinstance(node, cst.Float):
        return True
    if isinstance(node, cst.Name):
        values = () if node.value in seen else _assigned(program.module).get(node.value, ())
        return any(is_fractional(program, value, seen | {node.value}) for value in values)
    if isinstance(node, cst.Attribute):
        return node.attr.value in _EXAMPLES
    if isinstance(node, (cst.List, cst.Tuple)):
        return any(is_fractional(program, element.value, seen) for element in node.elements)
    if isinstance(node, cst.Subscript):
        return is_fractional(program, node.value, seen)
    if isinstance(node, cst.BinaryOperation):
        sides = (node.left, node.right)
        return isinstance(node.operator, cst.Divide) or any(is_fractional(program, s, seen) for s in sides)
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return False
    if node.func.attr.value == "next_batch":
        return True
    if any(argument.keyword and argument.keyword.value == "dtype" for argument in node.args):
        return False
    name, root = node.func.attr.value, (dotted_name(node.func) or "").split(".")[0]
    if root in ("np", "numpy") and name in _MADE_OF_FLOATS:
        return len(node.args) < 2 or name not in ("ones", "zeros", "empty")
    inner = [argument.value for argument in node.args]
    if root not in ("np", "numpy"):
        inner.append(node.func.value)
    return name in _JOINED and any(is_fractional(program, each, seen) for each in inner)


@lru_cache(maxsize=4)
def _assigned(module: cst.Module) -> dict[str, list[cst.BaseExpression]]:
    """Each name of a module and what is assigned to it, whole or in part, wherever that is."""
    found: dict[str, list[cst.BaseExpression]] = {}
    for part in walk(module):
        if isinstance(part, cst.Assign):
            for name in binds(part):
                found.setdefault(name, []).append(part.value)
    return found
