"""What a reviewer runs: explain and verify."""
