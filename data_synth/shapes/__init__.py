"""Deliveries of the canonical tables in the shapes that register owners use."""
