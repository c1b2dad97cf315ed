"""What a delivery holds and a reader must expect: one trap a file, laid by ``lay.lay_traps``."""
