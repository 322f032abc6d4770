"""Linear algebra written with ops."""
