"""Benchmarks of Tensegra beside its peers; `./dev bench` runs them."""
