"""A perceptron with its weights in dictionaries."""
from __future__ import division
import numpy as np
import tensorflow as tf

nn = tf.nn

rng = np.random.RandomState(1)
samples = rng.randn(32, 4).astype(np.float32)
classes = rng.randint(0, 3, size=32)

n_input = 4 # features
n_hidden = 5
n_classes = 3

with tf.name_scope('inputs'):
    X = tf.placeholder(tf.float32, [None, n_input], name='X')
    Y = tf.placeholder(tf.int64, [None])

# Store layers weight & bias
weights = {
    'h1': tf.Variable(rng.randn(n_input, n_hidden).astype(np.float32)),
    'out': tf.Variable(rng.randn(n_hidden, n_classes).astype(np.float32)),
    'unused': tf.Variable(tf.ones([2])),
}
biases = {
    'b1': tf.Variable(tf.zeros([n_hidden])),
    'out': tf.Variable(tf.zeros([n_classes]))
}


# Create model
def multilayer_perceptron(x, weights, biases):
    layer_1 = nn.relu(tf.add(tf.matmul(x, weights['h1']), biases['b1']))
    # Output fully connected layer with a neuron for each class
    return tf.matmul(layer_1, weights['out']) + biases['out']


with tf.device('/cpu:0'), tf.name_scope('model'):
    logits = multilayer_perceptron(X, weights, biases)

    # Define loss and optimizer
    loss_op = tf.reduce_mean(nn.sparse_softmax_cross_entropy_with_logits(labels=Y, logits=logits))
    optimizer = tf.train.GradientDescentOptimizer(learning_rate=0.3)
    train_op = optimizer.minimize(loss_op)

history = []
with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(4):
        avg_cost = 0.
        total_batch = len(samples) // 8
        for i in range(total_batch):
            batch_x, batch_y = samples[i*8:(i+1)*8], classes[i*8:(i+1)*8]
            # Run optimization op (backprop) and cost op (to get loss value)
            _, c = sess.run([train_op, loss_op], feed_dict={X: batch_x,
                                                            Y: batch_y})
            avg_cost += c / total_batch
        history.append(avg_cost)
    predicted = sess.run(tf.argmax(logits, 1), feed_dict={X: samples})
    unused, h1 = sess.run([weights['unused'], weights['h1']])
