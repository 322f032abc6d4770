"""Signal processing written with ops."""
