"""Spec into Ibis: conditions, flags and sums as expressions that every engine understands."""
