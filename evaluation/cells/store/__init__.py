"""Cells kept in a folder, and what kept cells can answer."""
