"""The whole program inside main, its training loop in a helper."""
import numpy as np
import tensorflow as tf

EPOCHS = 6
HISTORY = {}


def dense(values, kernel):
    return tf.matmul(values, kernel)


def main():
    rng = np.random.RandomState(11)
    kernel_start = rng.randn(4, 1)
    data = rng.randn(12, 4)
    wanted = data[:, :1] * 2.0

    x = tf.placeholder(tf.float64, [None, 4])  # one row a sample
    y = tf.placeholder(tf.float64, [None, 1])
    kernel = tf.Variable(kernel_start, name='kernel')

    def squared(values):
        return tf.reduce_mean(tf.square(values))

    output = dense(x, kernel)
    loss = squared(output - y)
    minimize = tf.train.GradientDescentOptimizer(learning_rate=0.05).minimize(loss)

    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        losses = []
        try:
            for epoch in range(EPOCHS):
                _, value = sess.run([minimize, loss], feed_dict={x: data, y: wanted})
                if epoch % 2 == 0:
                    losses.append(value)
        finally:
            HISTORY['losses'] = losses
        HISTORY['kernel'] = sess.run(kernel)


if __name__ == '__main__':
    main()
losses = HISTORY['losses']
kernel_end = HISTORY['kernel']
