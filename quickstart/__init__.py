"""The quickstart: train, save, serve, shrink and migrate on 5,000 real digits, and check every claim on the way.

It uses public names of the packages only. ``./dev quickstart`` runs it in an environment with all of them.
"""
