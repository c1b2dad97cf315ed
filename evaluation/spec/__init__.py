"""What is asked: typed, frozen, versioned specs."""
