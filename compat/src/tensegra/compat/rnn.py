"""Recurrent cells with the weights of TensorFlow 1.x, as objects, and functions that run them over sequences.

The kernels have the layout of 1.x (`[inputs + state, units]`, gates in the order i, j, f, o), so old weights fit.
They are made when a cell is first called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensegra as tg

Activation = Callable[[tg.Tensor], tg.Tensor]

__all__ = [
    "BasicRNNCell",
    "GRUCell",
    "LSTMCell",
    "LSTMStateTuple",
    "MultiRNNCell",
    "RNNCell",
    "bidirectional_dynamic_rnn",
    "dynamic_rnn",
    "static_bidirectional_rnn",
    "static_rnn",
]


class LSTMStateTuple(NamedTuple):
    """The state of a long short-term memory: `c` is the memory, `h` the last output."""

    c: Any
    h: Any


class RNNCell(tg.Module):
    """What all cells share: `cell(inputs, state)` gives the output and the next state.

    Attributes:
        output_size: Units of the output.
        state_size: Units of the state; a tuple where it has several parts.
    """

    output_size: Any
    state_size: Any

    def zero_state(self, batch_size: Any, dtype: Any = tg.float32) -> Any:
        """The state before the first step: zeros `[batch_size, units]`, in the structure of `state_size`."""
        return _zeros(self.state_size, batch_size, dtype)

    def _features(self, inputs: tg.Tensor) -> int:
        if inputs.shape.rank != 2 or inputs.shape[-1] is None:
            raise tg.errors.InvalidArgumentError(
                f"[{type(self).__name__}] the input of a cell is [batch, features], and the features are known. "
                f"Received: shape={inputs.shape}. Give the tensor such a shape.",
                code="TG-7130",
            )
        return int(inputs.shape[-1])

    def _variable(self, shape: Sequence[int], initializer: Any, like: tg.Tensor, name: str) -> tg.Variable:
        maker = tg.layers.initializers.get(initializer)
        with tg.init_scope():
            return tg.Variable(maker(tuple(shape), dtype=like.dtype), name=name)


def _zeros(size: Any, batch_size: Any, dtype: Any) -> Any:
    if isinstance(size, LSTMStateTuple):
        return LSTMStateTuple(*(_zeros(each, batch_size, dtype) for each in size))
    if isinstance(size, tuple):
        return tuple(_zeros(each, batch_size, dtype) for each in size)
    return tg.zeros(tg.stack([batch_size, size]), dtype)


class _Gated(RNNCell):
    """A cell with one kernel."""

    def __init__(self, num_units: int, gates: int, activation: Activation | None, initializer: Any) -> None:
        super().__init__()
        self.output_size = num_units
        self.kernel: Any = None
        self.bias: Any = None
        self._gates, self._initializer = gates, initializer
        self._activation = activation or tg.tanh

    def _linear(self, inputs: tg.Tensor, state: tg.Tensor) -> tg.Tensor:
        if self.kernel is None:
            units = self._gates * self.output_size
            rows = self._features(inputs) + self.output_size
            self.kernel = self._variable([rows, units], self._initializer, inputs, "kernel")
            self.bias = self._variable([units], "zeros", inputs, "bias")
        return tg.nn.bias_add(tg.matmul(tg.concat([inputs, state], 1), self.kernel), self.bias)


class BasicRNNCell(_Gated):
    """`tanh([inputs, state] @ kernel + bias)`.

    Args:
        num_units: Units of the output and the state.
        activation: What takes the place of tanh.

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> cell = rnn.BasicRNNCell(3)
        >>> output, state = cell(tg.ones([2, 5]), cell.zero_state(2))
        >>> cell.kernel.shape
        TensorShape([8, 3])
    """

    def __init__(self, num_units: int, activation: Activation | None = None) -> None:
        super().__init__(num_units, 1, activation, "glorot_uniform")
        self.state_size = num_units

    def __call__(self, inputs: tg.Tensor, state: tg.Tensor) -> tuple[tg.Tensor, tg.Tensor]:
        """The output, which is the next state as well."""
        output = self._activation(self._linear(inputs, state))
        return output, output


class LSTMCell(_Gated):
    """A long short-term memory; the gates of the kernel are in the order i, j, f, o.

    Args:
        num_units: Units of the output and of each half of the state.
        initializer: How the kernel starts.
        forget_bias: Added to the gate f.
        activation: What takes the place of tanh.

    Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation (1997).

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> cell = rnn.LSTMCell(3)
        >>> output, (c, h) = cell(tg.ones([2, 5]), cell.zero_state(2))
        >>> cell.kernel.shape
        TensorShape([8, 12])
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = "glorot_uniform",
        forget_bias: float = 1.0,
        activation: Activation | None = None,
    ) -> None:
        super().__init__(num_units, 4, activation, initializer)
        self.state_size = LSTMStateTuple(num_units, num_units)
        self._forget_bias = forget_bias

    def __call__(self, inputs: tg.Tensor, state: Any) -> tuple[tg.Tensor, LSTMStateTuple]:
        """The output and the next state."""
        c, h = state
        i, j, f, o = tg.split(self._linear(inputs, h), 4, 1)
        memory = c * tg.sigmoid(f + self._forget_bias) + tg.sigmoid(i) * self._activation(j)
        output = self._activation(memory) * tg.sigmoid(o)
        return output, LSTMStateTuple(memory, output)


class GRUCell(RNNCell):
    """A gated recurrent unit; the reset gate acts before the product with the kernel.

    Args:
        num_units: Units of the output and the state.
        activation: What takes the place of tanh.
        kernel_initializer: How the kernels start.
        bias_initializer: How the biases start; ones for the gates and zeros for the candidate if not given.

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP (2014).

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> cell = rnn.GRUCell(3)
        >>> output, state = cell(tg.ones([2, 5]), cell.zero_state(2))
        >>> [tuple(v.shape) for v in cell.trainable_variables]
        [(3,), (8, 3), (6,), (8, 6)]
    """

    def __init__(
        self,
        num_units: int,
        activation: Activation | None = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
    ) -> None:
        super().__init__()
        self.output_size = self.state_size = num_units
        self.gate_kernel: Any = None
        self.gate_bias: Any = None
        self.candidate_kernel: Any = None
        self.candidate_bias: Any = None
        self._activation = activation or tg.tanh
        self._initializers = kernel_initializer, bias_initializer

    def _build(self, inputs: tg.Tensor) -> None:
        units, (kernel, bias) = self.output_size, self._initializers
        rows = self._features(inputs) + units
        kernel = "glorot_uniform" if kernel is None else kernel
        self.gate_kernel = self._variable([rows, 2 * units], kernel, inputs, "gates/kernel")
        self.gate_bias = self._variable([2 * units], "ones" if bias is None else bias, inputs, "gates/bias")
        self.candidate_kernel = self._variable([rows, units], kernel, inputs, "candidate/kernel")
        self.candidate_bias = self._variable(
            [units], "zeros" if bias is None else bias, inputs, "candidate/bias"
        )

    def __call__(self, inputs: tg.Tensor, state: tg.Tensor) -> tuple[tg.Tensor, tg.Tensor]:
        """The output, which is the next state as well."""
        if self.gate_kernel is None:
            self._build(inputs)
        gates = tg.sigmoid(tg.matmul(tg.concat([inputs, state], 1), self.gate_kernel) + self.gate_bias)
        r, u = tg.split(gates, 2, 1)
        mixed = tg.matmul(tg.concat([inputs, r * state], 1), self.candidate_kernel) + self.candidate_bias
        output = u * state + (1 - u) * self._activation(mixed)
        return output, output


class MultiRNNCell(RNNCell):
    """Cells on top of each other.

    Args:
        cells: The cells, the first one next to the input.

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> cell = rnn.MultiRNNCell([rnn.GRUCell(4), rnn.LSTMCell(3)])
        >>> output, state = cell(tg.ones([2, 5]), cell.zero_state(2))
        >>> output.shape, len(state)
        (TensorShape([2, 3]), 2)
    """

    def __init__(self, cells: Sequence[Any]) -> None:
        super().__init__()
        self.cells = list(cells)
        self.output_size = self.cells[-1].output_size
        self.state_size = tuple(cell.state_size for cell in self.cells)

    def __call__(self, inputs: tg.Tensor, state: Any) -> tuple[tg.Tensor, tuple[Any, ...]]:
        """The output of the last cell and the next states of all."""
        states = []
        for cell, own in zip(self.cells, state, strict=True):
            inputs, new = cell(inputs, own)
            states.append(new)
        return inputs, tuple(states)


def static_rnn(
    cell: Any,
    inputs: Sequence[tg.Tensor],
    initial_state: Any = None,
    dtype: Any = tg.float32,
    sequence_length: Any = None,
) -> tuple[list[tg.Tensor], Any]:
    """Runs a cell over a list of inputs, one for each step in time.

    Args:
        cell: The cell.
        inputs: Tensors `[batch, features]`.
        initial_state: The state before the first step; zeros if not given.
        dtype: The dtype of these zeros.
        sequence_length: Lengths `[batch]`: behind the end of a sequence outputs are zeros and the state stays.

    Returns:
        The outputs, a list, and the last state.

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> outputs, (c, h) = rnn.static_rnn(rnn.LSTMCell(3), tg.unstack(tg.ones([2, 4, 5]), axis=1))
        >>> len(outputs), outputs[0].shape
        (4, TensorShape([2, 3]))
    """
    rows = tg.shape(inputs[0])[0]
    state = cell.zero_state(rows, dtype) if initial_state is None else initial_state
    outputs = []
    for time, each in enumerate(inputs):
        output, new = cell(each, state)
        if sequence_length is not None:
            output, new = _stopped(time, sequence_length, output, new, state)
        outputs.append(output)
        state = new
    return outputs, state


def _stopped(time: Any, lengths: Any, output: tg.Tensor, new: Any, old: Any) -> tuple[tg.Tensor, Any]:
    """Zeros and the old state for sequences that are over."""
    lengths = tg.convert_to_tensor(lengths)
    going = tg.expand_dims(tg.less(tg.cast(time, lengths.dtype), lengths), 1)
    kept = tg.nest.map_structure(lambda a, b: tg.where(going, a, b), new, old)
    return tg.where(going, output, tg.zeros_like(output)), kept


def dynamic_rnn(
    cell: Any,
    inputs: tg.Tensor,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = tg.float32,
    time_major: bool = False,
) -> tuple[tg.Tensor, Any]:
    """Runs a cell over sequences in one tensor.

    Args:
        cell: The cell.
        inputs: `[batch, time, features]`, or `[time, batch, features]` with `time_major`. The time may be unknown in
            a graph, which then loops.
        sequence_length: Lengths `[batch]`: behind the end of a sequence outputs are zeros and the state stays.
        initial_state: The state before the first step; zeros if not given.
        dtype: The dtype of these zeros.
        time_major: See `inputs`.

    Returns:
        The outputs, shaped as the inputs with the units of the cell, and the last state.

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> outputs, state = rnn.dynamic_rnn(rnn.GRUCell(3), tg.ones([2, 4, 5]))
        >>> outputs.shape
        TensorShape([2, 4, 3])
    """
    inputs = tg.convert_to_tensor(inputs)
    axis = 0 if time_major else 1
    if inputs.shape[axis] is not None:
        steps = tg.unstack(inputs, axis=axis)
        outputs, state = static_rnn(cell, steps, initial_state, dtype, sequence_length)
        return tg.stack(outputs, axis=axis), state
    major = inputs if time_major else tg.transpose(inputs, [1, 0, 2])
    state = cell.zero_state(tg.shape(major)[1], dtype) if initial_state is None else initial_state
    cell(major[0], state)  # the weights are made before the loop
    count = tg.shape(major)[0]
    written = tg.TensorArray(dtype, size=count)

    def body(time: Any, state: Any, outputs: Any) -> Any:
        output, new = cell(major[time], state)
        if sequence_length is not None:
            output, new = _stopped(time, sequence_length, output, new, state)
        return time + 1, new, outputs.write(time, output)

    _, state, written = tg.while_loop(
        lambda time, *_: time < count, body, (tg.constant(0, tg.int32), state, written)
    )
    stacked = written.stack()
    return (stacked if time_major else tg.transpose(stacked, [1, 0, 2])), state


def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Sequence[tg.Tensor],
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = tg.float32,
    sequence_length: Any = None,
) -> tuple[list[tg.Tensor], Any, Any]:
    """Runs one cell forwards and one backwards over a list of inputs.

    Args:
        cell_fw: The cell that runs forwards.
        cell_bw: The cell that runs backwards.
        inputs: Tensors `[batch, features]`.
        initial_state_fw: The first state of the one.
        initial_state_bw: The first state of the other.
        dtype: The dtype of states that are not given.
        sequence_length: Lengths `[batch]`.

    Returns:
        The outputs of both beside each other, a list, and the last state of each.

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> steps = tg.unstack(tg.ones([2, 4, 5]), axis=1)
        >>> outputs, forward, backward = rnn.static_bidirectional_rnn(rnn.LSTMCell(3), rnn.LSTMCell(3), steps)
        >>> outputs[0].shape
        TensorShape([2, 6])
    """
    forward, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length)
    turned, state_bw = static_rnn(
        cell_bw, _turned(inputs, sequence_length), initial_state_bw, dtype, sequence_length
    )
    backward = _turned(turned, sequence_length)
    return [tg.concat([a, b], 1) for a, b in zip(forward, backward, strict=True)], state_fw, state_bw


def _turned(items: Sequence[tg.Tensor], lengths: Any) -> list[tg.Tensor]:
    if lengths is None:
        return list(reversed(items))
    stacked = tg.reverse_sequence(tg.stack(list(items)), lengths, seq_axis=0, batch_axis=1)
    return list(tg.unstack(stacked, axis=0))


def bidirectional_dynamic_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: tg.Tensor,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = tg.float32,
    time_major: bool = False,
) -> tuple[tuple[tg.Tensor, tg.Tensor], tuple[Any, Any]]:
    """Runs one cell forwards and one backwards over sequences in one tensor; the arguments are those of `dynamic_rnn`.

    Returns:
        The outputs of both, and the last state of each.

    Example:
        >>> import tensegra as tg
        >>> from tensegra.compat import rnn
        >>> outputs, states = rnn.bidirectional_dynamic_rnn(rnn.GRUCell(3), rnn.GRUCell(3), tg.ones([2, 4, 5]))
        >>> outputs[1].shape
        TensorShape([2, 4, 3])
    """
    axis = 0 if time_major else 1

    def turned(tensor: tg.Tensor) -> tg.Tensor:
        if sequence_length is None:
            return tg.reverse(tensor, [axis])
        return tg.reverse_sequence(tensor, sequence_length, seq_axis=axis, batch_axis=1 - axis)

    inputs = tg.convert_to_tensor(inputs)
    forward, state_fw = dynamic_rnn(cell_fw, inputs, sequence_length, initial_state_fw, dtype, time_major)
    backward, state_bw = dynamic_rnn(
        cell_bw, turned(inputs), sequence_length, initial_state_bw, dtype, time_major
    )
    return (forward, turned(backward)), (state_fw, state_bw)
