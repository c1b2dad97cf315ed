"""The jump of an outcome over that of the treatment received."""

from __future__ import annotations

from evaluation.review.foreign.contract import Case, Lines
from evaluation.review.foreign.estimators._cutoff import robust_in_r, robust_in_stata


def stata(case: Case) -> Lines:
    """Return rdrobust with ``fuzzy``."""
    return robust_in_stata(case, fuzzy=True)


def r(case: Case) -> Lines:
    """Return rdrobust with ``fuzzy``."""
    return robust_in_r(case, fuzzy=True)
