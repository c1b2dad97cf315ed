"""What fits of one model under several dates have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evaluation.data.model_data import FloatArray
from evaluation.errors import EstimationError
from evaluation.estimators.contract import Fit

# Numbers that differ between fits although they mean the same.
MEANT = frozenset({"degrees_of_freedom", "effective_clusters"})
Dated = Callable[[FloatArray], Fit]


def common_labels(fits: Sequence[Fit]) -> list[str]:
    """Return the labels that every fit has, in the order of the first.

    Raises
    ------
    EstimationError
        Where there is none.
    """
    inside = set.intersection(*({term.label for term in one.terms} for one in fits))
    found = [term.label for term in fits[0].terms if term.label in inside]
    if not found:
        raise EstimationError("no number is estimated under all dates that were tried")
    return found


def places_of(fit: Fit, labels: Sequence[str]) -> list[int]:
    """Return the positions of labels among the terms of a fit."""
    place = {term.label: at for at, term in enumerate(fit.terms)}
    return [place[label] for label in labels]


def shared_details(fits: Sequence[Fit]) -> list[tuple[str, str, float | int | str | bool | None]]:
    """Return the details that are the same under all dates."""
    others = [set(one.details) for one in fits[1:]]
    return [
        detail
        for detail in fits[0].details
        if detail[1] not in MEANT and all(detail in other for other in others)
    ]
