"""compile, fit, evaluate and predict: the parts of the training loop."""
