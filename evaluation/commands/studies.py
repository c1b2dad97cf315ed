"""``list studies``: the catalogue of studies, then the other specs that ship."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.commands.shown import text_table
from evaluation.spec.shipped import shipped_specs
from evaluation.spec.studies import Study, studies, study_of, verdicts

WIDTH = 118
ESTIMATES, REFUSES = "estimates", "refuses to estimate"


def catalogue_of_studies() -> str:
    """Return the catalogue as text: a study on its line, its variants below it."""
    known, found = studies(), verdicts()
    of_studies = {one.path for one in known}
    others = [study_of(path) for path in shipped_specs() if path not in of_studies]
    head = ["study", "design", "estimators", "status", "question"]
    mains = {one.id: one for one in known}
    rows = [(*_named(one, mains), _status(one, found), one.question) for one in known]
    rest = [(*_named(one, mains), one.question) for one in others]
    return "\n".join(
        [
            text_table(head, rows, width=WIDTH),
            "",
            "Other specs that ship:",
            text_table(["spec", "design", "estimators", "question"], rest, width=WIDTH),
        ]
    )


def _named(one: Study, mains: Mapping[str, Study]) -> tuple[str, str, str]:
    """Return id, design and estimators; a variant says of the last two what it has of its own."""
    base = mains.get(one.base)
    alike = base is not None and base.estimators == one.estimators
    # Estimators stand below each other: their names are long.
    estimators = "as above" if alike else "\n".join(one.estimators)
    return (f"  {one.id}" if one.base else one.id, one.design, estimators)


def _status(one: Study, found: Mapping[str, str]) -> str:
    if one.refuses:
        return REFUSES
    return f"{ESTIMATES},\n{found[one.id]}" if one.id in found else ESTIMATES
