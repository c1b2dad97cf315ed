"""From canonical frames to files: typed, dated, counted; the same bytes for the same data."""
