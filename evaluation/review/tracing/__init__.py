"""From a printed number back to what it is made of."""
