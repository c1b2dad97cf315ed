"""Flows into and out of a stock around a cutoff in age."""
