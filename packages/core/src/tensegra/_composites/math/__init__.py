"""Composites of `tg.math`."""
