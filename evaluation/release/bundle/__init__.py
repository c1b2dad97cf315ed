"""The bundle: spec, released cells and printed numbers, from which an outsider recomputes them."""
