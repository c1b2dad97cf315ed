"""Changes of slope at a cutoff: what the estimator of kinks is made of."""
