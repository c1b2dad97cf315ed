"""What was frozen of a spec, as rows: which models are exploratory, and since when."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.errors import SpecError
from evaluation.results import Detail
from evaluation.spec.lock import Lock, registration_of
from evaluation.spec.spec import Spec

FREEZE = "freeze"
DATE, EXPLORATORY = "frozen_on", "exploratory"


def lock_rows(spec: Spec, lock: Lock | None) -> tuple[Detail, ...]:
    """Return one row with the day of the lock, and one for every model that differs from it.

    Raises
    ------
    SpecError
        Where the lock is of another spec.
    """
    if lock is None:
        return ()
    if lock.spec_id != spec.id:
        raise SpecError(
            f"{spec.id}: the lock beside the spec is of {lock.spec_id!r}; freeze this spec, or "
            "give each its own file"
        )
    found = registration_of(spec, lock)
    return (
        Detail(spec.id, "", FREEZE, "", "", DATE, found.date.isoformat()),
        *(
            Detail(spec.id, model, FREEZE, "", "", EXPLORATORY, reason)
            for model, reason in found.exploratory.items()
        ),
    )


def exploratory_in(details: Iterable[Detail]) -> dict[str, str]:
    """Return the models that were not frozen as they are, each with the reason."""
    return {
        row.model_id: str(row.value)
        for row in details
        if (row.check, row.name) == (FREEZE, EXPLORATORY)
    }


def frozen_on(details: Iterable[Detail]) -> str:
    """Return the day of the lock, empty where there is none."""
    days = (str(row.value) for row in details if (row.check, row.name) == (FREEZE, DATE))
    return next(days, "")
