"""Bias-aware regression discontinuity: what its estimators share."""
