"""Compat with what it needs: a program for TensorFlow 1.x is rewritten."""

from tensegra.compat import upgrade_source

SOURCE = """import tensorflow as tf
x = tf.placeholder(tf.float32, [None])
y = tf.log(x)
with tf.Session() as sess:
    print(sess.run(y, feed_dict={x: [1.0, 2.0]}))
"""
result = upgrade_source(SOURCE)
assert str(result.status) == "upgraded", result
assert "placeholder" not in result.text
assert "tensegra" in result.text
exec(compile(result.text, "upgraded", "exec"), {"__name__": "__main__"})
print("ok")
