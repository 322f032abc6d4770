# A small convolutional network made of helper functions
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(4)


def weight_variable(shape):
    initial = tf.constant(rng.randn(*shape) * 0.1, dtype=tf.float32)
    return tf.Variable(initial)


def bias_variable(shape):
    initial = tf.constant(0.1, shape=shape)
    return tf.Variable(initial)


def conv2d(x, W):
    return tf.nn.conv2d(x, filter=W, strides=[1, 1, 1, 1], padding='SAME')


def max_pool_2x2(x):
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1],
                          strides=[1, 2, 2, 1], padding='SAME')


images = rng.rand(6, 16)
labels = np.eye(2)[[0, 1, 0, 1, 1, 0]]

x = tf.placeholder(tf.float32, [None, 16])
y_ = tf.placeholder(tf.float32, [None, 2])
keep_prob = tf.placeholder(tf.float32)

# first layer
W_conv1 = weight_variable([3, 3, 1, 4])
b_conv1 = bias_variable([4])
x_image = tf.reshape(x, [-1, 4, 4, 1])
h_conv1 = tf.nn.relu(conv2d(x_image, W_conv1) + b_conv1)
h_pool1 = max_pool_2x2(h_conv1)

# densely connected layer
W_fc1 = weight_variable([2 * 2 * 4, 2])
b_fc1 = bias_variable([2])
flat = tf.reshape(h_pool1, [-1, int(h_pool1.get_shape()[1]) * 2 * h_pool1.shape[3].value])
dropped = tf.nn.dropout(flat, keep_prob)
y_conv = tf.matmul(dropped, W_fc1) + b_fc1

cross_entropy = tf.reduce_mean(
    tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=y_conv))
train_step = tf.train.GradientDescentOptimizer(1e-1).minimize(cross_entropy)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(y_conv, 1), tf.argmax(y_, 1)), tf.float32))

losses = []
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    start = sess.run([W_conv1, b_conv1, W_fc1, b_fc1])
    for i in range(3):
        _, loss = sess.run([train_step, cross_entropy], feed_dict={x: images, y_: labels, keep_prob: 1.0})
        losses.append(loss)
    end = sess.run([W_conv1, b_conv1, W_fc1, b_fc1])
    print("accuracy %g" % sess.run(accuracy, {x: images, y_: labels, keep_prob: 1.0}))
