"""Columns of the panel, one file for one question asked of the registers."""
