"""Every draw recorded from TensorFlow 2.15.1 on a CPU, drawn again from the same seeds.

`fixtures/tensorflow_random.json` names the API, the seeds, the dtype and the shape of each array of the `.npz`.
An op without a seed of its own took the number of random ops before it in its graph, which the tests give as its seed.
"""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any

import numpy as np
import pytest

import tensegra as tg
from tensegra import _native

_FIXTURES = pathlib.Path(__file__).parents[1] / "fixtures"
_CASES = json.loads((_FIXTURES / "tensorflow_random.json").read_text())["cases"]
_ARRAYS = np.load(_FIXTURES / "tensorflow_random.npz")

_DEFAULT_GRAPH_SEED = 87654321
_PAIRS = {
    "tf1.random_uniform": "random_uniform",
    "tf1.random_uniform_range": "random_uniform",
    "tf1.random_normal": "random_normal",
    "tf1.truncated_normal": "random_truncated_normal",
}
_SIX = ("random_uniform_int", "random_shuffle", "multinomial", "random_gamma", "random_poisson", "nn.dropout")
# Scale, what it is divided by, and the distribution of the initializers of TensorFlow 1.
_INITIALIZERS = {
    "glorot_uniform": (1.0, "average", "uniform"),
    "glorot_normal": (1.0, "average", "normal"),
    "he_uniform": (2.0, "in", "uniform"),
    "he_normal": (2.0, "in", "normal"),
    "lecun_normal": (1.0, "in", "normal"),
    "variance_scaling_default": (1.0, "in", "normal"),
}


@pytest.fixture(autouse=True)
def no_global_seed() -> Any:
    yield
    tg.random.set_seed(None)


def golden(case: dict[str, Any]) -> np.ndarray[Any, Any]:
    return _ARRAYS[case["key"]]


def state(case: dict[str, Any], before: int = 0) -> Any:
    """The state of an op of which `before` others were made earlier in its graph."""
    graph = _DEFAULT_GRAPH_SEED if case["graph_seed"] is None else case["graph_seed"]
    own = before if case["op_seed"] is None else case["op_seed"]
    return _native.execute("random_state", (), {"seed": graph, "seed2": own})


def draw(state: Any, op: str, shape: tuple[int, ...], dtype: str) -> Any:
    size = tg.constant(np.array(shape, np.int32))
    return _native.execute(op, (state, size), {"dtype": tg.as_dtype(dtype)._number})


def same(found: Any, wanted: np.ndarray[Any, Any], ulps: int = 0) -> None:
    found = np.asarray(found)
    assert found.shape == wanted.shape
    if ulps:
        np.testing.assert_allclose(found, wanted, rtol=ulps * np.finfo(wanted.dtype).eps)
    else:
        np.testing.assert_array_equal(found, wanted)


def chosen(*prefixes: str) -> Any:
    cases = [case for case in _CASES if case["api"].startswith(prefixes)]
    return pytest.mark.parametrize("case", cases, ids=lambda case: f"{case['key']}-{case['api']}")


_KINDS = ("tf1.", "stateless_", "Generator", "eager", "tf1 get_variable")


def test_every_golden_is_tested() -> None:
    assert len(_CASES) == len(_ARRAYS.files) == 480
    assert all(case["api"].startswith(_KINDS) for case in _CASES)
    for case in _CASES:
        api = case["api"]
        if api.startswith("tf1."):
            assert api in _PAIRS or api.split("(")[0][4:] in _SIX
        if api.startswith("tf1 get_variable"):
            name = api.split()[-1]
            assert name in _INITIALIZERS or name in (
                "orthogonal",
                "truncated_normal_default",
                "uniform_unit_scaling",
            )


@chosen(*(f"{api}" for api in _PAIRS))
def test_two_ops_of_a_graph_run_twice(case: dict[str, Any]) -> None:
    if case["api"] not in _PAIRS:
        six(case)
        return
    for before in range(2):
        generator = state(case, before)
        for run in range(2):
            drawn = draw(generator, _PAIRS[case["api"]], tuple(case["shape"]), case["dtype"])
            wanted = golden(case)[run][before]
            if case["api"] == "tf1.random_uniform_range":  # from -2 to 3
                low, high = (np.array(x, case["dtype"]) for x in (-2, 3))
                same(drawn.numpy() * (high - low) + low, wanted)
            elif case["api"] == "tf1.truncated_normal":
                same(drawn.numpy() * np.array(0.5, case["dtype"]), wanted, ulps=2)
            else:
                same(drawn, wanted, ulps=2 if "normal" in case["api"] else 0)


def six(case: dict[str, Any]) -> None:
    name = case["api"].split("(")[0][4:]
    generator, wanted = state(case, _SIX.index(name)), golden(case)
    if name == "random_uniform_int":
        inputs = (tg.constant([wanted.size]), tg.constant(0), tg.constant(100))
        same(_native.execute("random_uniform_int", (generator, *inputs)), wanted)
    elif name == "random_shuffle":
        same(_native.execute("random_shuffle", (generator, tg.range(17))), wanted)
    elif name == "multinomial":
        logits = tg.constant([[0.1, 1, -1, 0.5]])
        same(_native.execute("random_categorical", (generator, logits), {"num_samples": 20}), wanted)
    elif name == "random_gamma":
        drawn = _native.execute("random_gamma", (generator, tg.constant([9]), tg.constant([0.5, 2.0])))
        np.testing.assert_allclose(drawn, wanted, rtol=1e-6)
    elif name == "random_poisson":
        same(
            _native.execute("random_poisson", (generator, tg.constant([9]), tg.constant([0.7, 30.0]))), wanted
        )
    else:
        assert name == "nn.dropout"
        kept = draw(generator, "random_uniform", (4, 8), "float32").numpy() >= np.float32(1 - 0.6)
        same(kept, wanted > 0)


@chosen(*(f"tf1.{name}(" for name in _SIX))
def test_one_op_of_six_of_a_graph(case: dict[str, Any]) -> None:
    six(case)


@chosen("stateless_")
def test_stateless(case: dict[str, Any]) -> None:
    api, seed, wanted = case["api"], case["seed"], golden(case)
    random = tg.random
    if "(" not in api:
        drawn = getattr(random, api)(case["shape"], seed, dtype=case["dtype"])
        wide = drawn.numpy() if case["dtype"] != "bfloat16" else tg.cast(drawn, tg.float32).numpy()
        if "normal" not in api:
            same(wide, wanted.astype(wide.dtype))
        else:
            precision = 2.0**-7 if case["dtype"] == "bfloat16" else np.finfo(wide.dtype).eps
            np.testing.assert_allclose(wide, wanted, rtol=2 * precision)
        return
    name = api.split("(")[0]
    if name == "stateless_gamma":
        np.testing.assert_allclose(random.stateless_gamma([10], seed, 2.0), wanted, rtol=1e-6)
        return
    draws = {
        "stateless_uniform_int32": lambda: random.stateless_uniform(wanted.shape, seed, 0, 1000, tg.int32),
        "stateless_categorical": lambda: random.stateless_categorical([[0.1, 1, -1, 0.5]], 40, seed),
        "stateless_split": lambda: random.split(seed, 3),
        "stateless_fold_in": lambda: random.fold_in(seed, 7),
        "stateless_shuffle": lambda: random.experimental.stateless_shuffle(tg.range(19), seed),
        "stateless_poisson": lambda: random.stateless_poisson([10], seed, 3.0),
    }
    same(draws[name](), wanted)


@chosen("Generator", "eager")
def test_programs(case: dict[str, Any]) -> None:
    if case["api"].startswith("Generator"):
        generator = tg.random.Generator.from_seed(case["seed"])
        drawn = [generator.normal([7]), generator.uniform([7]), generator.normal([3])]
    else:
        tg.random.set_seed(case["seed"])
        drawn = [tg.random.normal([5]), tg.random.uniform([5]), tg.random.normal([5], seed=3)]
    same(np.concatenate([x.numpy() for x in drawn]), golden(case), ulps=2)


@chosen("tf1 get_variable")
def test_initializers(case: dict[str, Any]) -> None:
    match = re.match(r"tf1 get_variable (\w)\[([\d,]+)\] with initializer (\w+)", case["api"])
    assert match
    letter, sizes, name = match.groups()
    shape = tuple(map(int, sizes.split(",")))
    receptive = int(np.prod(shape[:-2]))
    fan_in, fan_out = receptive * shape[-2], receptive * shape[-1]
    generator = state(case, 0 if letter == "w" else 1)
    wanted = golden(case)
    if name == "orthogonal":
        flat = (int(np.prod(shape[:-1])), shape[-1])
        drawn = draw(generator, "random_normal", (max(flat), min(flat)), "float32").numpy()
        q, r = np.linalg.qr(drawn)
        q = q * np.sign(np.diag(r))
        np.testing.assert_allclose((q.T if flat[0] < flat[1] else q).reshape(shape), wanted, atol=1e-5)
        return
    if name == "truncated_normal_default":
        same(draw(generator, "random_truncated_normal", shape, "float32"), wanted, ulps=2)
        return
    if name == "uniform_unit_scaling":
        limit = np.sqrt(3 / np.prod(shape[:-1], dtype=float))
        scale, distribution = limit, "limit"
    else:
        factor, fan, distribution = _INITIALIZERS[name]
        scale = factor / {"in": fan_in, "average": (fan_in + fan_out) / 2}[fan]
    if distribution == "normal":
        drawn = draw(generator, "random_truncated_normal", shape, "float32").numpy()
        # The deviation of a normal distribution cut at two deviations is 0.8796...
        same(drawn * np.float32(np.sqrt(scale) / 0.87962566103423978), wanted, ulps=2)
        return
    limit = scale if distribution == "limit" else np.sqrt(3 * scale)
    low, high = np.float32(-limit), np.float32(limit)
    same(draw(generator, "random_uniform", shape, "float32").numpy() * (high - low) + low, wanted)
