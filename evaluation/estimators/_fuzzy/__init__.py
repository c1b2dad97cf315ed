"""Fuzzy regression discontinuity: the ways to an interval for a ratio of two jumps."""
