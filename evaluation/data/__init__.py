"""Rows: sources, periods, samples, roles, and the truth of synthetic panels."""
