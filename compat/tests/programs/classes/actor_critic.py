import numpy as np
import tensorflow as tf

np.random.seed(2)
GAMMA = 0.9


class Actor:
    def __init__(self, sess, n_features, n_actions, lr=0.001):
        self.sess = sess
        self.s = tf.placeholder(tf.float32, [1, n_features], "state")
        self.a = tf.placeholder(tf.int32, None, "act")
        self.td_error = tf.placeholder(tf.float32, None, "td_error")  # TD_error
        with tf.name_scope("Actor"):
            w = tf.Variable(tf.ones([n_features, n_actions]) * 0.3, name="w")
            b = tf.Variable(tf.zeros([n_actions]), name="b")
            self.acts_prob = tf.nn.softmax(tf.matmul(self.s, w) + b)
        with tf.name_scope("exp_v"):
            log_prob = tf.log(self.acts_prob[0, self.a])
            self.exp_v = tf.reduce_mean(log_prob * self.td_error)  # advantage (TD_error) guided loss
        with tf.name_scope("train"):
            self.train_op = tf.train.AdamOptimizer(lr).minimize(
                -self.exp_v
            )  # minimize(-exp_v) = maximize(exp_v)

    def learn(self, s, a, td):
        s = s[np.newaxis, :]
        feed_dict = {self.s: s, self.a: a, self.td_error: td}
        _, exp_v = self.sess.run([self.train_op, self.exp_v], feed_dict)
        return exp_v

    def choose_action(self, s):
        s = s[np.newaxis, :]
        probs = self.sess.run(self.acts_prob, {self.s: s})
        return int(np.argmax(probs.ravel()))


class Critic:
    def __init__(self, sess, n_features, lr=0.01):
        self.sess = sess
        self.s = tf.placeholder(tf.float32, [1, n_features], "state")
        self.v_ = tf.placeholder(tf.float32, [1, 1], "v_next")
        self.r = tf.placeholder(tf.float32, None, "r")
        w = tf.Variable(tf.ones([n_features, 1]) * 0.1)
        self.v = tf.matmul(self.s, w)
        with tf.name_scope("squared_TD_error"):
            self.td_error = self.r + GAMMA * self.v_ - self.v
            self.loss = tf.square(self.td_error)
        self.train_op = tf.train.GradientDescentOptimizer(lr).minimize(self.loss)

    def learn(self, s, r, s_):
        s, s_ = s[np.newaxis, :], s_[np.newaxis, :]
        v_ = self.sess.run(self.v, {self.s: s_})
        td_error, _ = self.sess.run([self.td_error, self.train_op], {self.s: s, self.v_: v_, self.r: r})
        return td_error


sess = tf.Session()
actor = Actor(sess, n_features=4, n_actions=2, lr=0.01)
critic = Critic(sess, n_features=4, lr=0.05)
sess.run(tf.global_variables_initializer())

values = []
s = np.random.rand(4)
for _ in range(6):
    a = actor.choose_action(s)
    s_ = np.random.rand(4)
    r = float(s_[a])
    td_error = critic.learn(s, r, s_)
    values.append(float(actor.learn(s, a, td_error)))
    s = s_
RESULTS = values
