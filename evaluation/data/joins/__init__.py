"""Columns of other files beside those of the panel, by key."""
