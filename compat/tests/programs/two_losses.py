import numpy as np
import tensorflow as tf

rng = np.random.RandomState(2)
data = rng.randn(16, 3)

x = tf.placeholder(tf.float64, [None, 3])
rate = tf.placeholder(tf.float64, shape=())
global_step = tf.Variable(0, trainable=False, name='global_step')
encode = tf.Variable(rng.randn(3, 2))
decode = tf.Variable(rng.randn(2, 3))
gain = tf.Variable(np.ones(3))
code = tf.matmul(x, encode)
rebuilt = tf.matmul(code, decode)
error = tf.reduce_mean(tf.square(rebuilt - x))
size = tf.reduce_mean(tf.reduce_sum(tf.abs(code), axis=1))
penalty = error + 0.1 * size
gained = tf.reduce_mean(tf.square(x * gain - 2.0))

step_decode = tf.train.GradientDescentOptimizer(rate).minimize(error, var_list=[decode], global_step=global_step)
step_encode = tf.train.GradientDescentOptimizer(0.5 * rate).minimize(penalty, global_step, [encode])
step_gain = tf.train.GradientDescentOptimizer(0.1).minimize(gained)

errors, penalties, sizes, steps, gains = [], [], [], [], []
with tf.Session() as session:
    session.run(tf.group(tf.global_variables_initializer(), tf.local_variables_initializer()))
    for turn in range(3):
        feed = {x: data[turn::3], rate: 0.05}
        _, e, s = session.run([step_decode, error, size], feed)
        errors.append(e); sizes.append(s)
        feed[rate] = 0.2
        p, _ = session.run((penalty, step_encode), feed_dict=feed)
        penalties.append(p)
        steps.append(session.run(global_step))
        gains.append(session.run([step_gain, gained], feed_dict={x: data})[1])
    codes, = session.run([code], feed_dict={x: data[:2]})
    final_gain = session.run(gain)
