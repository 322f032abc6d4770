"""A small agent."""

import numpy as np
import tensorflow as tf

np.random.seed(1)


class Agent:
    """Learns the value of actions."""

    def __init__(self, n_actions, n_features, learning_rate=0.01, reward_decay=0.9):
        self.n_actions = n_actions
        self.n_features = n_features
        self.lr = learning_rate
        self.gamma = reward_decay
        self.learn_step_counter = 0
        self.memory = np.zeros((20, n_features * 2 + 2))

        # the network
        self._build_net()

        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())
        self.cost_his = []

    def _build_net(self):
        # inputs
        self.s = tf.placeholder(tf.float32, [None, self.n_features], name="s")  # state
        self.q_target = tf.placeholder(tf.float32, [None, self.n_actions], name="Q_target")
        with tf.name_scope("l1"):
            w1 = tf.Variable(tf.ones([self.n_features, 10]) * 0.1)
            b1 = tf.Variable(tf.constant(0.1, shape=[1, 10]))
            l1 = tf.nn.relu(tf.matmul(self.s, w1) + b1)
        w2 = tf.Variable(tf.ones([10, self.n_actions]) * 0.2)
        self.q_eval = tf.matmul(l1, w2)
        with tf.name_scope("loss"):
            self.loss = tf.reduce_mean(tf.squared_difference(self.q_target, self.q_eval))
        self._train_op = tf.train.GradientDescentOptimizer(self.lr).minimize(self.loss)

    def choose_action(self, observation):
        observation = observation[np.newaxis, :]
        # forward feed
        actions_value = self.sess.run(self.q_eval, feed_dict={self.s: observation})
        return np.argmax(actions_value)

    def learn(self, batch, target):
        _, cost = self.sess.run([self._train_op, self.loss], feed_dict={self.s: batch, self.q_target: target})
        self.cost_his.append(cost)
        self.learn_step_counter += 1


agent = Agent(n_actions=3, n_features=4)
for _ in range(5):
    agent.learn(np.random.rand(8, 4), np.random.rand(8, 3))
action = agent.choose_action(np.random.rand(4))
costs = agent.cost_his
print(action, costs, agent.learn_step_counter)
RESULTS = [action, costs, agent.learn_step_counter]
