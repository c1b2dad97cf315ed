"""Deliveries of any size, streamed part by part, and what each holds."""
