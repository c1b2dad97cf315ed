"""Estimate a spec again from a folder of cells: models, checks, levels and universes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.checks._headline import headline_verdicts
from evaluation.checks._specified import Specified
from evaluation.checks._subgroups import subgroups_of
from evaluation.checks._universe import estimate_universe
from evaluation.checks._worth import worth_rows
from evaluation.checks.judging import judge_models, judged_levels
from evaluation.errors import DataError
from evaluation.estimators.fitting import fit_models
from evaluation.estimators.refitting import Refitting
from evaluation.estimators.supplying import Request, given_supply
from evaluation.release.bundle.lone import lone_rows
from evaluation.report.horizons import by_horizon, in_record
from evaluation.report.rows import check_rows, detail_rows, estimate_rows, subgroup_rows
from evaluation.results import AnyRow, Detail, Estimate
from evaluation.spec.members import members_of
from evaluation.spec.spec import Spec

GIVEN = ("ok", "warned")
Rows = Mapping[str, tuple[AnyRow, ...]]


def recompute(spec: Spec, folder: Path, *, alone: bool = False) -> Rows:
    """Return the rows of every result file that a folder of cells answers, by its name.

    A model that the cells do not carry is a row with its reason, as in any run from cells. Where
    too little is left of the cells for any model there are no rows at all.

    Parameters
    ----------
    spec
        What is asked.
    folder
        Cells in the format of the store.
    alone
        Whether models and outcomes that cells do not carry together are asked one by one, without
        clusters where these are lacking: cells are coarser than those that the spec asks for.
    """
    found = _together(spec, folder)
    if not alone:
        return found
    rows = [one for one in found.get("estimates.csv", ()) if isinstance(one, Estimate)]
    behind = [one for one in found.get("details.csv", ()) if isinstance(one, Detail)]
    named = tuple((model.id, name) for model in spec.models for name in spec.outcomes_of(model))
    estimates: list[Estimate] = [*in_record(rows)]
    done = {(one.model_id, one.outcome) for one in estimates if one.status in GIVEN}
    details: list[Detail] = [*in_record(behind)]
    for one in lone_rows(spec, folder, tuple(at for at in named if at not in done)):
        own = one.model_id, one.outcome
        estimates = [row for row in estimates if (row.model_id, row.outcome) != own]
        estimates += one.estimates
        details += one.details
    return {
        **found, "estimates.csv": by_horizon(estimates), "details.csv": by_horizon(details)
    }  # fmt: skip


def _together(spec: Spec, folder: Path) -> Rows:
    try:
        supply = given_supply(spec, folder)
    except DataError:
        return {}
    results = fit_models(spec, supply)
    refit = Refitting(Request(spec), folder, supply)
    universe: tuple[Specified, ...] = ()
    if spec.vary:
        universe = estimate_universe(
            spec, members_of(spec, catalogue()), results, refit, refit.gather,
            lambda own, result: headline_verdicts(own, supply, (result,)), lambda stage: None,
        )  # fmt: skip
    verdicts = judge_models(
        spec, supply, results, refit, gather=refit.gather, draw=refit.draw, universe=universe
    )
    subgroups = subgroups_of(spec, supply, results, refit)
    verdicts = (*verdicts, *judged_levels(subgroups))
    return {
        "estimates.csv": by_horizon(
            (*estimate_rows(spec, results), *subgroup_rows(spec, subgroups))
        ),
        "checks.csv": by_horizon(check_rows(spec, verdicts)),
        "details.csv": by_horizon(detail_rows(spec, results, (), verdicts)),
        "specifications.csv": tuple(one.row for one in universe),
        "worth.csv": tuple(worth_rows(spec, results)),
    }
