"""`tf.nn.rnn_cell` and the functions that run cells: each module exports its names."""
