"""Running cells over sequences."""

from __future__ import annotations

from typing import Any

from .._apply import apply, convert_to_tensor
from .._arrays import concat, reverse_sequence
from .._arrays import shape as shape_of
from .._control import flatten, pack, while_loop
from .._core import tg
from .._errors import invalid
from .._shapes import TensorShape
from .._symbols import export
from .._tensor_array import TensorArray
from .._variable_scope import variable_scope
from .cells import sized_zeros


def _time_major(tensor: Any) -> Any:
    return apply("Transpose", lambda x: tg.transpose(x, [1, 0, *range(2, x.shape.rank)]), tensor)


def _chosen(done: Any, old: Any, new: Any) -> Any:
    """The old values where sequences are over."""

    def function(over: Any, a: Any, b: Any) -> Any:
        if a.shape.rank == 0:
            return b
        return tg.where(tg.reshape(over, [-1, *[1] * (b.shape.rank - 1)]), a, b)

    made = [
        apply("Select", function, done, convert_to_tensor(a), convert_to_tensor(b))
        for a, b in zip(flatten(old), flatten(new))
    ]
    for each, like in zip(made, flatten(new)):
        each.set_shape(like.shape)
    return pack(new, made)


@export("nn.dynamic_rnn")
def dynamic_rnn(
    cell: Any, inputs: Any, sequence_length: Any = None, initial_state: Any = None, dtype: Any = None,
    parallel_iterations: Any = None, swap_memory: bool = False, time_major: bool = False, scope: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Runs a cell over sequences of any length.

    Args:
        cell: The cell.
        inputs: [batch, time, ...], or [time, batch, ...] with `time_major`; or a nest of these.
        sequence_length: The lengths; outputs behind the end are zeros and the state stays.
        initial_state: The first state; zeros by default, which needs `dtype`.
        dtype: The dtype of the state.
        parallel_iterations: Accepted, without effect, as is `swap_memory`.
        time_major: See `inputs`.
        scope: The scope, "rnn" by default.

    Returns:
        The outputs, shaped as the inputs, and the last state.
    """
    with variable_scope(scope or "rnn"):
        flat = [convert_to_tensor(each) for each in flatten(inputs)]
        if not time_major:
            flat = [_time_major(each) for each in flat]
        whole: Any = shape_of(flat[0])
        batch = flat[0].shape[1].value if flat[0].shape.ndims else None
        rows = batch if batch is not None else whole[1]
        steps = flat[0].shape[0].value
        count = steps if steps is not None else whole[0]
        lengths = None if sequence_length is None else convert_to_tensor(sequence_length)
        if initial_state is not None:
            state = pack(initial_state, [convert_to_tensor(each) for each in flatten(initial_state)])
        elif dtype is None:
            raise invalid(
                "nn.dynamic_rnn",
                "without initial_state there must be a dtype",
                "None",
                "Give dtype.",
                "TG-7275",
            )
        elif hasattr(cell, "get_initial_state"):
            state = cell.get_initial_state(batch_size=rows, dtype=dtype)
        else:
            state = cell.zero_state(rows, dtype)
        arrays = [
            TensorArray(each.dtype, size=count, element_shape=each.shape[1:]).unstack(each) for each in flat
        ]
        sizes = cell.output_size
        first = flatten(state)
        kind = first[0].dtype if first else flat[0].dtype
        flat_sizes = flatten(sizes)
        written = [
            TensorArray(kind, size=count, element_shape=[batch, *TensorShape(size).as_list()])
            for size in flat_sizes
        ]

        def body(time: Any, current: Any, outputs: list[Any]) -> Any:
            given = []
            for array, each in zip(arrays, flat):
                made = array.read(time)
                if each.shape.ndims is not None:
                    made.set_shape(each.shape[1:])
                given.append(made)
            made, new = cell(pack(inputs, given), current)
            if lengths is not None:
                done = apply(
                    "GreaterEqual", lambda t, n: tg.greater_equal(tg.cast(t, n.dtype), n), time, lengths
                )
                made = _chosen(
                    done,
                    pack(made, [apply("ZerosLike", tg.zeros_like, each) for each in flatten(made)]),
                    made,
                )
                new = _chosen(done, current, new)
            results = [array.write(time, each) for array, each in zip(outputs, flatten(made))]
            return time + 1, pack(current, flatten(new)), results

        _, last, written = while_loop(
            lambda time, *_: time < count, body, (convert_to_tensor(0, name="time"), state, written)
        )
        results = [array.stack() for array in written]
        for each, size in zip(results, flat_sizes):
            each.set_shape([steps, batch, *TensorShape(size).as_list()])
        if not time_major:
            results = [_time_major(each) for each in results]
        return pack(sizes, results), last


@export("nn.bidirectional_dynamic_rnn")
def bidirectional_dynamic_rnn(
    cell_fw: Any, cell_bw: Any, inputs: Any, sequence_length: Any = None, initial_state_fw: Any = None,
    initial_state_bw: Any = None, dtype: Any = None, parallel_iterations: Any = None, swap_memory: bool = False,
    time_major: bool = False, scope: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """Runs one cell forwards and one backwards."""
    axis = 0 if time_major else 1

    def backwards(tensor: Any) -> Any:
        if sequence_length is not None:
            return reverse_sequence(tensor, sequence_length, seq_axis=axis, batch_axis=1 - axis)
        return apply("ReverseV2", lambda x: tg.reverse(x, [axis]), tensor)

    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            forward = dynamic_rnn(
                cell_fw, inputs, sequence_length, initial_state_fw, dtype, time_major=time_major, scope=fw
            )
        with variable_scope("bw") as bw:
            turned = pack(inputs, [backwards(convert_to_tensor(each)) for each in flatten(inputs)])
            outputs, state = dynamic_rnn(
                cell_bw, turned, sequence_length, initial_state_bw, dtype, time_major=time_major, scope=bw
            )
        back = pack(outputs, [backwards(each) for each in flatten(outputs)])
        return (forward[0], back), (forward[1], state)


@export("nn.static_rnn contrib.rnn.static_rnn nn.rnn")
def static_rnn(
    cell: Any,
    inputs: Any,
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """Runs a cell over a list of inputs."""
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise invalid("nn.static_rnn", "inputs must be a list", repr(inputs), "Use tf.unstack.", "TG-7275")
    with variable_scope(scope or "rnn") as opened:
        first = convert_to_tensor(flatten(inputs[0])[0])
        whole: Any = shape_of(first)
        rows = first.shape[0].value if first.shape.ndims and first.shape[0].value is not None else whole[0]
        if initial_state is None and dtype is None:
            raise invalid(
                "nn.static_rnn",
                "without initial_state there must be a dtype",
                "None",
                "Give dtype.",
                "TG-7275",
            )
        state = initial_state if initial_state is not None else cell.zero_state(rows, dtype)
        lengths = None if sequence_length is None else convert_to_tensor(sequence_length)
        outputs = []
        for time, each in enumerate(inputs):
            if time > 0:
                opened.reuse_variables()
            made, new = cell(each, state)
            if lengths is not None:
                done = apply(
                    "GreaterEqual", lambda n, t=time: tg.greater_equal(tg.constant(t, n.dtype), n), lengths
                )
                zero = pack(made, [apply("ZerosLike", tg.zeros_like, leaf) for leaf in flatten(made)])
                made, new = _chosen(done, zero, made), _chosen(done, state, new)
            outputs.append(made)
            state = new
        return outputs, state


@export("nn.static_bidirectional_rnn contrib.rnn.static_bidirectional_rnn nn.bidirectional_rnn")
def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any, Any]:
    """Runs one cell forwards and one backwards over a list of inputs; outputs lie beside each other."""
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw:
            forward, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, fw)
        with variable_scope("bw") as bw:
            turned = _turned(inputs, sequence_length)
            back, state_bw = static_rnn(cell_bw, turned, initial_state_bw, dtype, sequence_length, bw)
        back = _turned(back, sequence_length)
        return [concat([a, b], 1) for a, b in zip(forward, back)], state_fw, state_bw


def _turned(items: Any, lengths: Any) -> list[Any]:
    if lengths is None:
        return list(reversed(items))
    stacked = apply("Pack", lambda *parts: tg.stack(list(parts)), *items)
    turned = reverse_sequence(stacked, lengths, seq_axis=0, batch_axis=1)
    return list(apply("Unpack", lambda x: list(tg.unstack(x, len(items))), turned))


@export("nn.raw_rnn")
def raw_rnn(
    cell: Any, loop_fn: Any, parallel_iterations: Any = None, swap_memory: bool = False, scope: Any = None
) -> Any:
    """Runs a cell on what a function gives for each step, until that says it is over."""
    with variable_scope(scope or "rnn"):
        time = convert_to_tensor(0, name="time")
        finished, next_input, state, emit_structure, loop_state = loop_fn(time, None, None, None)
        rows_tensor: Any = shape_of(convert_to_tensor(flatten(next_input)[0]))
        static = flatten(next_input)[0].shape[0].value
        rows = static if static is not None else rows_tensor[0]
        if emit_structure is None:
            emit_structure = cell.output_size
            kind = flatten(state)[0].dtype
            zeros = sized_zeros(emit_structure, rows, kind)
            shapes = [[static, *TensorShape(size).as_list()] for size in flatten(emit_structure)]
            kinds = [kind] * len(shapes)
        else:
            leaves = flatten(emit_structure)
            shapes = [[static, *each.shape.as_list()] for each in leaves]
            kinds = [each.dtype for each in leaves]
            zeros = pack(
                emit_structure,
                [
                    apply(
                        "zeros",
                        lambda n, e: tg.zeros(tg.concat([tg.reshape(n, [1]), tg.shape(e)], 0), e.dtype),
                        rows,
                        each,
                    )
                    for each in leaves
                ],
            )
        arrays = [
            TensorArray(kind, size=0, dynamic_size=True, element_shape=shape)
            for kind, shape in zip(kinds, shapes)
        ]
        has_loop_state = loop_state is not None
        carried = loop_state if has_loop_state else convert_to_tensor(0)

        def body(
            now: Any, done: Any, current_input: Any, outputs: list[Any], current: Any, extra: Any
        ) -> Any:
            made, new = cell(current_input, current)
            later = now + 1
            over, following, chosen, emitted, new_extra = loop_fn(
                later, made, new, extra if has_loop_state else None
            )
            emitted = made if emitted is None else emitted
            emitted = _chosen(done, zeros, emitted)
            chosen = _chosen(done, current, chosen)
            over = apply("LogicalOr", tg.logical_or, done, over)
            results = [array.write(now, leaf) for array, leaf in zip(outputs, flatten(emitted))]
            return (
                later,
                over,
                following,
                results,
                chosen,
                new_extra if has_loop_state and new_extra is not None else extra,
            )

        def test(now: Any, done: Any, *rest: Any) -> Any:
            return apply("LogicalNot", lambda d: tg.logical_not(tg.reduce_all(d)), done)

        _, _, _, arrays, last, final = while_loop(
            test, body, (time, convert_to_tensor(finished), next_input, arrays, state, carried)
        )
        return pack(emit_structure, arrays), last, final if has_loop_state else None
