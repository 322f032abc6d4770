"""Recurrent cells, with the names, gate orders and biases of 1.x."""

from __future__ import annotations

import hashlib
from collections import namedtuple
from collections.abc import Callable
from typing import Any

from .._apply import apply, convert_to_tensor, is_graph_value
from .._arrays import concat, reshape, zeros
from .._arrays import shape as shape_of
from .._control import flatten, pack
from .._core import tg
from .._errors import invalid
from .._graph import get_default_graph, name_scope
from .._initializers import Constant, Zeros
from .._layers.base import Layer
from .._nn import bias_add, dropout_rate
from .._operators import binary
from .._random import random_uniform
from .._shapes import TensorShape
from .._symbols import export, put
from .._variable_scope import get_variable, get_variable_scope, variable_scope

LSTMStateTuple = namedtuple("LSTMStateTuple", ("c", "h"))
put("nn.rnn_cell.LSTMStateTuple", LSTMStateTuple)
put("contrib.rnn.LSTMStateTuple", LSTMStateTuple)


def both(name: str) -> Callable[[Any], Any]:
    """Exports under `nn.rnn_cell` and `contrib.rnn`."""
    return export(f"nn.rnn_cell.{name} contrib.rnn.{name}")


def sized_zeros(size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros of [batch_size, size] for each size of a nest."""
    if isinstance(size, (list, tuple)) and not isinstance(size, TensorShape):
        made = [sized_zeros(each, batch_size, dtype) for each in size]
        return type(size)(*made) if hasattr(size, "_fields") else type(size)(made)
    dims = TensorShape(size).as_list()
    return zeros([batch_size, *dims], dtype)


@both("RNNCell")
class RNNCell(Layer):
    """A step of a recurrent network: `cell(inputs, state)` gives an output and the next state."""

    def __init__(
        self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Output and next state."""
        if isinstance(scope, variable_scope):
            scope = scope._which
        if scope is not None:
            with variable_scope(scope, custom_getter=self._rnn_get_variable) as opened:
                return super().__call__(inputs, state, *args, scope=opened, **kwargs)
        return super().__call__(inputs, state, *args, **kwargs)

    def _rnn_get_variable(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        return getter(*args, **kwargs)

    @property
    def state_size(self) -> Any:
        """The sizes of the state."""
        raise invalid(
            "nn.rnn_cell.RNNCell",
            "a cell has a state size",
            type(self).__name__,
            "Define state_size.",
            "TG-7274",
        )

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        raise invalid(
            "nn.rnn_cell.RNNCell",
            "a cell has an output size",
            type(self).__name__,
            "Define output_size.",
            "TG-7274",
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope(f"{type(self).__name__}ZeroState"):
            return sized_zeros(self.state_size, batch_size, dtype)

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """The same, from the inputs."""
        if inputs is not None:
            tensor = convert_to_tensor(inputs)
            whole: Any = shape_of(tensor)
            batch_size, dtype = whole[0], tensor.dtype
        return self.zero_state(batch_size, dtype)


class LayerRNNCell(RNNCell):
    """A cell whose variables are in the scope of a layer."""


def _width(inputs_shape: Any, where: str) -> int:
    found = inputs_shape[-1].value
    if found is None:
        raise invalid(
            where,
            "the last dimension of the input must be known",
            f"shape {inputs_shape}",
            "See set_shape.",
            "TG-7272",
        )
    return int(found)


def _tanh(x: Any) -> Any:
    return apply("Tanh", tg.tanh, x)


def _sigmoid(x: Any) -> Any:
    return apply("Sigmoid", tg.sigmoid, x)


def _matmul(x: Any, w: Any) -> Any:
    return binary("MatMul", tg.matmul, x, w)


@both("BasicRNNCell")
class BasicRNNCell(LayerRNNCell):
    """tanh([inputs, state] @ kernel + bias)."""

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._activation = num_units, activation or _tanh

    state_size = property(lambda self: self._num_units)
    output_size = property(lambda self: self._num_units)

    def build(self, inputs_shape: Any) -> None:
        """Makes kernel and bias."""
        width = _width(inputs_shape, "BasicRNNCell")
        self._kernel = self.add_weight("kernel", [width + self._num_units, self._num_units])
        self._bias = self.add_weight("bias", [self._num_units], initializer=Zeros())

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Output and next state, which are the same."""
        made = self._activation(bias_add(_matmul(concat([inputs, state], 1), self._kernel), self._bias))
        return made, made


@both("GRUCell")
class GRUCell(LayerRNNCell):
    """A gated recurrent unit (K. Cho et al., 2014)."""

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, kernel_initializer: Any = None,
        bias_initializer: Any = None, name: str | None = None, dtype: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._activation = num_units, activation or _tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    state_size = property(lambda self: self._num_units)
    output_size = property(lambda self: self._num_units)

    def build(self, inputs_shape: Any) -> None:
        """Makes the kernels and biases of gates and candidate."""
        width = _width(inputs_shape, "GRUCell") + self._num_units
        units = self._num_units
        self._gate_kernel = self.add_weight(
            "gates/kernel", [width, 2 * units], initializer=self._kernel_initializer
        )
        self._gate_bias = self.add_weight(
            "gates/bias", [2 * units], initializer=self._bias_initializer or Constant(1.0)
        )
        self._candidate_kernel = self.add_weight(
            "candidate/kernel", [width, units], initializer=self._kernel_initializer
        )
        self._candidate_bias = self.add_weight(
            "candidate/bias", [units], initializer=self._bias_initializer or Zeros()
        )

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Output and next state, which are the same."""
        gates = _sigmoid(bias_add(_matmul(concat([inputs, state], 1), self._gate_kernel), self._gate_bias))
        r, u = apply("Split", lambda x: list(tg.split(x, 2, 1)), gates, op_name="split")
        candidate = self._activation(
            bias_add(_matmul(concat([inputs, r * state], 1), self._candidate_kernel), self._candidate_bias)
        )
        made = u * state + (1 - u) * candidate
        return made, made


@both("BasicLSTMCell")
class BasicLSTMCell(LayerRNNCell):
    """A long short-term memory (S. Hochreiter and J. Schmidhuber, 1997), gates in the order i, j, f, o."""

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._forget_bias, self._state_is_tuple = num_units, forget_bias, state_is_tuple
        self._activation = activation or _tanh

    @property
    def state_size(self) -> Any:
        """Of c and h."""
        return (
            LSTMStateTuple(self._num_units, self._num_units) if self._state_is_tuple else 2 * self._num_units
        )

    output_size = property(lambda self: self._num_units)

    def build(self, inputs_shape: Any) -> None:
        """Makes kernel and bias."""
        width = _width(inputs_shape, "BasicLSTMCell")
        self._kernel = self.add_weight("kernel", [width + self._num_units, 4 * self._num_units])
        self._bias = self.add_weight("bias", [4 * self._num_units], initializer=Zeros())

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Output and next state."""
        c, h = state if self._state_is_tuple else _halves(state)
        gates = bias_add(_matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = apply("Split", lambda x: list(tg.split(x, 4, 1)), gates, op_name="split")
        forget = apply("add", lambda x: x + tg.constant(self._forget_bias, x.dtype), f)
        new_c = c * _sigmoid(forget) + _sigmoid(i) * self._activation(j)
        new_h = self._activation(new_c) * _sigmoid(o)
        return new_h, (LSTMStateTuple(new_c, new_h) if self._state_is_tuple else concat([new_c, new_h], 1))


def _halves(state: Any) -> Any:
    return apply("Split", lambda x: list(tg.split(x, 2, 1)), state, op_name="split")


@both("LSTMCell")
class LSTMCell(LayerRNNCell):
    """A long short-term memory with peepholes, clipping and projection (H. Sak et al., 2014)."""

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_proj: Any = None,
        proj_clip: Any = None,
        num_unit_shards: Any = None,
        num_proj_shards: Any = None,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._initializer, self._num_proj, self._proj_clip = initializer, num_proj, proj_clip
        self._forget_bias, self._state_is_tuple, self._activation = (
            forget_bias,
            state_is_tuple,
            activation or _tanh,
        )

    @property
    def state_size(self) -> Any:
        """Of c and h."""
        h = self._num_proj or self._num_units
        return LSTMStateTuple(self._num_units, h) if self._state_is_tuple else self._num_units + h

    output_size = property(lambda self: self._num_proj or self._num_units)

    def build(self, inputs_shape: Any) -> None:
        """Makes the variables."""
        width = _width(inputs_shape, "LSTMCell")
        h = self._num_proj or self._num_units
        self._kernel = self.add_weight(
            "kernel", [width + h, 4 * self._num_units], initializer=self._initializer
        )
        self._bias = self.add_weight("bias", [4 * self._num_units], initializer=Zeros())
        if self._use_peepholes:
            for gate in ("w_f_diag", "w_i_diag", "w_o_diag"):
                setattr(
                    self, f"_{gate}", self.add_weight(gate, [self._num_units], initializer=self._initializer)
                )
        if self._num_proj is not None:
            self._proj = self.add_weight(
                "projection/kernel", [self._num_units, self._num_proj], initializer=self._initializer
            )

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Output and next state."""
        h_size = self._num_proj or self._num_units
        if self._state_is_tuple:
            c, h = state
        else:
            c, h = apply(
                "Split", lambda x: list(tg.split(x, [self._num_units, h_size], 1)), state, op_name="split"
            )
        gates = bias_add(_matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = apply("Split", lambda x: list(tg.split(x, 4, 1)), gates, op_name="split")
        f = apply("add", lambda x: x + tg.constant(self._forget_bias, x.dtype), f)
        peep: Any = self
        if self._use_peepholes:
            f, i = f + peep._w_f_diag * c, i + peep._w_i_diag * c
        new_c = _sigmoid(f) * c + _sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            new_c = _clipped(new_c, self._cell_clip)
        if self._use_peepholes:
            o = o + peep._w_o_diag * new_c
        new_h = _sigmoid(o) * self._activation(new_c)
        if self._num_proj is not None:
            new_h = _matmul(new_h, self._proj)
            if self._proj_clip is not None:
                new_h = _clipped(new_h, self._proj_clip)
        return new_h, (LSTMStateTuple(new_c, new_h) if self._state_is_tuple else concat([new_c, new_h], 1))


def _clipped(x: Any, limit: Any) -> Any:
    return apply("clip_by_value", lambda v: tg.clip_by_value(v, -limit, limit), x)


@both("MultiRNNCell")
class MultiRNNCell(RNNCell):
    """Cells on top of each other."""

    def __init__(self, cells: Any, state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells or not isinstance(cells, (list, tuple)):
            raise invalid(
                "MultiRNNCell", "there must be a list of cells", repr(cells), "Give one.", "TG-7274"
            )
        self._cells, self._state_is_tuple = list(cells), state_is_tuple

    @property
    def state_size(self) -> Any:
        """Of all cells."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    output_size = property(lambda self: self._cells[-1].output_size)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope("MultiRNNCellZeroState"):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return sized_zeros(self.state_size, batch_size, dtype)

    @property
    def trainable_weights(self) -> list[Any]:
        """Of all cells."""
        return [weight for cell in self._cells for weight in cell.trainable_weights]

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Output of the last cell, and all next states."""
        position = 0
        states = []
        for index, cell in enumerate(self._cells):
            with variable_scope(f"cell_{index}"):
                if self._state_is_tuple:
                    own = state[index]
                else:
                    start, size = position, cell.state_size
                    own = apply("Slice", lambda x, a=start, b=size: x[:, a : a + b], state)
                    position += size
                inputs, new = cell(inputs, own)
                states.append(new)
        return inputs, tuple(states) if self._state_is_tuple else concat(states, 1)


class _Wrapper(RNNCell):
    """A cell around another one."""

    def __init__(self, cell: Any) -> None:
        super().__init__()
        self._cell = cell

    state_size = property(lambda self: self._cell.state_size)
    output_size = property(lambda self: self._cell.output_size)
    wrapped_cell = property(lambda self: self._cell)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Of the cell inside."""
        return self._cell.zero_state(batch_size, dtype)

    @property
    def trainable_weights(self) -> list[Any]:
        """Of the cell inside."""
        return self._cell.trainable_weights  # type: ignore[no-any-return]

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Output and next state; the wrapper has no scope of its own."""
        return self._wrapped(inputs, state, scope)

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        return self._cell(inputs, state, scope=scope) if scope is not None else self._cell(inputs, state)


@both("DropoutWrapper")
class DropoutWrapper(_Wrapper):
    """Dropout of what goes into a cell, out of it, and from step to step (Y. Gal and Z. Ghahramani, 2016)."""

    def __init__(
        self, cell: Any, input_keep_prob: Any = 1.0, output_keep_prob: Any = 1.0, state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False, input_size: Any = None, dtype: Any = None, seed: int | None = None,
        dropout_state_filter_visitor: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(cell)
        self._input, self._output, self._state = input_keep_prob, output_keep_prob, state_keep_prob
        self._variational, self._seed = variational_recurrent, seed
        self._filter = dropout_state_filter_visitor or _all_but_memory
        self._noise: dict[str, list[Any]] = {}
        if variational_recurrent:
            if dtype is None:
                raise invalid(
                    "DropoutWrapper", "variational_recurrent needs a dtype", "None", "Give dtype.", "TG-7274"
                )
            # One mask for all steps: drawn here.
            if self._used(self._input):
                self._noise["input"] = self._drawn("input", input_size, dtype)
            self._noise["state"] = self._drawn("state", cell.state_size, dtype)
            self._noise["output"] = self._drawn("output", cell.output_size, dtype)

    @staticmethod
    def _used(keep: Any) -> bool:
        return is_graph_value(keep) or keep < 1.0

    def _drawn(self, salt: str, sizes: Any, dtype: Any) -> list[Any]:
        drawn = []
        for index, size in enumerate(flatten(sizes)):
            dims = [1, *TensorShape(size).as_list()]
            drawn.append(random_uniform(dims, seed=self._salted(f"{salt}", index), dtype=dtype))
        return drawn

    def _salted(self, prefix: str, index: int) -> int | None:
        if self._seed is None:
            return None
        text = f"{self._seed}{prefix}_{index}"
        return int(hashlib.md5(text.encode()).hexdigest()[:8], 16) & 0x7FFFFFFF

    def _dropped(self, values: Any, salt: str, keep: Any, shallow: Any = None) -> Any:
        leaves = flatten(values)
        chosen = [True] * len(leaves) if shallow is None else flatten(shallow)
        made = []
        for index, (leaf, flag) in enumerate(zip(leaves, chosen)):
            if not flag:
                made.append(leaf)
            elif self._variational:
                made.append(self._masked(leaf, self._noise[salt][index], keep))
            else:
                with name_scope("dropout"):
                    rate = binary("sub", tg.subtract, 1, keep) if is_graph_value(keep) else 1 - keep
                    made.append(dropout_rate(convert_to_tensor(leaf), rate, None, self._salted(salt, index)))
        return pack(values, made)

    def _masked(self, value: Any, noise: Any, keep: Any) -> Any:
        def function(x: Any, drawn: Any, kept: Any) -> Any:
            kept = tg.cast(kept, x.dtype) if isinstance(kept, tg.Tensor) else tg.constant(kept, x.dtype)
            return tg.truediv(x, kept) * tg.floor(kept + drawn)

        made = apply("mul", function, value, noise, keep)
        made.set_shape(value.shape)
        return made

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        if self._used(self._input):
            inputs = self._dropped(inputs, "input", self._input)
        output, new = super()._wrapped(inputs, state, scope)
        if self._used(self._state):
            new = self._dropped(new, "state", self._state, _filtered(new, self._filter))
        if self._used(self._output):
            output = self._dropped(output, "output", self._output)
        return output, new


def _all_but_memory(substate: Any) -> Any:
    if isinstance(substate, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not hasattr(substate, "stack")


def _filtered(state: Any, visitor: Any) -> Any:
    found = visitor(state)
    if not isinstance(found, bool):
        return found
    if isinstance(state, (list, tuple)) and not hasattr(state, "_fields"):
        return [_filtered(each, visitor) for each in state]
    return [found] * len(flatten(state))


@both("ResidualWrapper")
class ResidualWrapper(_Wrapper):
    """Adds the input to the output."""

    def __init__(self, cell: Any, residual_fn: Any = None) -> None:
        super().__init__(cell)
        self._residual = residual_fn

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        outputs, new = super()._wrapped(inputs, state, scope)
        if self._residual is not None:
            return self._residual(inputs, outputs), new
        pairs = [a + b for a, b in zip(flatten(inputs), flatten(outputs))]
        return pack(outputs, pairs), new


@both("DeviceWrapper")
class DeviceWrapper(_Wrapper):
    """Says where a cell should run."""

    def __init__(self, cell: Any, device: Any) -> None:
        super().__init__(cell)
        self._device = device

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        with get_default_graph().device(self._device):
            return super()._wrapped(inputs, state, scope)


@export("contrib.rnn.EmbeddingWrapper")
class EmbeddingWrapper(_Wrapper):
    """Looks up numbers in a table before a cell."""

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(cell)
        self._classes, self._size, self._initializer = embedding_classes, embedding_size, initializer

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        from .._initializers import RandomUniform
        from .._nn import embedding_lookup

        with variable_scope(scope or "embedding_wrapper"):
            initializer = (
                self._initializer or get_variable_scope().initializer or RandomUniform(-(3**0.5), 3**0.5)
            )
            table = get_variable("embedding", [self._classes, self._size], initializer=initializer)
            return self._cell(embedding_lookup(table, reshape(inputs, [-1])), state)


@export("contrib.rnn.OutputProjectionWrapper")
class OutputProjectionWrapper(_Wrapper):
    """A linear layer after a cell."""

    def __init__(self, cell: Any, output_size: int, activation: Any = None, reuse: Any = None) -> None:
        super().__init__(cell)
        self._size, self._activation = output_size, activation

    output_size = property(lambda self: self._size)

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        with variable_scope(scope or "output_projection_wrapper"):
            output, new = self._cell(inputs, state)
            kernel = get_variable("kernel", [output.shape[-1].value, self._size])
            bias = get_variable("bias", [self._size], initializer=Zeros())
            made = bias_add(_matmul(output, kernel), bias)
            return (made if self._activation is None else self._activation(made)), new
