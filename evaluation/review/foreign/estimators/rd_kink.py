"""A change of slope at a cutoff: rdrobust on the first derivative."""

from __future__ import annotations

from evaluation.review.foreign.contract import Case, Lines
from evaluation.review.foreign.estimators._cutoff import robust_in_r, robust_in_stata

GRID = "numbers over a grid of bandwidths are this one's alone: repeat the line at each of them"
MEET = "the sides are made to meet at the cutoff here; rdrobust lets them jump"


def stata(case: Case) -> Lines:
    """Return rdrobust with ``deriv(1)``."""
    return _with_grid(case, robust_in_stata(case, " deriv(1)", _received(case)))


def r(case: Case) -> Lines:
    """Return rdrobust with ``deriv = 1``."""
    return _with_grid(case, robust_in_r(case, ", deriv = 1", _received(case)))


def _received(case: Case) -> bool:
    """Whether the kink is divided by that of the treatment received."""
    return case.model.estimand != "kink_at_cutoff" and case.design.treatment is not None


def _with_grid(case: Case, lines: Lines) -> Lines:
    said = {
        GRID: bool(getattr(case.options, "grid", ())),
        MEET: getattr(case.options, "continuous_at", None) is not None,
    }
    return Lines(lines.code, (*lines.differs, *(line for line, holds in said.items() if holds)))
