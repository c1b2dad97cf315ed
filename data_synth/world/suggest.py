"""Did-you-mean."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(found: str, allowed: Iterable[str]) -> str:
    """Return ``; did you mean "x"?`` for the nearest allowed name, or nothing if none is near."""
    close = get_close_matches(found, list(allowed), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
