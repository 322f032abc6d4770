"""`tf.estimator`: each module exports its names."""
