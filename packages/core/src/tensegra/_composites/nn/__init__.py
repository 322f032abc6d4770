"""Functions of `tg.nn` that are written with ops."""
