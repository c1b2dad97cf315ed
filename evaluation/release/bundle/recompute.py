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
from evaluation.report.horizons import by_horizon
from evaluation.report.rows import check_rows, detail_rows, estimate_rows, subgroup_rows
from evaluation.results import AnyRow
from evaluation.spec.members import members_of
from evaluation.spec.spec import Spec

Rows = Mapping[str, tuple[AnyRow, ...]]


def recompute(spec: Spec, folder: Path) -> Rows:
    """Return the rows of every result file that a folder of cells answers, by its name.

    A model that the cells do not carry is a row with its reason, as in any run from cells. Where
    too little is left of the cells for any model there are no rows at all.

    Parameters
    ----------
    spec
        What is asked.
    folder
        Cells in the format of the store.
    """
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
