"""`tf.flags`, `tf.app`, `tf.logging`: each module exports its names."""
