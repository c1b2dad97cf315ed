"""Differences of discontinuities: local polynomials in several parts of the rows at once."""
