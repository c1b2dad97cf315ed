"""One file an estimator, named as it is: its lines in each language."""
