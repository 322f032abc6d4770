# -*- coding: utf-8 -*-
"""Schichten in einer Schleife – graph, session and all below the main guard."""
import numpy as np
import tensorflow as tf

SIZES = [3, 4, 4, 1]
DECAY = 0.01

if __name__ == '__main__':
    rng = np.random.RandomState(8)
    initial = [rng.randn(m, n).astype('f') * .5 for m, n in zip(SIZES[:-1], SIZES[1:])]
    inputs = rng.randn(20, 3)
    wanted = np.sin(inputs.sum(1, keepdims=True))
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3])
        y = tf.placeholder(tf.float32, [None, 1])
        weights = []
        for value in initial:
            weights.append(tf.Variable(value))

        # layers
        h = x
        for w in weights[:-1]:
            h = tf.nn.tanh(tf.matmul(h, w))
        h = tf.matmul(h, weights[-1])

        # the loss grows by a penalty
        loss = tf.reduce_mean(tf.square(h - y))
        plain = loss
        loss += DECAY * tf.nn.l2_loss(weights[0])
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

        losses = []
        with tf.Session(graph=graph) as sess:
            sess.run(tf.global_variables_initializer())
            while len(losses) < 5:
                feed_dict = {x: inputs, y: wanted}
                l, p, _ = sess.run([loss, plain, train], feed_dict=feed_dict)
                losses.append((float(l), float(p)))
            result = sess.run(h, feed_dict={x: inputs[:4]})
