"""`tf.data` with the iterators of 1.x: each module exports its names."""
