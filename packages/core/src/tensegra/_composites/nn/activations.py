"""Activations written with others, and what is counted of them."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute
_silu = _native.find_op("silu")


@public("nn.silu nn.swish")
def silu(features: TensorLike, beta: TensorLike = 1.0, name: str | None = None) -> Tensor:
    """Computes features * sigmoid(beta * features) for each element.

    Args:
        features: A tensor of any shape; a floating-point dtype.
        beta: A number, or a tensor that broadcasts; it may be trained.
        name: Ignored; for compatibility.

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        tg.errors.InvalidArgumentError: Where the dtype is not one of these (TG-0102).

    Source: Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
    Reinforcement Learning", Neural Networks 107, 2018; with beta: Ramachandran, Zoph and Le, "Searching for
    Activation Functions", 2017.

    >>> import tensegra as tg
    >>> tg.nn.silu([0., 1.]).numpy()
    array([0.       , 0.7310586], dtype=float32)
    >>> tg.nn.silu([0., 1.], beta=2.0).numpy()
    array([0.       , 0.8807971], dtype=float32)
    """
    if isinstance(beta, (int, float)) and beta == 1:
        return _execute(_silu, (features,))
    values: Any = _native.tensor(features)
    return _execute("multiply", (values, _execute("sigmoid", (_execute("multiply", (values, beta)),))))


@public("nn.crelu")
def crelu(features: TensorLike, axis: int = -1, name: str | None = None) -> Tensor:
    """relu of the features and of their negatives, side by side (W. Shang et al., ICML 2016).

    Args:
        features: A real tensor of rank 1 or more.
        axis: The axis that doubles.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> tg.nn.crelu([1.0, -2.0]).numpy()
    array([1., 0., 0., 2.], dtype=float32)
    """
    values: Any = _native.tensor(features)
    return _execute("relu", (_execute("concat", ([values, _execute("negative", (values,))],), (axis,)),))


@public("nn.zero_fraction math.zero_fraction")
def zero_fraction(value: TensorLike, name: str | None = None) -> Tensor:
    """The share of elements that are 0: a float32 scalar, NaN for an empty tensor.

    Args:
        value: A numeric tensor.
        name: Ignored; for compatibility.

    >>> import tensegra as tg
    >>> float(tg.nn.zero_fraction([0, 3, 0, 0]))
    0.75
    """
    values: Any = _native.tensor(value)
    zero = _execute("equal", (values, _execute("zeros_like", (values,))))
    count = _execute("reduce_sum", (_execute("cast", (zero,), {"dtype": 5}),))
    size = _execute("size", (values,), {"out_type": 5})
    quotient = _execute(
        "divide", (_execute("cast", (count,), {"dtype": 13}), _execute("cast", (size,), {"dtype": 13}))
    )
    return _execute("cast", (quotient,), {"dtype": 12})


@public("nn.in_top_k math.in_top_k")
def in_top_k(targets: TensorLike, predictions: TensorLike, k: int, name: str | None = None) -> Tensor:
    """Whether the right class is among the k likeliest; classes that are as likely as the k-th count all.

    Args:
        targets: The number of the right class for each row, shape [batch]; int32 or int64. A number outside of the
            classes is in no top k.
        predictions: A score for each class, shape [batch, classes]; a floating dtype.
        k: How many classes count.
        name: Ignored; for compatibility.

    Returns:
        bool, shape [batch]; false where a score of the row is not finite.

    >>> import tensegra as tg
    >>> tg.nn.in_top_k([1, 1], [[0.1, 0.9, 0.0], [0.6, 0.1, 0.3]], k=1).numpy()
    array([ True, False])
    """
    scores: Any = _native.tensor(predictions)
    numbers: Any = _execute("cast", (targets,), {"dtype": 5})
    classes = _execute("gather", (_execute("shape", (scores,), {"out_type": 5}), _native.tensor(1)))
    zero = _native.tensor(0, 5)
    inside = _execute(
        "logical_and", (_execute("greater_equal", (numbers, zero)), _execute("less", (numbers, classes)))
    )
    columns = _execute("range", (zero, classes, _native.tensor(1, 5)))
    chosen = _execute("equal", (_execute("expand_dims", (numbers,), (1,)), columns))
    own = _execute(
        "reduce_sum", (_execute("select", (chosen, scores, _execute("zeros_like", (scores,)))),), ([1],)
    )
    above = _execute("greater", (scores, _execute("expand_dims", (own,), (1,))))
    ahead = _execute("reduce_sum", (_execute("cast", (above,), {"dtype": 5}),), ([1],))
    near = _execute("less", (ahead, _native.tensor(int(k), 5)))
    finite = _execute("reduce_all", (_execute("is_finite", (scores,)),), ([1],))
    fine = _execute("logical_and", (inside, finite))
    return _execute("logical_and", (near, fine))
