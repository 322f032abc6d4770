"""Functions of the ops, generated from the registry by tools/gen.py."""
