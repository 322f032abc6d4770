"""Composites that choose, repeat, move and combine elements."""
