"""Figures, one file each; ``registry`` says which a record has."""
