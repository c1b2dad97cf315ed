"""Monte Carlo over synthetic worlds: what a design finds where the truth is known, and power."""
