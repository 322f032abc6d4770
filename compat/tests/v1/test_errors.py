"""Every error of the runtime is raised, with its code and as the Python error that 1.x raised."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensegra.compat.v1 as tf
from tensegra.compat.checkpoint import BundleReader, write_bundle


def _finalized() -> None:
    tf.get_default_graph().finalize()
    tf.constant(1.0)


def _other_graph() -> None:
    with tf.Graph().as_default():
        other = tf.constant(1.0)
    with tf.Session() as sess:
        sess.run(other)


def _inside() -> None:
    found: list[Any] = []

    def body(i: Any) -> Any:
        found.append(i * 2)
        return i + 1

    tf.while_loop(lambda i: i < 3, body, [tf.constant(0)])
    tf.Session().run(found[0])


def _cycle() -> None:
    first, second = tf.no_op(), tf.no_op()
    first._add_control_input(second)
    second._add_control_input(first)
    tf.Session().run(first)


def _run(fetch: Any, feeds: Any = None) -> Any:
    return tf.Session().run(fetch, feeds)


def _closed() -> None:
    session = tf.Session()
    session.close()
    session.run(tf.constant(1))


def _partial() -> None:
    x = tf.placeholder(tf.float32, [])
    session = tf.Session()
    handle = session.partial_run_setup([x + 1.0], [])
    session.partial_run(handle, [], {x: 1.0})


def _counted() -> None:
    v = tf.Variable(0)
    step = v.count_up_to(1)
    session = tf.Session()
    session.run(v.initializer)
    session.run(step)
    session.run(step)


def _twice() -> None:
    tf.get_variable("v", [1])
    tf.get_variable("v", [1])


def _cut_twice() -> None:
    tf.get_variable("v", [4, 4], partitioner=lambda shape, dtype: [2, 2])


def _steps() -> None:
    tf.train.create_global_step()
    tf.train.create_global_step()


class _Silent(tf.train.Optimizer):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(False, "Silent")


def _silent() -> None:
    v = tf.Variable(1.0)
    _Silent().minimize(v * v)


def _restore(reshaped: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.get_variable("v", [2])
            sess.run(tf.global_variables_initializer())
            path = tf.train.Saver().save(sess, f"{folder}/model")
        tf.get_variable("v" if reshaped else "w", [3])
        tf.train.Saver().restore(tf.Session(), path)


def _read_damaged(cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(f"{folder}/m", {"v": np.ones(3, np.float32)})
        if cut:
            path = Path(f"{folder}/m.data-00000-of-00001")
            path.write_bytes(path.read_bytes()[:-cut] + b"x" * cut)
        BundleReader(f"{folder}/m").read("v" if cut else "nothing")


def _uninitialized() -> None:
    tf.Variable(1.0)
    tf.train.MonitoredSession(tf.train.ChiefSessionCreator(tf.train.Scaffold(init_op=tf.no_op())))


def _twice_the_name() -> None:
    params = tf.contrib.training.HParams(a=1)
    params.add_hparam("a", 2)


def _exhausted() -> None:
    element = tf.data.Dataset.range(1).make_one_shot_iterator().get_next()
    with tf.Session() as sess:
        sess.run(element)
        sess.run(element)


def _bad_records() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(f"{folder}/records").write_bytes(b"no records at all")
        _run(tf.data.TFRecordDataset(f"{folder}/records").make_one_shot_iterator().get_next())


def _closed_queue(fill: bool) -> None:
    queue = tf.FIFOQueue(2, tf.int32, shapes=[[]])
    put, take, close = queue.enqueue([1]), queue.dequeue(), queue.close()
    with tf.Session() as sess:
        sess.run(close)
        sess.run(put if fill else take)


def _fed_sparse() -> None:
    sparse = tf.sparse_placeholder(tf.float32, [2])
    _run(tf.sparse_tensor_to_dense(sparse), {sparse: ([[0]], [1.0])})


_CASES: list[tuple[str, type[Exception], Callable[[], Any]]] = [
    ("TG-7201", AttributeError, lambda: tf.no_such_thing),
    ("TG-7202", ValueError, lambda: tf.constant(1.0).op.get_attr("nothing")),
    ("TG-7203", TypeError, lambda: bool(tf.constant(True))),
    ("TG-7203", TypeError, lambda: list(tf.constant([1.0]))),
    ("TG-7203", TypeError, lambda: np.asarray(tf.constant([1.0]))),
    ("TG-7204", RuntimeError, _finalized),
    ("TG-7205", ValueError, lambda: tf.constant(1.0).eval()),
    ("TG-7206", ValueError, lambda: tf.name_scope("a b").__enter__()),
    ("TG-7207", ValueError, _other_graph),
    ("TG-7208", KeyError, lambda: tf.get_default_graph().get_tensor_by_name("nothing:0")),
    ("TG-7209", ValueError, lambda: tf.get_default_graph().get_tensor_by_name("nothing")),
    ("TG-7209", TypeError, lambda: _run(object())),
    ("TG-7210", ValueError, lambda: tf.zeros([2]).set_shape([3])),
    ("TG-7211", TypeError, lambda: tf.constant(1.5, tf.int32)),
    ("TG-7212", ValueError, lambda: tf.constant([1, 2, 3], shape=[2])),
    ("TG-7213", ValueError, lambda: tf.convert_to_tensor(tf.constant(1), tf.float32)),
    ("TG-7220", ValueError, _inside),
    ("TG-7221", ValueError, _cycle),
    ("TG-7222", TypeError, lambda: tf.Session(graph="graph")),
    ("TG-7223", ValueError, lambda: _run(tf.zeros([2]), {tf.placeholder(tf.float32, [2]): [1.0]})),
    ("TG-7223", TypeError, lambda: _run(tf.zeros([2]), {tf.placeholder(tf.float32, []): tf.constant(1.0)})),
    ("TG-7224", ValueError, lambda: _run(tf.placeholder(tf.float32, []))),
    ("TG-7225", tf.errors.FailedPreconditionError, lambda: _run(tf.Variable(1.0))),
    ("TG-7226", RuntimeError, _closed),
    ("TG-7227", ValueError, _partial),
    ("TG-7230", ValueError, lambda: tf.Variable(None)),
    ("TG-7231", TypeError, lambda: tf.assign(tf.constant(1.0), 2.0)),
    ("TG-7232", tf.errors.OutOfRangeError, _counted),
    ("TG-7233", ValueError, _twice),
    ("TG-7234", ValueError, lambda: tf.get_variable("v", [None])),
    ("TG-7235", TypeError, lambda: tf.variable_scope(None)),
    ("TG-7236", ValueError, _cut_twice),
    (
        "TG-7240",
        ValueError,
        lambda: tf.convert_to_tensor(tf.IndexedSlices(tf.ones([1, 2]), tf.constant([0]))),
    ),
    ("TG-7241", ValueError, lambda: tf.gradients(tf.constant(1.0), [], [None, None])),
    ("TG-7242", TypeError, lambda: tf.gradients(tf.constant(1), [])),
    ("TG-7250", TypeError, lambda: tf.cond(True, lambda: 1, lambda: 2)),
    ("TG-7251", ValueError, lambda: tf.cond(tf.constant(True), lambda: 1.0, lambda: 2)),
    ("TG-7252", ValueError, lambda: tf.while_loop(lambda i: i < 3, lambda i: (i, i), [tf.constant(0)])),
    ("TG-7260", NotImplementedError, lambda: tf.enable_eager_execution()),
    ("TG-7261", ValueError, lambda: tf.multinomial([[0.0]], tf.placeholder(tf.int32, []))),
    ("TG-7262", ValueError, lambda: tf.variance_scaling_initializer(scale=-1.0)),
    ("TG-7263", ValueError, lambda: tf.nn.softmax_cross_entropy_with_logits([0.0], [1.0])),
    ("TG-7264", ValueError, lambda: tf.nn.dropout(tf.ones([2]))),
    ("TG-7265", ValueError, lambda: tf.train.Optimizer(False, "")),
    (
        "TG-7266",
        ValueError,
        lambda: tf.train.AdamOptimizer().minimize(tf.constant(1.0), var_list=[tf.Variable(1.0)]),
    ),
    ("TG-7267", NotImplementedError, _silent),
    ("TG-7268", ValueError, _steps),
    ("TG-7270", ValueError, lambda: tf.layers.Dense(1).scope_name),
    ("TG-7271", NotImplementedError, lambda: tf.layers.Layer()(tf.ones([1]))),
    ("TG-7272", ValueError, lambda: tf.layers.dense(tf.placeholder(tf.float32, [None, None]), 1)),
    ("TG-7273", ValueError, lambda: tf.layers.batch_normalization(tf.ones([1, 1]), renorm=True)),
    ("TG-7274", ValueError, lambda: tf.nn.rnn_cell.MultiRNNCell([])),
    ("TG-7275", ValueError, lambda: tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(1), tf.ones([1, 1, 1]))),
    ("TG-7276", ValueError, _twice_the_name),
    ("TG-7280", tf.errors.DataLossError, lambda: _read_damaged(4)),
    ("TG-7281", tf.errors.NotFoundError, lambda: _read_damaged(0)),
    ("TG-7282", ValueError, lambda: tf.train.Saver()),
    ("TG-7283", ValueError, lambda: tf.train.Saver([tf.Variable(1.0)]).restore(tf.Session(), "nothing")),
    ("TG-7284", tf.errors.NotFoundError, lambda: _restore(False)),
    ("TG-7285", ValueError, lambda: _restore(True)),
    ("TG-7286", ValueError, lambda: tf.train.StopAtStepHook()),
    ("TG-7286", RuntimeError, lambda: tf.train.StopAtStepHook(1).begin()),
    ("TG-7287", RuntimeError, _uninitialized),
    ("TG-7288", ValueError, lambda: _run(tf.summary.scalar("a", tf.ones([2])))),
    ("TG-7289", ValueError, lambda: tf.flags.FLAGS(["program", "--no_such_option"])),
    ("TG-7290", ValueError, lambda: tf.losses.mean_squared_error(None, None)),
    ("TG-7300", ValueError, lambda: tf.data.Dataset.list_files("/no/such/file*")),
    ("TG-7301", RuntimeError, lambda: tf.data.Iterator.from_structure(tf.int32, []).initializer),
    ("TG-7302", tf.errors.OutOfRangeError, _exhausted),
    ("TG-7303", tf.errors.DataLossError, _bad_records),
    ("TG-7304", ValueError, lambda: tf.metrics.auc([True], [0.5], curve="XYZ")),
    ("TG-7310", tf.errors.OutOfRangeError, lambda: _closed_queue(False)),
    ("TG-7311", tf.errors.CancelledError, lambda: _closed_queue(True)),
    ("TG-7312", ValueError, lambda: tf.FIFOQueue(2, [tf.int32], names=["a", "b"])),
    ("TG-7313", ValueError, lambda: tf.train.string_input_producer([])),
    ("TG-7314", ValueError, _fed_sparse),
    ("TG-7315", NotImplementedError, lambda: tf.RegisterGradient("Own")),
    (
        "TG-7316",
        RuntimeError,
        lambda: _run(tf.contrib.lookup.index_table_from_tensor(["a"]).lookup(tf.constant(["a"]))),
    ),
    ("TG-7317", ValueError, lambda: tf.contrib.lookup.index_table_from_tensor(["a"]).insert(["b"], [1])),
    ("TG-7318", ValueError, lambda: tf.nest.assert_same_structure([1], [1, 2])),
    (
        "TG-7319",
        NotImplementedError,
        lambda: tf.image.resize_area(tf.ones([1, 2, 2, 1]), [3, 3], align_corners=True),
    ),
    ("TG-7305", ValueError, lambda: tf.estimator.EstimatorSpec("train", loss=1.0)),
    ("TG-7306", ValueError, lambda: tf.estimator.Estimator(lambda features: None).evaluate(lambda: None)),
    ("TG-7320", ValueError, lambda: tf.assert_rank(tf.zeros([2]), 2)),
    ("TG-7320", TypeError, lambda: tf.assert_type(tf.zeros([2]), tf.int32)),
]


@pytest.mark.parametrize(("code", "kind", "function"), _CASES)
def test_error(code: str, kind: type[Exception], function: Callable[[], Any]) -> None:
    with tf.Graph().as_default(), pytest.raises(kind) as caught:
        function()
    assert str(caught.value).endswith(f"({code})")


def test_ranks_and_dtypes_that_are_as_asserted() -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        unknown = tf.placeholder(tf.float32)
        ops = [tf.assert_rank(tf.zeros([2, 2]), 2), tf.assert_type(unknown, tf.float32)]
        check = tf.assert_rank(unknown, 1)
        sess.run([*ops, check], {unknown: [1.0]})
        with pytest.raises(tf.errors.InvalidArgumentError):
            sess.run(check, {unknown: [[1.0]]})
