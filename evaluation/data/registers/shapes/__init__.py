"""How records of a delivery are laid out: one layout a file, found by its name."""
