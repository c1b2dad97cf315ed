"""Estimators, one method a file; ``contract`` says what a file offers, ``registry`` finds it."""
