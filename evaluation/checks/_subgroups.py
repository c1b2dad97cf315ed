"""Heterogeneity: the levels of a column, their fits, and the verdict on whether they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.supply import Supply
from evaluation.checks._level_fits import (
    LevelFit,
    Levels,
    Refit,
    fit_levels,
    levels_of,
    pair_label,
)
from evaluation.checks._level_tests import (
    LevelTest,
    level_covariance,
    level_number,
    level_test,
)
from evaluation.checks._numbers import NO_NUMBER, Number
from evaluation.checks.contract import Verdict
from evaluation.errors import DataError, EstimationError
from evaluation.estimators.contract import Fit
from evaluation.estimators.fitting import CELLS, Failure, ModelResult
from evaluation.spec.spec import Spec

HETEROGENEITY = "heterogeneity"
DIFFER, SAME, REFUSED = "levels differ", "no difference detected", "refused"
LEVEL = 0.05
NO_COVARIANCE = (
    "clusters may have rows in two levels, and the model tells no influence by cluster: their "
    "joint variance is unknown; use a column that is constant inside clusters"
)


@dataclass(frozen=True)
class Subgroups:
    """The levels of one column for one model and outcome.

    Attributes
    ----------
    result
        The model.
    by, outcome
        The column, and the outcome.
    fits
        Every level, in order; empty where the column cannot split the sample.
    verdict
        On whether they differ.
    test
        Joint test and pairwise differences; ``None`` where there is none.
    tested
        Positions among ``fits`` of the levels that are tested.
    """

    result: ModelResult
    by: str
    outcome: str
    fits: tuple[LevelFit, ...]
    verdict: Verdict
    test: LevelTest | None = None
    tested: tuple[int, ...] = field(default=())


def subgroups_of(
    spec: Spec,
    supply: Supply,
    results: tuple[ModelResult, ...],
    refit: Refit,
    refit_rows: Refit | None = None,
    announce: Callable[[str], None] = lambda stage: None,
) -> tuple[Subgroups, ...]:
    """Return what every ``[[heterogeneity]]`` asks for: levels of each column, model by model.

    The fits by level are those of one regression in which every term is interacted with the level,
    with the covariance of all levels from influences summed within clusters.

    Parameters
    ----------
    spec, supply, results
        What was asked, what it was estimated from, and what was found.
    refit
        Estimates the models of another spec on the same input.
    refit_rows
        As ``refit``, from rows alone: asked where levels share clusters that no cell is made of.
        ``None`` where rows are out of reach.
    announce
        Told every column as it begins.
    """
    found: list[Subgroups] = []
    asked = dict.fromkeys(
        (by, model) for one in spec.heterogeneity for by in one.by for model in one.models
    )
    by_id = {result.model.id: result for result in results}
    for by, model_id in asked:
        announce(f"{HETEROGENEITY} {model_id} by {by}")
        found += _of_model(spec, supply, by_id[model_id], by, refit, refit_rows)
    return tuple(found)


def _of_model(
    spec: Spec,
    supply: Supply,
    result: ModelResult,
    by: str,
    refit: Refit,
    refit_rows: Refit | None,
) -> Iterator[Subgroups]:
    model = result.model
    try:
        levels = levels_of(spec, model, by, supply)
        fits = fit_levels(spec, model, by, levels, refit)
        # A cutoff's estimators tell no influence, from rows as little as from cells.
        if refit_rows is not None and spec.design.kind != "rd" and _blind(fits, levels):
            fits = fit_levels(spec, model, by, levels, refit_rows)
    except (DataError, EstimationError, NeedsRows) as error:
        reason = error.reason if isinstance(error, NeedsRows) else "; ".join(error.faults)
        for name in spec.outcomes_of(model):
            verdict = Verdict(name, None, None, REFUSED, reason, term=by)
            yield Subgroups(result, by, name, (), verdict)
        return
    for name, one in fits.items():
        yield _judged(result, by, name, one, levels)


def _blind(fits: dict[str, tuple[LevelFit, ...]], levels: Levels) -> bool:
    """Whether levels were fitted on cells that cannot tell how clusters move them together."""
    found = [one for several in fits.values() for one in several if isinstance(one.found, Fit)]
    return not levels.apart and any(
        one.engine == CELLS and isinstance(one.found, Fit) and one.found.influence is None
        for one in found
    )


def _judged(
    result: ModelResult, by: str, name: str, fits: tuple[LevelFit, ...], levels: Levels
) -> Subgroups:
    numbers: dict[int, Number] = {}
    for at, one in enumerate(fits):
        number = level_number(one.found) if isinstance(one.found, Fit) else None
        if number is not None and number.std_error:
            numbers[at] = number
    details: tuple[tuple[str, float | int | str | bool | None], ...] = (
        ("levels", len(fits)),
        ("levels_tested", len(numbers)),
        ("rows_without_a_level", levels.without),
        *((f"{one.label}: engine", one.engine) for one in fits if one.engine),
    )
    tested = tuple(numbers)
    if len(tested) < 2:
        reason = _why_none(fits)
        verdict = Verdict(name, None, None, REFUSED, reason, term=by, details=details)
        return Subgroups(result, by, name, fits, verdict)
    covariance = level_covariance(tuple(numbers.values()), levels.apart)
    if covariance is None:
        verdict = Verdict(name, None, None, REFUSED, NO_COVARIANCE, term=by, details=details)
        return Subgroups(result, by, name, fits, verdict)
    test = level_test(tuple(numbers.values()), covariance)
    named = [fits[at] for at in tested]
    labels = [one.label for one in named]
    more = (
        ("rank", test.test.rank),
        ("degrees_of_freedom", test.df),
        ("critical_value_of_differences", test.critical),
        *(
            (f"{label}: {end}", float(test.levels[at, place]))
            for at, label in enumerate(labels)
            for place, end in enumerate(("conf_low_adjusted", "conf_high_adjusted"))
        ),
        *(
            (f"{pair_label(by, named[d.first], named[d.second])}: minimum_detectable", d.detectable)
            for d in test.differences
        ),
    )
    verdict = Verdict(
        name,
        test.test.statistic,
        test.p_value,
        REFUSED if test.p_value is None else DIFFER if test.p_value < LEVEL else SAME,
        _message(test, by, named, len(fits) - len(tested)),
        term=by,
        details=(*details, *more),
    )
    return Subgroups(result, by, name, fits, verdict, test, tested)


def _message(test: LevelTest, by: str, levels: list[LevelFit], refused: int) -> str:
    largest = max(test.differences, key=lambda one: abs(one.estimate))
    known = [one.detectable for one in test.differences if one.detectable is not None]
    pair = pair_label(by, levels[largest.first], levels[largest.second])
    found = f"{len(levels)} levels; largest difference {largest.estimate:+.4g} ({pair}"
    if largest.p_value is not None:
        found += f", adjusted p {largest.p_value:.3g}"
    found += ")"
    if known:
        found += f"; power 80% against differences of {min(known):.2g}"
        found += f" to {max(known):.2g}" if max(known) > min(known) else ""
    if refused:
        found += f"; {refused} level{'s' if refused > 1 else ''} refused"
    if test.p_value is None:
        found += "; too few degrees of freedom for a joint test"
    return found


def _why_none(fits: tuple[LevelFit, ...]) -> str:
    reasons = [one.found.reason for one in fits if isinstance(one.found, Failure)]
    if not reasons:
        return NO_NUMBER
    return "fewer than two levels have an estimate: " + "; ".join(dict.fromkeys(reasons))
