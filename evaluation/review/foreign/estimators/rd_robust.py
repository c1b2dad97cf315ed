"""Local polynomials at a cutoff with robust bias correction."""

from __future__ import annotations

from evaluation.review.foreign.contract import Case, Lines
from evaluation.review.foreign.estimators._cutoff import robust_in_r, robust_in_stata


def stata(case: Case) -> Lines:
    """Return rdrobust."""
    return robust_in_stata(case)


def r(case: Case) -> Lines:
    """Return rdrobust."""
    return robust_in_r(case)
