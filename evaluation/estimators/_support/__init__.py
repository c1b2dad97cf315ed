"""What stands behind every number of a fit: rows, units and clusters of the groups it compares."""
