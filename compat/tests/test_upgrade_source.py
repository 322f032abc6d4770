"""What is rewritten, what is refused and why, construct by construct."""

from __future__ import annotations

import ast

import pytest

from tensegra.compat import UpgradeResult, upgrade_source

HEAD = """\
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 2])
W = tf.Variable(tf.zeros([2, 1]))
y = tf.matmul(x, W)
"""
SESSION = "sess = tf.Session()\nsess.run(tf.global_variables_initializer())\n"
FETCH = "print(sess.run(z, {x: [[1, 2]]}))\n"
TRAIN = "t = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(y))\n"
LAYER = "def layer(a, n, k=1):\n    w = tf.Variable(tf.ones([n, k]))\n    return tf.matmul(a, w)\n"


def function(result: UpgradeResult, name: str) -> str:
    """The code of one function of the output."""
    assert result.status == "upgraded", result.todo
    tree = ast.parse(result.text)
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    assert found, result.text
    return ast.unparse(found[0].body[-1] if len(found[0].body) == 1 else ast.Module(found[0].body, []))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tf.log(y)", "tf.math.log(y)"),
        (
            "tf.reduce_sum(y, reduction_indices=[1], keep_dims=True)",
            "tf.reduce_sum(y, axis=[1], keepdims=True)",
        ),
        ("tf.reduce_mean(y, 1, True)", "tf.reduce_mean(y, 1, True)"),
        ("tf.reduce_mean(y, 1, True, 'm')", "tf.reduce_mean(y, 1, True, 'm')"),
        ("tf.argmax(y, dimension=1)", "tf.argmax(y, axis=1)"),
        ("tf.argmax(y, 1, 'a', output_type=tf.int32)", "tf.argmax(y, 1, name='a', output_type=tf.int32)"),
        ("tf.cast(y, 'float')", "tf.cast(y, tf.float32)"),
        ("tf.to_float(y + 1)", "tf.cast(y + 1, tf.float32)"),
        ("tf.squared_difference(y, 1 + y)", "tf.square(y - (1 + y))"),
        ("tf.nn.softmax(y, dim=0)", "tf.nn.softmax(y, axis=0)"),
        ("tf.nn.xw_plus_b(x, W, [1.0])", "tf.nn.bias_add(tf.matmul(x, W), [1.0])"),
        ("tf.nn.dropout(y, 0.75)", "tf.nn.dropout(y, rate=0.25)"),
        ("tf.nn.dropout(y, keep_prob=0.1 + 0.2)", "tf.nn.dropout(y, rate=1 - (0.1 + 0.2))"),
        ("tf.nn.dropout(y, rate=0.3)", "tf.nn.dropout(y, rate=0.3)"),
        ("tf.expand_dims(y, dim=0)", "tf.expand_dims(y, axis=0)"),
        ("tf.reshape(y, [-1, y.get_shape()[1].value])", "tf.reshape(y, [-1, y.shape[1]])"),
        (
            "tf.add(y, tf.constant(1.0, tf.float32, [1], 'c', True))",
            "tf.add(y, tf.constant(1.0, tf.float32, [1], 'c'))",
        ),
        ("tf.matmul(y, y, True, a_is_sparse=False)", "tf.matmul(y, y, True)"),
        ("tf.compat.v1.log(y)", "tf.math.log(y)"),
    ],
)
def test_symbols_and_arguments(before: str, after: str) -> None:
    result = upgrade_source(HEAD + f"z = {before}\n" + SESSION + FETCH)
    assert function(result, "compute_z").splitlines()[-1] == f"return {after}"


def test_labels_that_carry_a_gradient_are_stopped_as_in_1x() -> None:
    call = "tf.nn.softmax_cross_entropy_with_logits(labels={}, logits=y)"
    plain = upgrade_source(HEAD + f"z = {call.format('tf.nn.softmax(x)')}\n" + SESSION + FETCH)
    assert "stop_gradient" not in plain.text
    stopped = upgrade_source(HEAD + f"z = {call.format('tf.nn.softmax(y)')}\n" + SESSION + FETCH)
    assert "labels=tf.stop_gradient(tf.nn.softmax(y))" in stopped.text
    second = upgrade_source(
        HEAD + f"z = {call.format('y')}\n".replace("logits(", "logits_v2(") + SESSION + FETCH
    )
    assert "stop_gradient" not in second.text and "logits_v2" not in second.text


def test_an_operation_alone_calls_the_step_that_also_returns_its_loss() -> None:
    source = (
        HEAD
        + "loss = tf.reduce_mean(y)\nt = tf.train.GradientDescentOptimizer(0.1).minimize(loss)\n"
        + SESSION
    )
    result = upgrade_source(
        source + "sess.run(t, {x: [[1, 2]]})\nprint(sess.run([loss, t], {x: [[1, 2]]})[0])\n"
    )
    assert result.text.count("GradientTape") == 1
    assert result.text.endswith("train_step([[1, 2]])\nprint(train_step([[1, 2]]).numpy())\n")


def test_the_loss_returned_is_the_one_before_the_update() -> None:
    result = upgrade_source(
        HEAD + "loss = tf.reduce_mean(y)\n" + TRAIN + SESSION + "_, v = sess.run([t, loss], {x: 1})\n"
    )
    lines = function(result, "train_step").splitlines()
    assert lines[-1] == "return loss"
    assert lines.index("loss = tf.reduce_mean(y)") < next(i for i, s in enumerate(lines) if "assign_sub" in s)


def test_a_variable_fetched_with_its_update_is_read_after_it() -> None:
    result = upgrade_source(HEAD + TRAIN + SESSION + "_, v = sess.run([t, W], {x: [[1, 2]]})\n")
    assert function(result, "train_step").splitlines()[-1] == "return W.read_value()"
    assert any(f.fate == "note" and "beside its update" in f.why for f in result.findings)


def test_feeds_keep_the_order_in_which_they_were_written() -> None:
    head = HEAD + "k = tf.placeholder(tf.float32, [])\nz = y * k\n" + SESSION
    result = upgrade_source(head + "print(sess.run(z, feed_dict={k: first(), x: second()}))\n")
    assert result.text.endswith("print(compute_z(k=first(), x=second()).numpy())\n")


def test_layers_that_hold_variables_are_split_wherever_they_are_called() -> None:
    source = "import tensorflow as tf\n" + LAYER + (
        "def net(a, size=4):\n"
        "    h = layer(a, 2, size)\n"
        "    return tf.nn.relu(layer(h, size)) + tf.Variable(0.5)\n"
        "x = tf.placeholder(tf.float32, [None, 2])\n"
        "z = net(layer(x, 2, 2))\n"
    )  # fmt: skip
    result = upgrade_source(source + SESSION + FETCH)
    assert "z_w = layer_variables(2, 2)\n" in result.text
    assert "z_h_w, z_net_w, z_net_variable = net_variables()\n" in result.text
    assert function(result, "compute_z") == "return net(z_h_w, z_net_w, z_net_variable, layer(z_w, x))"


def test_comments_quotes_and_formatting_outside_of_what_changes_stay() -> None:
    source = (
        '# -*- coding: utf-8 -*-\n"""Über alles."""\nfrom __future__ import print_function\n'
        "import tensorflow as tf   # the library\n\n\ndata = {'a':1,\n        \"b\" : 2}\n\n"
        "x = tf.placeholder(tf.float32, [None])  # one number\n"
        "# about z\nz = x*2 # trailing\n\n# ---- run ----\n\n# start\nwith tf.Session() as sess:\n"
        "    # go\n    print( sess.run(z, {x: [1]}) )\n    # done\n# end\n"
    )
    text = upgrade_source(source).text
    assert text == (
        '# -*- coding: utf-8 -*-\n"""Über alles."""\nfrom __future__ import print_function\n'
        "import tensegra as tf   # the library\n\n\ndata = {'a':1,\n        \"b\" : 2}\n\n"
        "x_spec = tf.TensorSpec([None], tf.float32)  # one number\n\n\n"
        "@tf.function(input_signature=[x_spec])\ndef compute_z(x):\n    # about z\n    return x*2 # trailing\n\n\n"
        "# ---- run ----\n\n# start\n# go\nprint( compute_z([1]).numpy() )\n# done\n# end\n"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_indentation_follow_the_source(end: str) -> None:
    source = HEAD + "def f(a):\n  return a + 1\nz = f(y)\n" + SESSION + FETCH.rstrip()
    text = upgrade_source(source.replace("\n", end)).text
    assert text.count("\n") == text.count(end) and not text.endswith(end)
    assert f"{end}def compute_z(x):{end}  y = tf.matmul(x, W){end}  return f(y){end}" in text


def refused(body: str, head: str = HEAD) -> list[tuple[int, str, str]]:
    """Line, construct and code of everything that stands in the way."""
    result = upgrade_source(head + body, mode="native")
    assert result.status == "refused" and result.text == result.source
    assert any("tensegra.compat.v1" in f.why for f in result.findings)
    return [(f.line, f.construct, f.code) for f in result.todo]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("z = tf.cast(y == x, tf.float32)\n" + SESSION + FETCH, (6, "==", "TG-7022")),
        ("n = 2\nz = y * n\nn = 5\n" + SESSION + FETCH, (7, "n", "TG-7022")),
        ("z = y + np.random.rand()\n" + SESSION + FETCH, (6, "random", "TG-7022")),
        ("r = np.random.RandomState(0)\nz = y + r.rand()\n" + SESSION + FETCH, (7, "r", "TG-7022")),
        ("z = y + float(open('f').readline())\n" + SESSION + FETCH, (6, "open", "TG-7022")),
        ("z = y + 1\n" + SESSION + "sess.run(z)\n", (9, "feed_dict", "TG-7022")),
        ("z = y + 1\n" + SESSION + "sess.run(z, {y: 1})\n", (9, "feed_dict", "TG-7022")),
        ("z = y + 1\n" + SESSION + "sess.run(z, make())\n", (9, "feed_dict", "TG-7022")),
        ("z = [y, y]\n" + SESSION + FETCH, (9, "run", "TG-7022")),
        (SESSION + "sess.run({'a': y}, {x: 1})\n", (8, "run", "TG-7022")),
        (SESSION + "sess.run('y:0', {x: 1})\n", (8, "run", "TG-7022")),
        (SESSION + "sess.run(y, {x: 1}, options=None)\n", (8, "sess.run", "TG-7022")),
        (TRAIN + SESSION + "r = sess.run([t, y], {x: 1})\n", (9, "sess.run", "TG-7022")),
        (TRAIN + "u = t\n" + SESSION + "sess.run(u, {x: 1})\n", (7, "t", "TG-7022")),
        (TRAIN + SESSION + "sess.run(t, {x: 1})\nsess.run(tf.global_variables_initializer())\n",
         (10, "initializer", "TG-7022")),
        ("for i in range(2):\n    with tf.Session() as s:\n        print(s.run(y, {x: 1}))\n",
         (7, "tf.Session", "TG-7022")),
        (SESSION + "with tf.Session() as other:\n    print(other.run(y, {x: 1}))\n", (8, "tf.Session", "TG-7022")),
        (SESSION + "print(y, 1)\n", (8, "y", "TG-7022")),
        (SESSION + "for i in range(2):\n    z = y + i\n    sess.run(z, {x: 1})\n", (9, "y", "TG-7022")),
        (SESSION + "def go(s):\n    return s.run(y, {x: 1})\ngo(sess)\n", (10, "sess", "TG-7022")),
        ("u = W.assign(W + 1)\n" + SESSION + "sess.run(u)\n", (6, "W.assign", "TG-7022")),
        ("V = tf.Variable(tf.zeros([int(x.get_shape()[1])]))\n" + SESSION, (6, "tf.Variable", "TG-7022")),
        ("if x:\n    V = tf.Variable(1.0)\n" + SESSION, (6, "tf.Variable", "TG-7022")),
        ("a = 1; z = y + a\n" + SESSION + FETCH, (6, "a; b", "TG-7022")),
        ("t = tf.train.FtrlOptimizer(1e-4).minimize(y)\n" + SESSION + "sess.run(t, {x: 1})\n",
         (6, "tf.train.FtrlOptimizer", "TG-7020")),
        ("z = tf.nn.moments(y, [0])\n" + SESSION + FETCH, (6, "tf.nn.moments", "TG-7020")),
        ("z = tf.matmul(y, y, adjoint_a=True)\n" + SESSION + FETCH, (6, "tf.matmul", "TG-7020")),
        ("z = tf.argmax(*[y, 1])\n" + SESSION + FETCH, (6, "tf.argmax", "TG-7020")),
        ("z = (lambda f: f(y, 1))(tf.argmax)\n" + SESSION + FETCH, (6, "tf.argmax", "TG-7020")),
        ("z = getattr(tf, 'abs')(y)\n" + SESSION + FETCH, (6, "tf", "TG-7020")),
        ("flags = tf.app.flags\nflags.DEFINE_integer('n', 1, '')\n" + SESSION,
         (7, "tf.app.flags.DEFINE_integer", "TG-7020")),
        ("import tensorflow.contrib.slim as slim\nz = slim.flatten(y)\n" + SESSION + FETCH,
         (7, "tf.contrib.slim.flatten", "TG-7020")),
        ("from tensorflow.contrib import lookup\n" + SESSION, (6, "tf.contrib.lookup", "TG-7020")),
        ("def f():\n    import tensorflow as tf2\n" + SESSION, (7, "import tensorflow", "TG-7020")),
        ("class Net(Base):\n    def __init__(self):\n        self.y = tf.abs(y)\n" + SESSION,
         (6, "class Net", "TG-7021")),
    ],
)  # fmt: skip
def test_refusals_name_line_and_construct(body: str, expected: tuple[int, str, str]) -> None:
    assert expected in refused(body)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from tensorflow import *\n", (1, "from tensorflow import *", "TG-7020")),
        ("import tensorflow as tf\ndef f(x):\n    return tf.log(x)\n", (0, "program", "TG-7021")),
        ("import tensorflow as tf\n" + LAYER + "x = tf.placeholder(tf.float32, [2, 2])\n"
         "z = [layer(x, 2) for _ in range(3)]\n" + SESSION, (6, "layer(x, 2)", "TG-7022")),
        ("import tensorflow as tf\ndef g(a):\n    for i in range(2):\n        a = a * tf.Variable(1.0)\n    return a\n"
         "x = tf.placeholder(tf.float32, [2, 2])\nz = g(x)\n" + SESSION, (3, "g", "TG-7022")),
        ("import tensorflow as tf\nx = tf.placeholder(tf.float32)\ndef f():\n    return x + 1\ng = f\nz = f()\n"
         + SESSION + FETCH, (6, "f", "TG-7022")),
        ("import tensorflow as tf\nx = tf.placeholder(tf.float32)\ndef f(a):\n    print(a)\n    return a + 1\n"
         "z = f(x)\n" + SESSION + FETCH, (6, "print", "TG-7022")),
    ],
)  # fmt: skip
def test_refusals_of_whole_programs(source: str, expected: tuple[int, str, str]) -> None:
    assert expected in refused(source, head="")


def test_every_obstacle_is_reported_at_once() -> None:
    found = refused(
        "tf.app.run()\nz = tf.nn.ctc_loss(y)\nt = tf.train.FtrlOptimizer(0.1).minimize(tf.foo.bar(z))\n"
    )
    assert {c for _, c, _ in found} >= {
        "tf.app.run",
        "tf.nn.ctc_loss",
        "tf.train.FtrlOptimizer",
        "tf.foo.bar",
    }


def test_a_name_that_the_installed_tensegra_lacks_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensegra.compat.upgrade import _resolve

    real = _resolve._find
    monkeypatch.setattr(
        _resolve, "_find", lambda name: _resolve._MISSING if name == "tensegra.math.log" else real(name)
    )
    result = upgrade_source(HEAD + "z = tf.log(y)\n" + SESSION + FETCH, mode="native")
    assert result.status == "refused" and result.text == result.source
    assert [(f.construct, f.code) for f in result.todo] == [("tensegra.math.log", "TG-7023")]


@pytest.mark.parametrize(
    ("source", "status", "code"),
    [
        ("print('hello')\n", "unchanged", None),
        ("import tensorflow as tf\ndef f(:\n", "unreadable", "TG-7013"),
        ("import tensorflow as tf\nx = 1 +\n", "unreadable", "TG-7013"),
        ("", "unchanged", None),
    ],
)
def test_other_sources_come_back_as_they_are(source: str, status: str, code: str | None) -> None:
    result = upgrade_source(source)
    assert (result.status, result.text) == (status, source)
    assert [f.code for f in result.todo] == ([code] if code else [])


@pytest.mark.parametrize("options", [{"mode": "2to3"}, {"alias": "np"}, {"release": "3.x"}])
def test_unknown_options_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\[compat.upgrade\] .* must be one of .*TG-7004"):
        upgrade_source("", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("expression", ["(" * 300 + "1" + ")" * 300, " + ".join(["1"] * 5000)])
def test_expressions_that_are_too_deep_are_reported(expression: str) -> None:
    # Whether Python's parser or the rewriter gives up first depends on the version of Python.
    result = upgrade_source(f"import tensorflow as tf\nx = {expression}\n")
    outcome = (result.status, result.findings[0].code)
    assert outcome in {("unreadable", "TG-7013"), ("refused", "TG-7022")}
    assert result.text == result.source
