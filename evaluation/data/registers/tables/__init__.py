"""Canonical tables, one a file."""
