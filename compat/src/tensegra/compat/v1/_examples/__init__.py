"""`tf.examples`: what the tutorials of TensorFlow 1.x, and whoever began with them, import."""
