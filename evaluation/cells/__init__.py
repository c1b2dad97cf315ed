"""Rows into sufficient statistics, and the algebra of least squares on them."""
