"""References of elementwise ops."""

from __future__ import annotations

import numpy as np
import scipy.special

from .common import Array, Reference

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _elementwise() -> dict[str, Reference]:
    unary: dict[str, Reference] = {
        "negative": np.negative,
        "abs": np.abs,
        "sign": np.sign,
        "square": np.square,
        "exp": np.exp,
        "expm1": np.expm1,
        "log": np.log,
        "log1p": np.log1p,
        "sqrt": np.sqrt,
        "rsqrt": lambda x: 1 / np.sqrt(x),
        "reciprocal": lambda x: 1 / x,
        "sin": np.sin,
        "cos": np.cos,
        "tan": np.tan,
        "tanh": np.tanh,
        "sigmoid": lambda x: scipy.special.expit(x) if x.dtype.kind == "f" else 1 / (1 + np.exp(-x)),
        "softplus": lambda x: np.logaddexp(x, 0),
        "erf": scipy.special.erf,
        "floor": np.floor,
        "ceil": np.ceil,
        "round": np.round,
        "is_nan": np.isnan,
        "is_inf": np.isinf,
        "is_finite": np.isfinite,
        "logical_not": np.logical_not,
        "relu": lambda x: np.maximum(x, 0),
        "relu6": lambda x: np.clip(x, 0, 6),
        "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
        "selu": lambda x: _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(x)),
        "silu": lambda x: x * scipy.special.expit(x),
        "log_sigmoid": scipy.special.log_expit,
        "identity": lambda x: x,
        "stop_gradient": lambda x: x,
        "zeros_like": np.zeros_like,
        "ones_like": np.ones_like,
    }
    binary: dict[str, Reference] = {
        "add": np.add,
        "subtract": np.subtract,
        "multiply": np.multiply,
        "divide": np.divide,
        "floordiv": np.floor_divide,
        "floormod": np.mod,
        "pow": np.power,
        "maximum": np.maximum,
        "minimum": np.minimum,
        "squared_difference": lambda x, y: (
            np.square(np.abs(x - y)).astype(x.dtype) if x.dtype.kind == "c" else np.square(x - y)
        ),
        "divide_no_nan": lambda x, y: np.divide(x, y, out=np.zeros_like(x * y), where=y != 0),
        "equal": np.equal,
        "not_equal": np.not_equal,
        "less": np.less,
        "less_equal": np.less_equal,
        "greater": np.greater,
        "greater_equal": np.greater_equal,
        "logical_and": np.logical_and,
        "logical_or": np.logical_or,
        "logical_xor": np.logical_xor,
        "bitwise_and": np.bitwise_and,
        "bitwise_or": np.bitwise_or,
        "bitwise_xor": np.bitwise_xor,
        "relu_grad": lambda dy, x: dy * (x > 0),
        "tanh_grad": lambda dy, y: dy * (1 - y * y),
        "sigmoid_grad": lambda dy, y: dy * y * (1 - y),
        "softplus_grad": lambda dy, x: dy * scipy.special.expit(x),
        "sigmoid_cross_entropy_with_logits": lambda z, x: (
            -(z * scipy.special.log_expit(x) + (1 - z) * scipy.special.log_expit(-x))
        ),
    }
    return unary | binary


def _cast(x: Array, dtype: str) -> Array:
    if dtype == "bfloat16":  # 16 bits of float32; the values that the samples use are exact
        return (x.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32)
    return x.astype(dtype)


def _gelu(x: Array, approximate: bool) -> Array:
    if approximate:
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + scipy.special.erf(x / np.sqrt(2)))


references: dict[str, Reference] = {
    **_elementwise(),
    "cast": _cast,
    "gelu": _gelu,
    "leaky_relu": lambda x, alpha: np.where(x > 0, x, alpha * x),
    "select": np.where,
}
