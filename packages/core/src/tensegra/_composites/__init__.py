"""Public functions that Python writes with ops, where TensorFlow's arguments are not those of one op.

Each says its public names itself: see `tensegra._public.public`.
"""
