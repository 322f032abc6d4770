"""Layers made by a function that holds its own variables."""
import numpy as np
import tensorflow as tf

start = np.random.RandomState(5)
first = start.randn(2, 6).astype('float32')
second = start.randn(6, 3).astype('float32')


def add_layer(inputs, initial, out_size, activation_function=None):
    """One dense layer."""
    # the weights start from what is given
    Weights = tf.Variable(initial)
    biases = tf.Variable(tf.zeros([1, out_size]) + 0.1)
    Wx_plus_b = tf.matmul(inputs, Weights) + biases
    if activation_function is None:
        outputs = Wx_plus_b
    else:
        outputs = activation_function(Wx_plus_b)
    return outputs


def compute_accuracy(v_xs, v_ys):
    global prediction
    y_pre = sess.run(prediction, feed_dict={xs: v_xs})
    return np.mean(np.argmax(y_pre, 1) == np.argmax(v_ys, 1))


data_x = start.randn(40, 2)
data_y = np.eye(3)[(data_x[:, 0] > 0).astype(int) + (data_x[:, 1] > 0)]

# define placeholder for inputs to network
xs = tf.placeholder(tf.float32, [None, 2])
ys = tf.placeholder(tf.float32, [None, 3])

# add output layer
hidden = add_layer(xs, first, 6, activation_function=tf.nn.tanh)
prediction = add_layer(hidden, second, out_size=3, activation_function=tf.nn.softmax)

# the error between prediction and real data
cross_entropy = tf.reduce_mean(-tf.reduce_sum(ys * tf.log(prediction),
                                              reduction_indices=[1]))       # loss
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(cross_entropy)

sess = tf.Session()
init = tf.global_variables_initializer()
sess.run(init)

accuracies = []
for i in range(20):
    sess.run(train_step, feed_dict={xs: data_x, ys: data_y})
    if i % 10 == 0:
        accuracies.append(compute_accuracy(data_x, data_y))
last_loss = sess.run(cross_entropy, feed_dict={xs: data_x, ys: data_y})
