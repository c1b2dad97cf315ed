"""What ``benchmarks/cells.py`` measures: a file for each section."""
