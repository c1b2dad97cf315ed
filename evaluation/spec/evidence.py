"""What the checks of a model want beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.model import CheckRequest, Model
from evaluation.spec.options import Evidence
from evaluation.spec.spec import Spec


def checks_of(spec: Spec, model: Model) -> Iterator[CheckRequest]:
    """Yield the checks that are asked of a model: by its id, or of every model."""
    yield from (check for check in spec.checks if check.model in (None, model.id))


def evidence_of(spec: Spec, model: Model) -> frozenset[Evidence]:
    """Return what the checks of a model want of its fits."""
    return frozenset(
        one for check in checks_of(spec, model) for one in type(check.options).EVIDENCE
    )


def splits_of(spec: Spec, model: Model) -> tuple[str, ...]:
    """Return the columns whose levels ``heterogeneity`` sets side by side for a model."""
    named = (by for one in spec.heterogeneity if model.id in one.models for by in one.by)
    return tuple(dict.fromkeys(named))


def strata_of(spec: Spec, model: Model) -> tuple[str, ...]:
    """Return the columns inside whose values checks permute the model's assignment."""
    named = (getattr(check.options, "strata", None) for check in checks_of(spec, model))
    return tuple(dict.fromkeys(str(column) for column in named if column is not None))
