"""Designs, one file a kind: each assigns its roles to the rows of a sample."""
