"""Calonico, Cattaneo and Titiunik's local polynomials, from sums at the values of x alone."""
