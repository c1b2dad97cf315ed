"""A delivery of registers, read table by table and built into one row a person and month."""
