"""Everything a spec can name, gathered for the loader."""

from __future__ import annotations

from functools import cache

import data_synth
from evaluation.checks import registry as checks
from evaluation.data.derive.registry import operation_offers
from evaluation.estimators import registry as estimators
from evaluation.spec.catalogue import Catalogue


@cache
def catalogue() -> Catalogue:
    """Return the estimators, checks and worlds on offer."""
    return Catalogue(
        estimators=estimators.estimator_offers(),
        planned_estimators=estimators.PLANNED,
        checks=checks.check_offers(),
        planned_checks=checks.PLANNED,
        worlds=data_synth.world_names(),
        operations=operation_offers(),
    )
