"""`tf.train`: each module exports its names."""
