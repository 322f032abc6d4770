import numpy as np
import tensorflow as tf

np.random.seed(1)


class DQN:
    def __init__(self, n_actions, n_features):
        self.n_actions = n_actions
        self.n_features = n_features
        self.memory_counter = 0
        self._build_net()
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())

    def _build_layers(self, s, width):
        l1 = tf.layers.dense(s, width, tf.nn.relu, kernel_initializer=tf.constant_initializer(0.1))
        return tf.layers.dense(l1, self.n_actions, kernel_initializer=tf.constant_initializer(0.2))

    def _build_net(self):
        self.s = tf.placeholder(tf.float32, [None, self.n_features])
        self.a = tf.placeholder(tf.int32, [None])
        self.target = tf.placeholder(tf.float32, [None])
        self.q = self._build_layers(self.s, 6)
        a_onehot = tf.one_hot(self.a, self.n_actions)
        q_a = tf.reduce_sum(self.q * a_onehot, axis=1)
        self.loss = tf.losses.mean_squared_error(self.target, q_a)
        self.train_op = tf.train.AdamOptimizer(0.01).minimize(self.loss)

    def choose_action(self, s):
        if np.random.uniform() < 0.9:
            return int(np.argmax(self.sess.run(self.q, feed_dict={self.s: s[np.newaxis, :]})))
        return np.random.randint(0, self.n_actions)

    def learn(self):
        s = np.random.rand(8, self.n_features)
        a = np.random.randint(0, self.n_actions, 8)
        loss, _ = self.sess.run(
            [self.loss, self.train_op], {self.s: s, self.a: a, self.target: np.random.rand(8)}
        )
        return loss


RL = DQN(3, 4)
RESULTS = []
for _ in range(4):
    RESULTS.append(RL.choose_action(np.random.rand(4)))
    RESULTS.append(RL.learn())
