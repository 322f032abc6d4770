"""Elementary functions, arithmetic, comparisons and reductions."""

# Generated from the op registry by tools/gen.py: do not edit.

from tensegra._composites.clipping import l2_normalize as l2_normalize
from tensegra._composites.creation import ones_like as ones_like
from tensegra._composites.creation import zeros_like as zeros_like
from tensegra._composites.division import truediv as divide
from tensegra._composites.division import truediv as truediv
from tensegra._composites.selection import top_k as top_k
from tensegra._ops.math import abs as abs
from tensegra._ops.math import add as add
from tensegra._ops.math import argmax as argmax
from tensegra._ops.math import argmin as argmin
from tensegra._ops.math import ceil as ceil
from tensegra._ops.math import cos as cos
from tensegra._ops.math import cumprod as cumprod
from tensegra._ops.math import cumsum as cumsum
from tensegra._ops.math import divide_no_nan as divide_no_nan
from tensegra._ops.math import equal as equal
from tensegra._ops.math import erf as erf
from tensegra._ops.math import exp as exp
from tensegra._ops.math import expm1 as expm1
from tensegra._ops.math import floor as floor
from tensegra._ops.math import floordiv as floordiv
from tensegra._ops.math import floormod as floormod
from tensegra._ops.math import greater as greater
from tensegra._ops.math import greater_equal as greater_equal
from tensegra._ops.math import is_finite as is_finite
from tensegra._ops.math import is_inf as is_inf
from tensegra._ops.math import is_nan as is_nan
from tensegra._ops.math import less as less
from tensegra._ops.math import less_equal as less_equal
from tensegra._ops.math import log as log
from tensegra._ops.math import log1p as log1p
from tensegra._ops.math import log_sigmoid as log_sigmoid
from tensegra._ops.math import logical_and as logical_and
from tensegra._ops.math import logical_not as logical_not
from tensegra._ops.math import logical_or as logical_or
from tensegra._ops.math import logical_xor as logical_xor
from tensegra._ops.math import maximum as maximum
from tensegra._ops.math import minimum as minimum
from tensegra._ops.math import mod as mod
from tensegra._ops.math import multiply as multiply
from tensegra._ops.math import negative as negative
from tensegra._ops.math import not_equal as not_equal
from tensegra._ops.math import pow as pow
from tensegra._ops.math import reciprocal as reciprocal
from tensegra._ops.math import reduce_all as reduce_all
from tensegra._ops.math import reduce_any as reduce_any
from tensegra._ops.math import reduce_logsumexp as reduce_logsumexp
from tensegra._ops.math import reduce_max as reduce_max
from tensegra._ops.math import reduce_mean as reduce_mean
from tensegra._ops.math import reduce_min as reduce_min
from tensegra._ops.math import reduce_prod as reduce_prod
from tensegra._ops.math import reduce_std as reduce_std
from tensegra._ops.math import reduce_sum as reduce_sum
from tensegra._ops.math import reduce_variance as reduce_variance
from tensegra._ops.math import round as round
from tensegra._ops.math import rsqrt as rsqrt
from tensegra._ops.math import sigmoid as sigmoid
from tensegra._ops.math import sign as sign
from tensegra._ops.math import sin as sin
from tensegra._ops.math import softplus as softplus
from tensegra._ops.math import sqrt as sqrt
from tensegra._ops.math import square as square
from tensegra._ops.math import squared_difference as squared_difference
from tensegra._ops.math import subtract as subtract
from tensegra._ops.math import tan as tan
from tensegra._ops.math import tanh as tanh

__all__ = [
    "abs",
    "add",
    "argmax",
    "argmin",
    "ceil",
    "cos",
    "cumprod",
    "cumsum",
    "divide",
    "divide_no_nan",
    "equal",
    "erf",
    "exp",
    "expm1",
    "floor",
    "floordiv",
    "floormod",
    "greater",
    "greater_equal",
    "is_finite",
    "is_inf",
    "is_nan",
    "l2_normalize",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log_sigmoid",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "not_equal",
    "ones_like",
    "pow",
    "reciprocal",
    "reduce_all",
    "reduce_any",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_std",
    "reduce_sum",
    "reduce_variance",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "softplus",
    "sqrt",
    "square",
    "squared_difference",
    "subtract",
    "tan",
    "tanh",
    "top_k",
    "truediv",
    "zeros_like",
]
