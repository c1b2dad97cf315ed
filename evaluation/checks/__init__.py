"""Checks, one identifying assumption a file; ``contract`` says what a file offers."""
