"""Graphs, sessions, variables, control flow, gradients and input: what programs of 1.x rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import tensegra.compat.v1 as tf
from tensegra.compat.checkpoint import BundleReader, write_bundle


@pytest.fixture(autouse=True)
def _graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def test_names_are_those_of_tensorflow() -> None:
    a = tf.constant(1.0)
    with tf.name_scope("s"):
        b = tf.add(a, 1.0)
        c = a * 2.0
    with tf.name_scope("s"):
        d = tf.nn.relu(b, name="r")
    assert [each.name for each in (a, b, c, d)] == ["Const:0", "s/Add:0", "s/mul:0", "s_1/r:0"]
    assert tf.get_default_graph().get_tensor_by_name("s/mul:0") is c


def test_static_shapes_are_followed_through_computed_sizes() -> None:
    x = tf.placeholder(tf.float32, [None, 6])
    rows = tf.shape(x)[0]
    assert tf.zeros([rows, 20]).shape.as_list() == [None, 20]
    assert tf.reshape(x, tf.stack([rows, 2, 3])).shape.as_list() == [None, 2, 3]
    assert x.shape[1].value == 6 and x.get_shape()[0].value is None
    assert tf.placeholder(tf.float32).shape.ndims is None


def test_any_tensor_is_fed_and_a_variable_is_read_where_it_is_used() -> None:
    v = tf.Variable(1.0)
    doubled = v * 2.0
    change = tf.assign_add(v, 1.0)
    with tf.control_dependencies([change]):
        after = v * 10.0
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run([change.op, doubled, v])[1:] == [2.0, 2.0]
        assert sess.run(after) == 30.0
        assert sess.run(doubled, {v: 7.0}) == 14.0
        assert sess.run(doubled + 1.0, {doubled: 5.0}) == 6.0


def test_scopes_share_variables() -> None:
    def layer() -> tf.Variable:
        with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
            return tf.get_variable("w", [2], regularizer=tf.contrib.layers.l2_regularizer(0.5))

    with tf.variable_scope("model"):
        assert layer() is layer()
    assert [v.name for v in tf.trainable_variables()] == ["model/layer/w:0"]
    assert len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == 1
    with tf.variable_scope(
        "a", custom_getter=lambda getter, name, *args, **kw: getter(name + "_x", *args, **kw)
    ):
        assert tf.get_variable("w", [1]).op.name == "a/w_x"
    parts = tf.get_variable("p", [5, 2], partitioner=tf.fixed_size_partitioner(2))
    assert [part.shape.as_list() for part in parts] == [[3, 2], [2, 2]]


def test_cond_runs_one_branch_and_loops_carry_arrays() -> None:
    count = tf.Variable(0)
    chosen = tf.placeholder(tf.bool, [])
    result = tf.cond(chosen, lambda: tf.assign_add(count, 1), lambda: tf.assign_sub(count, 5))
    squares = tf.while_loop(
        lambda i, array: i < 4,
        lambda i, array: (i + 1, array.write(i, i * i)),
        [0, tf.TensorArray(tf.int32, size=4)],
    )[1].stack()
    running = tf.scan(lambda total, x: total + x, tf.constant([1, 2, 3]))
    mapped = tf.map_fn(lambda x: x * x, tf.constant([1.0, 2.0]))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(result, {chosen: True}) == 1 and sess.run(result, {chosen: False}) == -4
        assert sess.run(squares).tolist() == [0, 1, 4, 9]
        assert sess.run(running).tolist() == [1, 3, 6] and sess.run(mapped).tolist() == [1.0, 4.0]


def test_gradients_of_every_order_and_of_rows() -> None:
    x = tf.constant(3.0)
    y = x * x * x
    first = tf.gradients(y, x)[0]
    second = tf.gradients(first, x)[0]
    third = tf.gradients(second, x)[0]
    stopped = tf.gradients(x * y, [x, y], stop_gradients=[x, y])
    table = tf.Variable(tf.ones([4, 2]))
    rows = tf.gradients(tf.nn.embedding_lookup(table, [1, 1, 3]), table)[0]
    loop = tf.gradients(tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * x), [0, x])[1], x)[0]
    assert tf.gradients(tf.stop_gradient(x), x) == [None]
    assert isinstance(rows, tf.IndexedSlices) and rows.shape.as_list() == [4, 2]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run([first, second, third]) == [27.0, 18.0, 6.0]
        assert sess.run(stopped) == [27.0, 3.0]
        assert sess.run(rows).indices.tolist() == [1, 1, 3]
        assert sess.run(loop) == 108.0


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        # One step from w = 1 with the gradient 2, computed from the formulas of the papers.
        (lambda: tf.train.GradientDescentOptimizer(0.1), 0.8),
        (lambda: tf.train.MomentumOptimizer(0.1, 0.9), 0.8),
        (lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), 0.62),
        (lambda: tf.train.AdamOptimizer(0.1), 0.9),
        (lambda: tf.train.RMSPropOptimizer(0.1), 1 - 0.2 / np.sqrt(0.9 + 0.4)),
        (lambda: tf.train.AdagradOptimizer(0.1), 1 - 0.2 / np.sqrt(4.1)),
        (lambda: tf.train.AdadeltaOptimizer(1.0, epsilon=0.01), 1 - 2 * np.sqrt(0.01) / np.sqrt(0.2 + 0.01)),
        (lambda: tf.train.FtrlOptimizer(0.1), (np.sqrt(4.1) - np.sqrt(0.1) - 0.2) / np.sqrt(4.1)),
        (lambda: tf.train.ProximalGradientDescentOptimizer(0.1, l1_regularization_strength=1.0), 0.7),
    ],
)
def test_one_step_of_each_optimizer(make: object, wanted: float) -> None:
    w = tf.Variable(1.0)
    step = make().minimize(w * w)  # type: ignore[operator]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step)
        assert sess.run(w) == pytest.approx(wanted, abs=1e-6)


def test_batch_normalization_moves_its_averages() -> None:
    x = np.array([[1.0], [3.0]], np.float32)
    y = tf.layers.batch_normalization(tf.constant(x), momentum=0.5, training=True)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        np.testing.assert_allclose(sess.run(y).ravel(), [-0.9995, 0.9995], atol=1e-4)
        sess.run(updates)
        moving = [sess.run(v).item() for v in tf.global_variables() if "moving" in v.name]
    assert moving == [1.0, 1.0]


def test_datasets_iterators_and_handles() -> None:
    numbers = tf.placeholder(tf.int64, [None])
    first = tf.data.Dataset.from_tensor_slices(numbers).map(lambda x: x * 2).batch(2)
    second = (
        tf.data.Dataset.range(3)
        .filter(lambda x: x > 0)
        .flat_map(lambda x: tf.data.Dataset.from_tensors(x).repeat(2))
    )
    one, other = first.make_initializable_iterator(), second.batch(4).make_one_shot_iterator()
    handle = tf.placeholder(tf.string, [])
    element = tf.data.Iterator.from_string_handle(handle, first.output_types, first.output_shapes).get_next()
    with tf.Session() as sess:
        sess.run(one.initializer, {numbers: [1, 2, 3]})
        handles = sess.run([one.string_handle(), other.string_handle()])
        assert sess.run(element, {handle: handles[0]}).tolist() == [2, 4]
        assert sess.run(element, {handle: handles[1]}).tolist() == [1, 1, 2, 2]
        assert sess.run(element, {handle: handles[0]}).tolist() == [6]
        with pytest.raises(tf.errors.OutOfRangeError):
            sess.run(element, {handle: handles[0]})


def test_queue_runners_feed_batches(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("".join(f"{i},{i * i}\n" for i in range(6)), encoding="utf-8")
    files = tf.train.string_input_producer([str(tmp_path / "a.csv")], num_epochs=1, shuffle=False)
    _, line = tf.TextLineReader().read(files)
    batch = tf.train.batch(list(tf.decode_csv(line, record_defaults=[[0], [0]])), 3)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        assert [each.tolist() for each in sess.run(batch)] == [[0, 1, 2], [0, 1, 4]]
        assert [each.tolist() for each in sess.run(batch)] == [[3, 4, 5], [9, 16, 25]]
        with pytest.raises(tf.errors.OutOfRangeError):
            sess.run(batch)
        coord.request_stop()
        coord.join(threads)


def test_examples_and_tables(tmp_path: Path) -> None:
    feature = tf.train.Feature(float_list=tf.train.FloatList(value=[1.0, 2.5]))
    words = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"zero\0"]))
    example = tf.train.Example(features=tf.train.Features(feature={"x": feature, "w": words}))
    with tf.python_io.TFRecordWriter(str(tmp_path / "r")) as writer:
        writer.write(example.SerializeToString())
    (read,) = tf.python_io.tf_record_iterator(str(tmp_path / "r"))
    assert tf.train.Example.FromString(read).features.feature["w"].bytes_list.value == [b"zero\0"]
    parsed = tf.parse_single_example(
        read, {"x": tf.FixedLenFeature([2], tf.float32), "w": tf.FixedLenFeature([], tf.string)}
    )
    table = tf.contrib.lookup.index_table_from_tensor(["a", "b"])
    found = table.lookup(tf.string_split(["b a", "c"]).values)
    with tf.Session() as sess:
        sess.run(tf.tables_initializer())
        assert sess.run(parsed)["x"].tolist() == [1.0, 2.5] and sess.run(parsed)["w"] == b"zero\0"
        assert sess.run(found).tolist() == [1, 0, -1]


def test_images_lie_where_they_lay() -> None:
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    with tf.Session() as sess:
        plain = sess.run(tf.image.resize_images(x, [8, 8]))[0, 1, :, 0]
        corners = sess.run(tf.image.resize_bilinear(x, [3, 3], align_corners=True))[0, 0, :, 0]
    assert plain.tolist() == [2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.0] and corners.tolist() == [0.0, 1.5, 3.0]


def test_a_checkpoint_has_parts_of_variables(tmp_path: Path) -> None:
    parts = tf.get_variable("p", [5, 2], partitioner=tf.fixed_size_partitioner(2))
    text = tf.get_variable("t", initializer=tf.constant(["a", "bc"]), trainable=False)
    saver = tf.train.Saver(max_to_keep=1)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        saver.save(sess, str(tmp_path / "m"), global_step=1)
        path = saver.save(sess, str(tmp_path / "m"), global_step=2)
        whole = sess.run(tf.convert_to_tensor(parts))
    assert tf.train.latest_checkpoint(str(tmp_path)) == path and not (tmp_path / "m-1.index").exists()
    reader = BundleReader(path)
    np.testing.assert_array_equal(reader.read("p"), whole)
    assert reader.names() == ["p", "t"] and reader.read("t").tolist() == [b"a", b"bc"]
    with tf.Session() as sess:
        saver.restore(sess, path)
        assert sess.run(text).tolist() == [b"a", b"bc"]
        np.testing.assert_array_equal(sess.run(tf.convert_to_tensor(parts)), whole)


def test_the_bytes_of_a_checkpoint_are_those_of_tensorflow(tmp_path: Path) -> None:
    write_bundle(tmp_path / "m", {"a": np.arange(3, dtype=np.float32)})
    # As TensorFlow 2.21 reads and writes it: the mark of the format ends the index; the data are the plain bytes.
    assert (tmp_path / "m.index").read_bytes()[-8:].hex() == "57fb808b247547db"
    assert (tmp_path / "m.data-00000-of-00001").read_bytes() == np.arange(3, dtype=np.float32).tobytes()


def test_the_order_of_shuffle_is_that_of_tensorflow() -> None:
    tf.set_random_seed(2017)
    dataset = tf.data.Dataset.range(8).shuffle(4, seed=3)
    element = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as sess:
        order = [int(sess.run(element)) for _ in range(8)]
    assert sorted(order) == list(range(8))
    assert (
        max(value - place for place, value in enumerate(order)) <= 3
    )  # nothing comes before it is in the buffer


def test_programs_import_tensorflow_itself() -> None:
    import importlib
    import sys

    tf.install("tensorflow_of_old")
    try:
        module = importlib.import_module("tensorflow_of_old.contrib.rnn")
        assert module.GRUCell is tf.contrib.rnn.GRUCell
        assert importlib.import_module("tensorflow_of_old") is tf
    finally:
        sys.meta_path[:] = [
            each for each in sys.meta_path if getattr(each, "alias", None) != "tensorflow_of_old"
        ]


def test_the_axis_of_expand_dims_may_be_a_list_of_one() -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        assert sess.run(tf.expand_dims([1, 2], axis=[-1])).tolist() == [[1], [2]]


def test_the_ops_of_an_assertion_lie_in_a_scope_of_its_name() -> None:
    with tf.Graph().as_default() as graph, tf.name_scope("net"):
        made = tf.assert_less_equal(tf.constant(1, name="x"), 2)
        assert made.name == "net/assert_less_equal/Assert"
        others = [op.name for op in graph.get_operations() if op.name != "net/x"]
        assert all(name.startswith("net/assert_less_equal/") for name in others)


def test_dropout_of_a_known_shape_adds_no_op_that_nothing_reads() -> None:
    with tf.Graph().as_default() as graph:
        tf.nn.dropout(tf.ones([2, 3]), keep_prob=0.5)
        assert "Shape" not in [op.type for op in graph.get_operations()]
