"""The frozen table of the 1.15 API, and the names from before it."""

from __future__ import annotations

import pytest

from tensegra.compat.upgrade._api import api, modules, public_name
from tensegra.compat.upgrade._old_names import RENAMED, renamed
from tensegra.compat.upgrade._symbols import symbol_table


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("tf.placeholder", "dtype, shape=None, name=None"),
        ("tf.Session", "target='', graph=None, config=None"),
        ("tf.nn.dropout", "x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None"),
        (
            "tf.estimator.Estimator",
            "model_fn, model_dir=None, config=None, params=None, warm_start_from=None",
        ),
        ("tf.contrib.training.HParams", "hparam_def=None, model_structure=None, **kwargs"),
        ("tf.raw_ops.Relu", "features, name=None"),
    ],
)
def test_signatures_are_those_of_1_15(name: str, signature: str) -> None:
    assert api()[name].signature == signature


def test_the_table_is_whole() -> None:
    assert len(api()) > 8000
    counted = {
        head: sum(name.startswith(f"tf.{head}.") for name in api())
        for head in ("contrib", "keras", "nn", "train")
    }
    assert (
        counted["contrib"] > 3000
        and counted["keras"] > 600
        and counted["nn"] > 110
        and counted["train"] > 120
    )
    assert {"tf", "tf.nn", "tf.contrib.slim", "tf.app.flags"} <= modules()
    assert api()["tf.contrib.slim.conv2d"].signature == api()["tf.contrib.layers.conv2d"].signature
    assert api()["tf.function"].second and not api()["tf.placeholder"].second


def test_every_symbol_with_a_native_target_is_one_of_1_15() -> None:
    others = (
        "tf.math.log",
        "tf.uint32",
        "tf.__version__",
    )  # public, and not in the table of functions and classes
    unknown = [
        name for name in symbol_table()
        if name not in api() and name not in others and not name.startswith("tf.GraphKeys.")
    ]  # fmt: skip
    assert unknown == []


def test_every_name_from_before_leads_to_one_of_1_15() -> None:
    assert [name for name in RENAMED.values() if name not in modules() and name not in api()] == []
    assert renamed("tf.nn.seq2seq.rnn_decoder") in api()
    assert renamed("tf.nn.relu") == "tf.nn.relu"


@pytest.mark.parametrize(
    ("internal", "public"),
    [
        ("python.ops.array_ops.concat", "tf.concat"),
        ("python.ops.nn.softmax", "tf.nn.softmax"),
        ("python.framework.ops.reset_default_graph", "tf.reset_default_graph"),
        ("python.platform.flags", "tf.flags"),
        ("contrib.framework.python.ops.variables.model_variable", "tf.contrib.framework.model_variable"),
        ("python.ops.control_flow_ops.with_dependencies", None),
    ],
)
def test_places_inside_of_tensorflow(internal: str, public: str | None) -> None:
    assert public_name(internal) == public
