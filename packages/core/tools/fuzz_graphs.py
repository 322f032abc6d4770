"""Fuzzes the passes: `./dev fuzz -- graphs`. Random programs give the same with passes switched on and off.

Each seed is one program over a few tensors and variables: chains, broadcasts, reductions over any axes, products and
convolutions with what passes make epilogues of, softmax, normalizations, losses, views, casts, halves and integers;
with or without gradients, for sizes that are known or not. Exact passes, any of them, have to keep every bit; all
passes together have to stay near a run without any; a variable that changes is seen.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

os.environ["TENSEGRA_VERIFY_PASSES"] = "1"  # read when the first pass runs

import numpy as np

import tensegra as tg
from tensegra import _native

SIZES = (1, 1, 2, 3, 4, 5, 7, 8, 16, 17, 31, 33, 64, 130, 257)
LARGEST = 60_000  # elements
UNARY = (
    "exp", "tanh", "sin", "negative", "square", "abs", "sigmoid", "sqrt", "identity", "sign", "floor",
)  # fmt: skip
SMOOTH = ("tanh", "sin", "negative", "sigmoid", "identity")
NN = ("relu", "relu6", "gelu", "silu", "softplus", "softmax", "log_softmax", "elu", "leaky_relu")
BINARY = ("add", "subtract", "multiply", "maximum", "minimum", "divide", "pow")
REDUCTIONS = ("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "reduce_logsumexp")
# Where a rounding decides, an error is no measure.
JUMPS = {"sign", "floor", "greater", "argmax", "cast_int", "reduce_prod", "pow", "divide", "one_hot", "exp"}

Step = tuple[str, Callable[..., Any], tuple[int, ...]]


class Case:
    """What one seed does."""

    def __init__(self, seed: int, verbose: bool = False) -> None:
        self.random = random.Random(seed)
        self.numpy = np.random.default_rng(seed)
        self.verbose = verbose
        self.base = [self.random.choice(SIZES) for _ in range(4)]
        self.inputs: list[Any] = []
        self.variables: list[Any] = []
        self.steps: list[Step] = []
        self.results: list[int] = []

    def say(self, *what: Any) -> None:
        if self.verbose:
            print(*what, flush=True)

    def run(self) -> None:
        self.make()
        if not self.steps:
            return
        self.say("inputs", [(x.dtype.name, x.shape.as_list()) for x in self.inputs], "results", self.results)
        for number, (name, _, arguments) in enumerate(self.steps):
            self.say(f"%{len(self.inputs) + len(self.variables) + number} = {name}{arguments}")
        differentiated = self.random.random() < 0.4
        program = self.with_gradients if differentiated else self.program
        try:
            concrete = tg.function(program).get_concrete_function(*self.specs())
        except tg.errors.InvalidArgumentError as error:
            self.say("not traced:", error)  # what needs a size that is not known, say
            concrete = tg.function(program).get_concrete_function(*self.inputs)
        self.compare(concrete, None if differentiated else arrays(self.program(*self.inputs)))
        if self.variables:
            for variable in self.variables:
                variable.assign_add(tg.ones_like(variable) * 0.25)
            self.compare(concrete, None)

    def compare(self, concrete: Any, eager: list[Any] | None) -> None:
        options = tg.config.optimizer.get_experimental_options()
        exact = {name for name, _, is_exact, _ in _native.passes() if is_exact}
        some = {name for name in exact if self.random.random() < 0.7}
        try:
            plain = self.results_with(concrete, options, set())
            if eager is not None:
                self.same(plain, eager, "no pass", "eager")
            self.same(self.results_with(concrete, options, exact), plain, "exact passes", "no pass")
            self.same(self.results_with(concrete, options, some), plain, str(sorted(some)), "no pass")
            planned = self.results_with(concrete, options, set(options))
        finally:
            tg.config.optimizer.set_experimental_options(options)
        assert [x.shape for x in planned] == [x.shape for x in plain], "shapes"
        if not JUMPS & {name for name, _, _ in self.steps}:
            self.near(planned, plain)

    def results_with(self, concrete: Any, options: dict[str, bool], on: set[str]) -> list[Any]:
        tg.config.optimizer.set_experimental_options({name: name in on for name in options})
        concrete(*self.inputs)
        return arrays(concrete(*self.inputs))  # what is kept from the first call counts

    @staticmethod
    def same(results: list[Any], expected: list[Any], name: str, other: str) -> None:
        for k, (result, reference) in enumerate(zip(results, expected, strict=True)):
            np.testing.assert_array_equal(result, reference, f"result {k}, {name} and {other}", strict=True)

    def near(self, planned: list[Any], plain: list[Any]) -> None:
        """Roundings differ, and what follows may make them larger: far more than that is wrong."""
        for result, reference in zip(planned, plain, strict=True):
            if result.dtype.kind != "f" or result.dtype.itemsize < 4:
                continue
            scale = float(np.max(np.abs(reference), initial=0.0))
            if not np.isfinite(scale) or scale > 1e4:
                return
            room = 2e-3 * max(scale, 1e-3)
            np.testing.assert_allclose(
                result, reference, rtol=2e-3, atol=room, err_msg="all passes and no pass"
            )

    def specs(self) -> list[Any]:
        if self.random.random() < 0.6:
            return list(self.inputs)
        return [
            tg.TensorSpec([None if i == 0 else n for i, n in enumerate(x.shape.as_list())], x.dtype)
            for x in self.inputs
        ]

    def program(self, *inputs: Any) -> list[Any]:
        values = [*inputs, *(variable.read_value() for variable in self.variables)]
        for _, function, arguments in self.steps:
            values.append(function(*(values[k] for k in arguments)))
        return [values[k] for k in self.results]

    def with_gradients(self, *inputs: Any) -> list[Any]:
        sources = [x for x in inputs if x.dtype.is_floating]
        with tg.GradientTape() as tape:
            tape.watch(sources)
            results = self.program(*inputs)
            floats = [x for x in results if x.dtype.is_floating]
            total = tg.add_n([tg.cast(tg.reduce_sum(x), tg.float64) for x in floats]) if floats else None
        if total is None or not sources:
            return results
        return [*results, *tape.gradient(total, sources, unconnected_gradients="zero")]

    # What a program is made of. Each step is tried on tensors first, and left out where it is refused.

    def make(self) -> None:
        for _ in range(self.random.randrange(1, 4)):
            self.inputs.append(self.draw(self.shape(), self.dtype()))
        for _ in range(self.random.randrange(0, 3)):
            self.variables.append(tg.Variable(self.draw(self.shape()[-2:], tg.float32)))
        values = [*self.inputs, *(variable.read_value() for variable in self.variables)]
        recent = len(values)
        for _ in range(self.random.randrange(2, 26)):
            name, function, count = self.step(values)
            arguments = tuple(self.one(len(values), recent) for _ in range(count))
            try:
                made = function(*(values[k] for k in arguments))
            except (tg.errors.Error, TypeError, ValueError):
                continue
            if not isinstance(made, tg.Tensor) or made.shape.num_elements() > LARGEST:
                continue
            self.steps.append((name, function, arguments))
            values.append(made)
        first = len(self.inputs) + len(self.variables)
        if len(values) > first:
            some = self.random.sample(range(first, len(values)), k=min(2, len(values) - first))
            self.results = [len(values) - 1, *some]

    def one(self, count: int, first: int) -> int:
        """Chains are likelier than trees."""
        if count > first and self.random.random() < 0.6:
            return count - 1
        return self.random.randrange(count)

    def shape(self) -> list[int]:
        while True:
            shape = [1 if self.random.random() < 0.15 else n for n in self.base[self.random.randrange(4) :]]
            if self.random.random() < 0.05:
                shape = shape[:0]
            if np.prod(shape) <= LARGEST:
                return shape
            self.base = [self.random.choice(SIZES) for _ in range(4)]

    def dtype(self) -> Any:
        kinds = [tg.float32] * 8 + [tg.float64, tg.int32, tg.float16, tg.bfloat16]
        return self.random.choice(kinds)

    def draw(self, shape: list[int], dtype: Any) -> Any:
        array = self.numpy.normal(size=shape)
        return tg.cast(tg.constant(np.round(array * 3) if dtype == tg.int32 else array), dtype)

    def step(self, values: list[Any]) -> tuple[str, Callable[..., Any], int]:
        pick = self.random.choice
        kind = self.random.random()
        if kind < 0.2:
            name = pick(SMOOTH if self.random.random() < 0.6 else UNARY)
            return name, getattr(tg, name, None) or getattr(tg.math, name), 1
        if kind < 0.45:
            name = pick(BINARY if self.random.random() < 0.3 else BINARY[:4])
            return name, getattr(tg, name), 2
        if kind < 0.55:
            name = pick(NN)
            return name, getattr(tg.nn, name), 1
        if kind < 0.72:
            return self.reduction(values)
        if kind < 0.84:
            return self.product(values)
        return self.other(values)

    def reduction(self, values: list[Any]) -> tuple[str, Callable[..., Any], int]:
        name = self.random.choice(REDUCTIONS[:4] if self.random.random() < 0.8 else REDUCTIONS)
        function = getattr(tg, name, None) or getattr(tg.math, name)
        keep = self.random.random() < 0.6
        axis = self.random.choice((-1, -1, -1, 0, 1, None, [-1, -2], [0, 1]))
        if self.random.random() < 0.3:  # the reduction beside what is reduced
            joined = getattr(tg, self.random.choice(("subtract", "multiply", "add")))
            return name, lambda x: joined(x, function(x, axis=axis, keepdims=True)), 1
        return f"{name}", lambda x: function(x, axis=axis, keepdims=keep), 1

    def product(self, values: list[Any]) -> tuple[str, Callable[..., Any], int]:
        turned = self.random.random() < 0.5
        last = values[-1].shape.as_list()
        columns = self.random.choice((1, 3, 8, 17, 48))
        generator = np.random.default_rng(self.random.randrange(1 << 30))

        def weights(*shape: int) -> Any:
            return tg.constant((generator.normal(size=shape) / np.sqrt(max(1, shape[-2]))).astype("float32"))

        if len(last) == 4 and self.random.random() < 0.7:
            filters = weights(self.random.choice((1, 3)), self.random.choice((1, 3)), last[-1], columns)
            padding, stride = self.random.choice(("SAME", "VALID")), self.random.choice((1, 2))
            return "conv2d", lambda x: tg.nn.conv2d(x, filters, stride, padding), 1
        if len(last) >= 2 and self.random.random() < 0.7:
            matrix = weights(last[-1], columns)
            return "matmul", lambda x: tg.matmul(x, matrix), 1
        return "matmul", lambda x, y: tg.matmul(x, y, transpose_b=turned) * 0.1, 2

    def other(self, values: list[Any]) -> tuple[str, Callable[..., Any], int]:
        rank = len(values[-1].shape.as_list())
        perm = list(range(rank))
        self.random.shuffle(perm)
        number = self.random.choice((0.0, -0.0, 1.0, 2.0, 0.5, 3.0, -1.0))
        dtype = self.random.choice((tg.float32, tg.float32, tg.float64, tg.float16, tg.bfloat16))
        depth = self.random.choice((2, 3, 10))
        last = values[-1].shape.as_list()
        scale = self.draw(last[-1:], tg.float32)
        options: list[tuple[str, Callable[..., Any], int]] = [
            ("transpose", lambda x: tg.transpose(x, perm), 1),
            ("reshape", lambda x: tg.reshape(x, [-1]), 1),
            ("reshape", lambda x: tg.reshape(x, tg.concat([tg.shape(x), [1]], 0)), 1),
            ("expand_dims", lambda x: tg.expand_dims(x, 0), 1),
            ("squeeze", lambda x: tg.squeeze(x, [0]), 1),
            ("number", lambda x: x * number, 1),
            ("number", lambda x: x + number, 1),
            ("number", lambda x: x - number, 1),
            ("number", lambda x: x / (number or 4.0), 1),
            ("cast", lambda x: tg.cast(x, dtype), 1),
            ("cast_int", lambda x: tg.cast(tg.cast(x * 3.0, tg.int32), tg.float32), 1),
            ("greater", lambda x, y: tg.where(x > y, x, y * 0.5), 2),
            ("argmax", lambda x: tg.cast(tg.argmax(x, -1), tg.float32), 1),
            ("one_hot", lambda x: tg.one_hot(tg.cast(tg.abs(x), tg.int32), depth), 1),
            ("concat", lambda x, y: tg.concat([x, y], 0), 2),
            ("slice", lambda x: x[:1], 1),
            ("cumsum", lambda x: tg.cumsum(x), 1),
            ("stop_gradient", lambda x: tg.stop_gradient(x), 1),
            ("ones_like", lambda x: x * tg.ones_like(x), 1),
            ("broadcast_to", lambda x, y: tg.broadcast_to(x, tg.shape(y)) - y, 2),
            ("scale", lambda x: x * scale + scale, 1),
            ("layer_norm", lambda x: layer_norm(x, scale), 1),
            (
                "batch_norm",
                lambda x: tg.nn.batch_normalization(x, scale, tg.square(scale), scale, scale, 1e-3),
                1,
            ),
            (
                "rms_norm",
                lambda x: x * tg.math.rsqrt(tg.reduce_mean(tg.square(x), -1, keepdims=True) + 1e-5),
                1,
            ),
            ("softmax", lambda x: softmax(x), 1),
            ("loss", lambda x, y: -tg.reduce_sum(tg.nn.softmax(y) * tg.nn.log_softmax(x), -1), 2),
        ]
        return self.random.choice(options)


def softmax(x: Any) -> Any:
    weights = tg.exp(x - tg.reduce_max(x, axis=-1, keepdims=True))
    return weights / tg.reduce_sum(weights, axis=-1, keepdims=True)


def layer_norm(x: Any, scale: Any) -> Any:
    centered = x - tg.reduce_mean(x, axis=-1, keepdims=True)
    variance = tg.reduce_mean(tg.square(centered), axis=-1, keepdims=True)
    return centered * tg.math.rsqrt(variance + 1e-3) * scale + scale


def arrays(results: list[Any]) -> list[Any]:
    """As NumPy's; bfloat16, which NumPy lacks, in float32."""
    return [(tg.cast(x, tg.float32) if x.dtype == tg.bfloat16 else x).numpy() for x in results]
