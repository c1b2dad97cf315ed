"""Figures, one file each; ``figures_of`` says which a record has."""
