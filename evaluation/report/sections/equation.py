"""Set a model's one-line equation as mathematics: italic letters, indices below, powers above."""

from __future__ import annotations

import re
from html import escape

from evaluation.report.words import MINUS

LETTERS = "A-Za-zΑ-Ωα-ωŷ"
INSIDE = r"\((?:[^()]|\([^()]*\))*\)"
# One letter with what hangs on it: β_0, Σ_(t≥g), x^2, δ_gk; a column's name has more letters.
MARKED = re.compile(
    rf"(?<![\w.])(?P<base>[{LETTERS}])(?P<low>_(?:{INSIDE}|[0-9A-Za-z]{{1,3}}(?!\w)))?"
    rf"(?P<high>\^(?:{INSIDE}|[0-9A-Za-z]+))?(?!\w)"
)
NEGATIVE = re.compile(r"(?<![\w)\]])-(?=\d)")
UPRIGHT = frozenset("ΣΔEP")
# An article, not a variable.
ARTICLE = "a"


def set_equation(text: str) -> str:
    """Return the HTML of an equation; nothing but its own marks is markup.

    Parameters
    ----------
    text
        One line as ``equation`` of an estimator gives it: ``y = β_0 + x'γ + effect[unit]``.
    """
    parts: list[str] = []
    at = 0
    for found in MARKED.finditer(text):
        low, high = found["low"], found["high"]
        parts.append(_plain(text[at : found.start()]))
        parts.append(_letter(found["base"], marked=bool(low or high)))
        if low:
            parts.append(f"<sub>{_mark(low)}</sub>")
        if high:
            parts.append(f"<sup>{_mark(high)}</sup>")
        at = found.end()
    parts.append(_plain(text[at:]))
    return "".join(parts)


def _letter(letter: str, marked: bool) -> str:
    upright = letter in UPRIGHT or (letter == ARTICLE and not marked)
    return letter if upright else f"<i>{letter}</i>"


def _mark(marked: str) -> str:
    """Return what hangs on a letter, without its sign and the brackets that held it together."""
    inner = marked[1:]
    if inner.isalpha():
        return f"<i>{inner}</i>"
    return set_equation(inner[1:-1] if inner.startswith("(") else inner)


def _plain(text: str) -> str:
    """Return text between letters, with true minus signs before terms and numbers."""
    signed = NEGATIVE.sub(MINUS, text.replace(" - ", f" {MINUS} "))
    return escape(signed, quote=True)
