"""Softmax regression on handwritten digits."""
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensegra.data import catalog

tf.set_random_seed(1)

images, labels = catalog.mnist5k()
order = np.random.RandomState(0).permutation(len(images))
images = (images[order] / 255.0).astype(np.float32)
labels = np.eye(10, dtype=np.float32)[labels[order]]
train_x, train_y = images[:4000], labels[:4000]
test_x, test_y = images[4000:], labels[4000:]

x = tf.placeholder(tf.float32, [None, 784])
y_ = tf.placeholder(tf.float32, [None, 10])
W = tf.Variable(tf.zeros([784, 10]))
b = tf.Variable(tf.zeros([10]))
y = tf.nn.softmax(tf.matmul(x, W) + b)

cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.log(y), reduction_indices=[1]))
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(cross_entropy)

correct_prediction = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))

sess = tf.Session()
sess.run(tf.global_variables_initializer())
batch_size = 100
for i in range(40):
    start = i * batch_size
    batch_x, batch_y = train_x[start:start + batch_size], train_y[start:start + batch_size]
    _, loss = sess.run([train_step, cross_entropy], feed_dict={x: batch_x, y_: batch_y})
    print("step %d loss %.6f" % (i, loss))
print("test accuracy:", sess.run(accuracy, feed_dict={x: test_x, y_: test_y}))
