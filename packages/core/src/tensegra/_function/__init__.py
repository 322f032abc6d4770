"""Tracing Python into graphs: `tg.function` and what belongs to it.

A call goes through `_function.Function` (which trace fits?), `_structure` (arguments to tensors and a key), `_trace`
(Python to a graph, where no trace fits) and `_concrete.ConcreteFunction` (runs the graph). `_restored` is for
functions that were loaded.
"""

from tensegra._tracing import executing_eagerly as executing_eagerly
from tensegra._tracing import init_scope as init_scope
from tensegra._tracing import inside_function as inside_function

from ._concrete import ConcreteFunction as ConcreteFunction
from ._decorator import function as function
from ._function import Function as Function
from ._restored import RestoredFunction as RestoredFunction

__all__ = [
    "ConcreteFunction",
    "Function",
    "RestoredFunction",
    "executing_eagerly",
    "function",
    "init_scope",
    "inside_function",
]
