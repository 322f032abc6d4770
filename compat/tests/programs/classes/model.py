import numpy as np
import tensorflow as tf


class Model:
    """Logistic regression."""

    def __init__(self, features, classes, l2=0.01):
        self.x = tf.placeholder(tf.float32, [None, features], name="x")
        self.y = tf.placeholder(tf.float32, [None, classes], name="y")
        self.keep = tf.placeholder(tf.float32, name="keep")
        self.global_step = tf.Variable(0, trainable=False)
        self.W = tf.Variable(tf.zeros([features, classes]), name="W")
        self.b = tf.Variable(tf.constant(0.1, shape=[classes]), name="b")
        self.scores = tf.nn.xw_plus_b(self.x * self.keep, self.W, self.b)
        self.predictions = tf.argmax(self.scores, 1)
        losses = tf.nn.softmax_cross_entropy_with_logits(logits=self.scores, labels=self.y)
        self.loss = tf.reduce_mean(losses) + l2 * tf.nn.l2_loss(self.W)
        correct = tf.equal(self.predictions, tf.argmax(self.y, 1))
        self.accuracy = tf.reduce_mean(tf.cast(correct, "float"))
        self.train_op = tf.train.MomentumOptimizer(0.1, 0.9).minimize(self.loss, global_step=self.global_step)


def train(model, sess, data, labels):
    feed = {model.x: data, model.y: labels, model.keep: 0.9}
    _, step, loss = sess.run([model.train_op, model.global_step, model.loss], feed)
    return step, loss


def evaluate(model, sess, data, labels):
    return sess.run([model.loss, model.accuracy], feed_dict={model.x: data, model.y: labels, model.keep: 1.0})


def main():
    rng = np.random.RandomState(0)
    data = rng.rand(12, 5)
    labels = np.eye(3)[rng.randint(0, 3, 12)]
    model = Model(5, 3)
    results = []
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(5):
            step, loss = train(model, sess, data, labels)
            results.append((step, loss))
        results.append(tuple(evaluate(model, sess, data, labels)))
        weights = sess.run(model.W)
    return results, weights


results, weights = main()
RESULTS = [*results, weights]
