"""From a spec to the passes over its rows, one concern a file."""
