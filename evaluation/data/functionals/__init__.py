"""Estimands as functions of coupled cells, one file each, found by the estimand's name."""
