"""Variances, intervals, bands and tests: pure functions of numbers."""
