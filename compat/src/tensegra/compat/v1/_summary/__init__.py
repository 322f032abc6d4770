"""`tf.summary`: each module exports its names."""
