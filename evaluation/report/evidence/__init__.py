"""Counts behind what is printed: recorded by a run, carried to tables and figures."""
