"""Functions on strings whose arguments or results differ from those of the ops."""
