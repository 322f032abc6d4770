"""AutoGraph: Python control flow over tensors becomes control flow of the graph.

A function is converted when it is first traced. `_source` finds its syntax tree, `prepare`, `returns` and `jumps` make
the control flow structured, `_analysis` finds what each statement reads and writes, `if_`, `loops`, `expressions` and
`names` replace what Python cannot do with tensors by calls of `_operators`, and `_convert` compiles the result under
the file name and the line numbers of the original: tracebacks and debuggers show the user's own source.

At run time the operators look at their operands: with Python values they do what Python does.
"""

from ._convert import converted as converted

__all__ = ["converted"]
