"""Random ops: what they draw follows from the seeds of graph and op, by TensorFlow's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _engine
from ._apply import apply, convert_to_tensor, is_graph_value
from ._arrays import _vector
from ._core import tg
from ._graph import get_default_graph, get_seed, name_scope
from ._operators import binary
from ._static import shape_from
from ._symbols import export
from ._tensor import Tensor, core_dtype


def draw(
    type: str,
    inputs: list[Any],
    dtype: Any,
    shape: Any,
    seed: int | None,
    function: Callable[..., Any],
    name: str | None = None,
) -> Tensor:
    """An op that draws: `function` takes the state and the values of the inputs."""
    first, second = get_seed(seed)
    tensors = [convert_to_tensor(each) for each in inputs]

    def lower(emitter: Any, *values: Any) -> list[Any]:
        return [function(emitter.state.random_state(op, first, second), *values)]

    op = get_default_graph().create(
        type, lower, tensors, name, outputs=[(dtype, shape)], stateful=True,
        attributes={"seed": first or 0, "seed2": second or 0, "dtype": dtype},
    )  # fmt: skip
    return op.outputs[0]


def _dims(shape: Any) -> tuple[Any, list[Any]]:
    """A shape argument as what is given to the engine, and as inputs."""
    if is_graph_value(shape) or (
        isinstance(shape, (list, tuple)) and any(is_graph_value(each) for each in shape)
    ):
        return None, [convert_to_tensor(shape)]
    return np.asarray(_vector(shape), np.int64).reshape(-1), []


def _of_shape(
    type: str, op: str, shape: Any, dtype: Any, seed: int | None, name: str | None = None
) -> Tensor:
    dims, inputs = _dims(shape)

    def function(state: Any, *given: Any) -> Any:
        sizes = given[0] if given else _engine.to_tensor(dims)
        return _engine.execute(op, (state, sizes), {"dtype": dtype._number})

    return draw(type, inputs, dtype, shape_from(shape), seed, function, name)


@export("random_uniform random.uniform")
def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = tg.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Uniform numbers of [minval, maxval)."""
    wanted = core_dtype(dtype)
    if maxval is None and not wanted.is_integer:
        maxval = 1
    with name_scope(name, "random_uniform") as scope:
        if wanted.is_integer:
            low, high = (
                convert_to_tensor(minval, wanted, name="min"),
                convert_to_tensor(maxval, wanted, name="max"),
            )
            dims, inputs = _dims(shape)

            def function(state: Any, a: Any, b: Any, *given: Any) -> Any:
                sizes = given[0] if given else _engine.to_tensor(dims)
                return _engine.execute("random_uniform_int", (state, sizes, a, b))

            return draw(
                "RandomUniformInt", [low, high, *inputs], wanted, shape_from(shape), seed, function, scope
            )
        draws = _of_shape("RandomUniform", "random_uniform", shape, wanted, seed)
        if not is_graph_value(minval) and not is_graph_value(maxval):
            least = np.asarray(minval, wanted.as_numpy_dtype)
            most = np.asarray(maxval, wanted.as_numpy_dtype)
            plain = bool(least == 0 and most == 1)
            scaled = draws if plain else binary("mul", tg.multiply, draws, most - least)

            def moved(x: Any) -> Any:
                return x if least == 0 else tg.add(x, tg.constant(least, wanted))

            return apply("add", moved, scaled, op_name=scope)  # type: ignore[no-any-return]
        low, high = convert_to_tensor(minval, wanted), convert_to_tensor(maxval, wanted)
        scaled = binary("mul", tg.multiply, draws, binary("sub", tg.subtract, high, low))
        return binary("add", tg.add, scaled, low, scope)  # type: ignore[no-any-return]


def _scaled(draws: Tensor, mean: Any, stddev: Any, scope: str) -> Tensor:
    dtype = draws.dtype
    spread = stddev if is_graph_value(stddev) else convert_to_tensor(stddev, dtype, name="stddev")
    center = mean if is_graph_value(mean) else convert_to_tensor(mean, dtype, name="mean")
    return binary("add", tg.add, binary("mul", tg.multiply, draws, spread), center, scope)  # type: ignore[no-any-return]


@export("random_normal random.normal")
def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = tg.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Normal numbers."""
    wanted = core_dtype(dtype)
    with name_scope(name, "random_normal") as scope:
        draws = _of_shape("RandomStandardNormal", "random_normal", shape, wanted, seed)
        return _scaled(draws, mean, stddev, scope)


@export("truncated_normal random.truncated_normal")
def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = tg.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Normal numbers of at most two standard deviations."""
    wanted = core_dtype(dtype)
    with name_scope(name, "truncated_normal") as scope:
        draws = _of_shape("TruncatedNormal", "random_truncated_normal", shape, wanted, seed)
        return _scaled(draws, mean, stddev, scope)


@export("random_shuffle random.shuffle")
def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """The rows in random order."""
    tensor = convert_to_tensor(value)

    def function(state: Any, rows: Any) -> Any:
        if rows.dtype == tg.string:
            order = _engine.execute("random_shuffle", (state, tg.range(tg.shape(rows)[0])))
            return tg.gather(rows, order)
        return _engine.execute("random_shuffle", (state, rows))

    return draw("RandomShuffle", [tensor], tensor.dtype, tensor.shape, seed, function, name)


@export("multinomial random.multinomial")
def multinomial(
    logits: Any, num_samples: Any, seed: int | None = None, name: str | None = None, output_dtype: Any = None
) -> Tensor:
    """Classes, drawn by their log-probabilities."""
    wanted = tg.int64 if output_dtype is None else core_dtype(output_dtype)
    tensor = convert_to_tensor(logits)
    count = _number(num_samples)

    def function(state: Any, given: Any) -> Any:
        return _engine.execute(
            "random_categorical", (state, given), {"num_samples": count, "dtype": wanted._number}
        )

    shape = [None if tensor.shape.ndims is None else tensor.shape[0].value, count]
    return draw("Multinomial", [tensor], wanted, shape, seed, function, name or "multinomial/Multinomial")


@export("random.categorical")
def categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: int | None = None, name: str | None = None
) -> Tensor:
    """The same as `multinomial`."""
    return multinomial(logits, num_samples, seed, name or "categorical/Multinomial", dtype)


def _number(value: Any) -> int:
    from ._static import constant_value

    if is_graph_value(value):
        known = constant_value(convert_to_tensor(value))
        if known is None:
            from ._errors import invalid

            raise invalid("multinomial", "num_samples must be known", repr(value), "Give an int.", "TG-7261")
        return int(known)
    return int(value)


@export("random_gamma random.gamma")
def random_gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = tg.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draws of gamma distributions."""
    wanted = core_dtype(dtype)
    spread = convert_to_tensor(alpha, wanted)
    rate = convert_to_tensor(1 if beta is None else beta, wanted)
    dims, inputs = _dims(shape)

    def function(state: Any, a: Any, b: Any, *given: Any) -> Any:
        sizes = given[0] if given else _engine.to_tensor(dims)
        wide = tg.add(a, tg.zeros_like(b))
        draws = _engine.execute("random_gamma", (state, sizes, wide))
        return tg.maximum(tg.constant(np.finfo(wanted.as_numpy_dtype).tiny, wanted), draws / b)

    with name_scope(name, "random_gamma"):
        static = shape_from(shape).concatenate(_broadcast(spread, rate))
        return draw("RandomGamma", [spread, rate, *inputs], wanted, static, seed, function)


def _broadcast(first: Tensor, second: Tensor) -> Any:
    from ._shapes import broadcast_static_shape

    return broadcast_static_shape(first.shape, second.shape)


@export("random_poisson random.poisson")
def random_poisson(
    lam: Any, shape: Any, dtype: Any = tg.float32, seed: int | None = None, name: str | None = None
) -> Tensor:
    """Draws of Poisson distributions."""
    wanted = core_dtype(dtype)
    rate = convert_to_tensor(lam, wanted if wanted.is_floating else None)
    dims, inputs = _dims(shape)

    def function(state: Any, given_rate: Any, *given: Any) -> Any:
        sizes = given[0] if given else _engine.to_tensor(dims)
        return _engine.execute("random_poisson", (state, sizes, given_rate), {"dtype": wanted._number})

    with name_scope(name, "random_poisson"):
        return draw(
            "RandomPoissonV2",
            [rate, *inputs],
            wanted,
            shape_from(shape).concatenate(rate.shape),
            seed,
            function,
        )


@export("random_crop image.random_crop")
def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """A part of a tensor from a random place."""
    from ._arrays import shape as shape_of
    from ._arrays import slice as slice_of

    with name_scope(name, "random_crop") as scope:
        tensor = convert_to_tensor(value)
        sizes = convert_to_tensor(size, name="size") if not is_graph_value(size) else convert_to_tensor(size)
        limit = binary("add", tg.add, binary("sub", tg.subtract, shape_of(tensor), sizes), 1)
        drawn = random_uniform(shape_of(limit), dtype=tg.int32, maxval=2**31 - 1, seed=seed)
        offset = binary("mod", tg.math.floormod, drawn, limit)
        made = slice_of(tensor, offset, sizes, name=scope)
        known = shape_from(sizes)
        if known.ndims is not None:
            made.set_shape(known)
        return made


# ---- candidate samplers


def _sampler(name: str, kind: str) -> None:
    @export(f"nn.{name} random.{name}")
    def sampler(
        true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int | None = None,
        name: str | None = None,
    ) -> Any:  # fmt: skip
        from tensegra._random._candidates import Candidates

        classes = convert_to_tensor(true_classes)
        first, second = get_seed(seed)
        if seed is None:
            first, second = first, second

        def lower(emitter: Any, given: Any) -> list[Any]:
            state = emitter.state.random_state(op, first, second)
            return list(
                _engine.candidates(state, kind, int(range_max), (), given, int(num_sampled), bool(unique))
            )

        rows = classes.shape[0].value if classes.shape.ndims else None
        op = get_default_graph().create(
            type_, lower, [classes], name,
            outputs=[(tg.int64, [num_sampled]), (tg.float32, [rows, num_true]), (tg.float32, [num_sampled])],
            stateful=True, attributes={"seed": first or 0, "seed2": second or 0},
        )  # fmt: skip
        return Candidates(*op.outputs)  # type: ignore[arg-type]

    type_ = {"uniform": "UniformCandidateSampler", "log_uniform": "LogUniformCandidateSampler"}.get(
        kind, name
    )
    sampler.__name__, sampler.__doc__ = name, "Draws classes to compare the true ones with."


_sampler("uniform_candidate_sampler", "uniform")
_sampler("log_uniform_candidate_sampler", "log_uniform")
