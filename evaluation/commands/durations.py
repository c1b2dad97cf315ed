"""Seconds as people read them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return seconds as ``40 s``, ``3 min 05 s`` or ``2 h 10 min``."""
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, over = divmod(minutes, 60)
    if hours:
        return f"{hours} h {over:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
