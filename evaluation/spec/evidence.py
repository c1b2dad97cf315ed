"""What the checks of a model want beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.family_rules import ROMANO_WOLF
from evaluation.spec.model import CheckRequest, Model
from evaluation.spec.options import Evidence
from evaluation.spec.spec import Spec
from evaluation.spec.worth_rules import item_model


def checks_of(spec: Spec, model: Model) -> Iterator[CheckRequest]:
    """Yield the checks that are asked of a model: by its id, or of every model."""
    yield from (check for check in spec.checks if check.model in (None, model.id))


def evidence_of(spec: Spec, model: Model) -> frozenset[Evidence]:
    """Return what checks, families and worths want of the fits of a model."""
    wanted = {one for check in checks_of(spec, model) for one in type(check.options).EVIDENCE}
    drawn = any(f.method == ROMANO_WOLF and model.id in f.models for f in spec.families)
    items = ((one, item) for one in spec.worth for item in one.items)
    summed = any(item_model(spec, *pair) == model.id for pair in items)
    if type(model.options).INFLUENCE and model.clusters and (drawn or summed):
        wanted.add("influence")
    return frozenset(wanted)


def splits_of(spec: Spec, model: Model) -> tuple[str, ...]:
    """Return the columns whose levels ``heterogeneity`` sets side by side for a model."""
    named = (by for one in spec.heterogeneity if model.id in one.models for by in one.by)
    return tuple(dict.fromkeys(named))


def strata_of(spec: Spec, model: Model) -> tuple[str, ...]:
    """Return the columns inside whose values checks permute the model's assignment."""
    named = (getattr(check.options, "strata", None) for check in checks_of(spec, model))
    return tuple(dict.fromkeys(str(column) for column in named if column is not None))
