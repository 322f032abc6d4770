"""One source or transformation per file; `Dataset` strings them together."""
