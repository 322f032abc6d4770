"""The repository's own checks and generators. Never published; `python -m tensegra_devtools` lists them."""
