"""`tf.layers`: each module exports its names."""
