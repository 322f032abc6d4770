"""No alias: names imported one by one beside the whole package."""
import os, tensorflow
from tensorflow import placeholder, Variable as Var
from tensorflow.nn import relu
import numpy as np

inputs = placeholder(tensorflow.float32, (None, 2))
slope = Var(np.array([[1.0], [-2.0]], dtype=np.float32))
outputs = relu(tensorflow.matmul(inputs, slope))
total = tensorflow.reduce_sum(outputs, keep_dims=True)
loss = tensorflow.reduce_mean(tensorflow.squared_difference(outputs, 1.0))
train = tensorflow.train.GradientDescentOptimizer(float(os.environ.get('RATE', '0.25'))).minimize(loss)

batch = np.array([[1., 2.], [3., 1.], [-1., -4.]])
session = tensorflow.Session()
session.run(tensorflow.global_variables_initializer())
before = session.run(total, {inputs: batch})
first_loss = session.run([loss, train], {inputs: batch})[0]
after = session.run([total, loss], {inputs: batch})
session.close()
