"""The parts of a run's page, one a file, in words and shapes that templates only print."""
