"""Tables of a record: what stands where, and the numbers that answer."""
