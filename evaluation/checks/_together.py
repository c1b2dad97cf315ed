"""Estimate several models of one variant at once, so that they share its passes over the rows."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.checks._refit import Refitted, reason_of, taken
from evaluation.checks._variants import uncounted, with_models
from evaluation.checks.contract import Case
from evaluation.errors import DataError, EstimationError
from evaluation.spec.filters import Filter
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec


def kept(model: Model, name: str, *filters: Filter) -> Model:
    """Return the model on fewer rows, under another id.

    Parameters
    ----------
    model
        A model.
    name
        What follows its id.
    filters
        Conditions beside its own.
    """
    changed = {"id": f"{model.id}_{name}", "keep": (*model.keep, *filters)}
    return model.model_copy(update=changed)


def refit_models(
    case: Case, spec: Spec, models: Mapping[str, Model]
) -> dict[str, tuple[Refitted, ...]]:
    """Return what models give, by outcome of the model under judgement.

    Parameters
    ----------
    case
        The model, with the means to estimate again.
    spec
        What the models are estimated on.
    models
        A model by label, each with an id of its own.
    """
    names = case.spec.outcomes_of(case.result.model)
    variant = with_models(spec, *models.values())
    if all(engine.name == "cells" for engine in case.result.engines.values()):
        variant = uncounted(variant)
    try:
        results = case.refit(variant)
    except (DataError, EstimationError) as error:
        none = tuple(Refitted(label, None, reason_of(case, error)) for label in models)
        return dict.fromkeys(names, none)
    return {
        name: tuple(
            taken(label, result, name) for label, result in zip(models, results, strict=True)
        )
        for name in names
    }
