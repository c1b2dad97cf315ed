"""Disclosure rules: one a file, found by its name."""
