"""`tf.contrib`: each module exports its names."""
