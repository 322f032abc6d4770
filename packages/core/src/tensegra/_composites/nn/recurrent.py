"""Recurrent layers over whole sequences."""

from __future__ import annotations

from typing import Any

from tensegra import _native
from tensegra._public import public
from tensegra._tensor import Tensor
from tensegra._typing import TensorLike

_execute = _native.execute


def _state(given: Any, x: Any, recurrent_kernel: Any) -> Any:
    """The state to start with: zeros of shape [batch, units] where none is given."""
    if given is not None:
        return given
    batch = _execute("strided_slice", (_execute("shape", (x,), {"out_type": 5}),), ([0], [1], [1]))
    units = _execute(
        "strided_slice", (_execute("shape", (recurrent_kernel,), {"out_type": 5}),), ([0], [1], [1])
    )
    shape = _execute("concat", ([batch, units],), (0,))
    return _execute("fill", (shape, _native.tensor(0.0, x._dtype_number)))


def _mask(given: Any, x: Any) -> Any:
    """Where steps count: everywhere where nothing is said."""
    if given is not None:
        return given
    shape = _execute("shape", (x,), {"out_type": 5})
    return _execute("fill", (_execute("strided_slice", (shape,), ([0], [2], [1])), _native.tensor(True)))


@public("nn.experimental.lstm")
def lstm(
    x: TensorLike,
    kernel: TensorLike,
    recurrent_kernel: TensorLike,
    bias: TensorLike,
    initial_state: tuple[TensorLike, TensorLike] | None = None,
    mask: TensorLike | None = None,
    go_backwards: bool = False,
    name: str | None = None,
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Runs a long short-term memory over sequences (S. Hochreiter, J. Schmidhuber, 1997).

    With z = x[:, t] kernel + h recurrent_kernel + bias cut into i, f, g, o (Keras' order), each step computes
    c = sigmoid(f) * c + sigmoid(i) * tanh(g) and h = sigmoid(o) * tanh(c).

    Args:
        x: Sequences, shape [batch, steps, inputs]; a floating dtype.
        kernel: Shape [inputs, 4 * units].
        recurrent_kernel: Shape [units, 4 * units].
        bias: Shape [4 * units].
        initial_state: h and c before the first step, shape [batch, units] each; None for zeros.
        mask: bool, shape [batch, steps]: where it is false, the step is left out and the states stay.
        go_backwards: Whether to run from the last step to the first.
        name: Ignored; for compatibility.

    Returns:
        h after each step, shape [batch, steps, units] (that after x[:, t] lies at t, backwards too), and the last
        states h and c.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or sizes that do not fit (TG-0105).
        tg.errors.UnimplementedError: For second derivatives where the number of steps is not known (TG-0590).

    >>> import tensegra as tg
    >>> x = tg.ones([1, 3, 2])
    >>> y, (h, c) = tg.nn.experimental.lstm(x, tg.ones([2, 4]), tg.ones([1, 4]), tg.zeros([4]))
    >>> y.shape, bool(tg.reduce_all(y[:, -1] == h))
    (TensorShape([1, 3, 1]), True)
    """
    values: Any = _native.tensor(x)
    inner: Any = _native.tensor(recurrent_kernel)
    h, c = (None, None) if initial_state is None else initial_state
    inputs = (
        values,
        _state(h, values, inner),
        _state(c, values, inner),
        kernel,
        inner,
        bias,
        _mask(mask, values),
    )
    y, last_h, last_c, _, _ = _execute("lstm", inputs, {"go_backwards": go_backwards})
    return y, (last_h, last_c)


@public("nn.experimental.gru")
def gru(
    x: TensorLike,
    kernel: TensorLike,
    recurrent_kernel: TensorLike,
    bias: TensorLike,
    initial_state: TensorLike | None = None,
    mask: TensorLike | None = None,
    go_backwards: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Runs gated recurrent units over sequences (K. Cho et al., 2014), with the reset gate after the product.

    With a = x[:, t] kernel + bias[0] and b = h recurrent_kernel + bias[1], each cut into three, a step computes
    z = sigmoid(a0 + b0), r = sigmoid(a1 + b1), n = tanh(a2 + r * b2) and h = z * h + (1 - z) * n: Keras' GRU with
    reset_after=True.

    Args:
        x: Sequences, shape [batch, steps, inputs]; a floating dtype.
        kernel: Shape [inputs, 3 * units].
        recurrent_kernel: Shape [units, 3 * units].
        bias: Shape [2, 3 * units].
        initial_state: h before the first step, shape [batch, units]; None for zeros.
        mask: bool, shape [batch, steps]: where it is false, the step is left out and the state stays.
        go_backwards: Whether to run from the last step to the first.
        name: Ignored; for compatibility.

    Returns:
        h after each step, shape [batch, steps, units] (that after x[:, t] lies at t, backwards too), and the last h.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103) or sizes that do not fit (TG-0105).
        tg.errors.UnimplementedError: For second derivatives where the number of steps is not known (TG-0590).

    >>> import tensegra as tg
    >>> y, h = tg.nn.experimental.gru(tg.ones([1, 3, 2]), tg.ones([2, 3]), tg.ones([1, 3]), tg.zeros([2, 3]))
    >>> y.shape, h.shape
    (TensorShape([1, 3, 1]), TensorShape([1, 1]))
    """
    values: Any = _native.tensor(x)
    inner: Any = _native.tensor(recurrent_kernel)
    inputs = (values, _state(initial_state, values, inner), kernel, inner, bias, _mask(mask, values))
    y, last, _, _ = _execute("gru", inputs, {"go_backwards": go_backwards})
    return y, last


@public("nn.experimental.simple_rnn")
def simple_rnn(
    x: TensorLike,
    kernel: TensorLike,
    recurrent_kernel: TensorLike,
    bias: TensorLike,
    initial_state: TensorLike | None = None,
    mask: TensorLike | None = None,
    activation: str = "tanh",
    go_backwards: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """Runs h = activation(x[:, t] kernel + h recurrent_kernel + bias) over sequences (J. Elman, 1990).

    Args:
        x: Sequences, shape [batch, steps, inputs]; a floating dtype.
        kernel: Shape [inputs, units].
        recurrent_kernel: Shape [units, units].
        bias: Shape [units].
        initial_state: h before the first step, shape [batch, units]; None for zeros.
        mask: bool, shape [batch, steps]: where it is false, the step is left out and the state stays.
        activation: "tanh", "relu" or "linear".
        go_backwards: Whether to run from the last step to the first.
        name: Ignored; for compatibility.

    Returns:
        h after each step, shape [batch, steps, units] (that after x[:, t] lies at t, backwards too), and the last h.

    Raises:
        tg.errors.InvalidArgumentError: For a wrong rank (TG-0103), sizes that do not fit (TG-0105) or another
            activation (TG-0106).
        tg.errors.UnimplementedError: For second derivatives where the number of steps is not known (TG-0590).

    >>> import tensegra as tg
    >>> one = tg.ones([1, 1])
    >>> y, h = tg.nn.experimental.simple_rnn([[[1.0], [2.0]]], one, one, [0.0], activation="linear")
    >>> y.numpy().ravel(), h.numpy().ravel()
    (array([1., 3.], dtype=float32), array([3.], dtype=float32))
    """
    values: Any = _native.tensor(x)
    inner: Any = _native.tensor(recurrent_kernel)
    inputs = (values, _state(initial_state, values, inner), kernel, inner, bias, _mask(mask, values))
    attributes = {"activation": activation, "go_backwards": go_backwards}
    y, last, _ = _execute("simple_rnn", inputs, attributes)
    return y, last
