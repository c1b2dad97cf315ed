"""The lines of Stata and R that fit what a spec's models fit, or why none does exactly."""
