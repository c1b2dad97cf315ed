"""Simulated against published figures, fact by fact."""
