"""What every layer is made of: the base class, symbolic tensors, the graph they form, and random state."""
