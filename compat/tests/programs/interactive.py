# Logistic regression in an InteractiveSession, with .run and .eval
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

rng = np.random.RandomState(0)
features = rng.randn(60, 3)
targets = (features[:, :1] - features[:, 1:2] > 0.1).astype(np.float64)

sess = tf.InteractiveSession()

x = tf.placeholder(tf.float32, shape=[None, 3])  # features
t = tf.placeholder(tf.float32, shape=[None, 1], name='targets')  # 0 or 1
w = tf.Variable(tf.zeros([3, 1]))
offset = tf.Variable(tf.constant(0.1, shape=[1]))

sess.run(tf.initialize_all_variables())

logits = tf.matmul(x, w) + offset
loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=logits))
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
correct = tf.equal(tf.greater(logits, 0.0), tf.greater(t, 0.5))
accuracy = tf.reduce_mean(tf.cast(correct, 'float'))

losses, accuracies = [], []
for i in range(12):
    if i % 4 == 0:
        train_accuracy = accuracy.eval(feed_dict={x: features, t: targets})
        accuracies.append(train_accuracy)
        print('step %d, training accuracy %g' % (i, train_accuracy))
    losses.append(loss.eval({x: features, t: targets}))
    train_step.run(feed_dict={t: targets[i::4], x: features[i::4]})
final = w.eval()
sess.close()
