"""Control flow over tensors: plain Python where ops run at once, ops with functions inside of a `tg.function`."""

from ._case import case, switch_case
from ._cond import cond
from ._functional import foldl, foldr, map_fn, scan
from ._grouping import control_dependencies, group, identity_n, no_op, tuple_
from ._print import assert_, ensure_shape, print_
from ._py_function import numpy_function, py_function
from ._tensor_array import TensorArray
from ._tensor_array_spec import TensorArraySpec
from ._unconnected import UnconnectedGradients
from ._while import while_loop

__all__ = [
    "TensorArray",
    "TensorArraySpec",
    "UnconnectedGradients",
    "assert_",
    "case",
    "cond",
    "control_dependencies",
    "ensure_shape",
    "foldl",
    "foldr",
    "group",
    "identity_n",
    "map_fn",
    "no_op",
    "numpy_function",
    "print_",
    "py_function",
    "scan",
    "switch_case",
    "tuple_",
    "while_loop",
]
