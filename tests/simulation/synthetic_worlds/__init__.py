"""What the part on worlds consists of."""
