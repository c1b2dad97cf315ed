"""Whether treatment decides whose outcome is missing, and what that can hide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evaluation.checks._numbers import Number, number_of
from evaluation.checks._power import detectable
from evaluation.checks.contract import Case, Verdict
from evaluation.data.kept import kept_rows
from evaluation.data.model_rows import model_rows, outcome_values
from evaluation.data.numbers import numbers_of
from evaluation.data.outcome_dates import beyond_data, carried_over
from evaluation.data.panel import Panel
from evaluation.data.roles import Roles
from evaluation.errors import DataError, EstimationError
from evaluation.estimators.contract import FloatArray
from evaluation.estimators.registry import estimator
from evaluation.inference.retention_bounds import (
    Bounds,
    Groups,
    groups_of,
    lee_bounds,
    manski_bounds,
)
from evaluation.spec.design import DidDesign
from evaluation.spec.options import OptionsModel
from evaluation.spec.sample import Outcome

TITLE = "Attrition"
ASSUMPTION = "treatment does not decide whose outcome is missing"
SOURCE = (
    "Lee (2009), Review of Economic Studies 76(3), proposition 1a; Manski (1990), American "
    "Economic Review 80(2)"
)
LEVEL = 0.05
SEEN = "ad_outcome_seen"
# Least and largest value by kind of outcome.
RANGES: dict[str, tuple[float, float]] = {"binary": (0.0, 1.0), "share": (0.0, 1.0)}


class Options(OptionsModel):
    """The range of an outcome that is neither binary nor a share.

    Attributes
    ----------
    least, most
        Least and largest value that such an outcome can have, for bounds without assumptions;
        binary outcomes and shares have 0 and 1.
    """

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Entries:
    """Rows of a model before any is left out for a missing outcome."""

    panel: Panel
    roles: Roles
    y: FloatArray


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model with "the outcome is seen" as its outcome, and bound the effect.

    Missing are outcomes of rows that stand in the panel: with ``lead_months`` those of persons who
    emigrate, die or are lost before their outcome date; not those whose date lies beyond the data.
    Two rows an outcome: ``retention`` (``violation found`` or ``not detected``) and ``bounds``, of
    the two-by-two difference in differences without effects and controls. Lee's trim by the change
    in retention and hold where treatment moves everybody in one direction; Manski's need no
    assumption. They are no intervals: sampling error comes on top.

    Raises
    ------
    DataError
        For designs without two groups and two sides.
    """
    design = case.spec.design
    if not isinstance(design, DidDesign) or design.treated is None:
        raise DataError(
            f"design.kind {design.kind!r}: bounds are those of treated against control, before "
            "against after: use design 'did' with treated"
        )
    return tuple(verdict for name in case.result.fits for verdict in _verdicts(case, name, options))


def _verdicts(case: Case, name: str, options: Any) -> tuple[Verdict, ...]:
    outcome = case.spec.outcomes[name]
    entries = _entries(case, name, outcome)
    missing = np.isnan(entries.y)
    if not missing.any():
        reason = (
            "no outcome is missing among the rows of the model; who has left the panel has no row: "
            "give the outcome lead_months"
        )
        return (Verdict(name, None, None, "refused", reason, term="retention"),)
    retention = _retention(case, entries, ~missing)
    return (_seen(name, retention, float(missing.mean())), _bounds(name, entries, outcome, options))


def _entries(case: Case, name: str, outcome: Outcome) -> Entries:
    """Return the rows whose outcome could be seen, missing or not."""
    prepared = case.rows()
    panel, roles = prepared.panel, prepared.roles
    y = outcome_values(panel.frame, name, outcome)
    rows = kept_rows(panel, roles, case.result.model)
    if outcome.dated.moved:
        rows &= ~carried_over(panel, roles, case.spec, outcome.dated)
        rows &= ~beyond_data(panel, outcome.dated, ~np.isnan(y))
    return Entries(panel.take(rows, "rows of the model"), roles.only(rows), y[rows])


def _retention(case: Case, entries: Entries, seen: np.ndarray) -> Number | str:
    """Return the effect on the outcome being seen, or why there is none."""
    model = case.result.model
    frame = entries.panel.frame.assign(**{SEEN: seen.astype(np.float64)})
    panel = replace(entries.panel, frame=frame)
    setting = replace(case.result.setting, evidence=frozenset(), strata=())
    indicator = Outcome(column=SEEN, kind="share")
    try:
        data = model_rows(panel, entries.roles, case.spec, model, SEEN, indicator)
        found = number_of(estimator(model.estimator).fit(data, setting))
    except (DataError, EstimationError) as error:
        return "; ".join(error.faults)
    return found or "the model gives no single number"


def _seen(name: str, retention: Number | str, missing: float) -> Verdict:
    term = "retention"
    if isinstance(retention, str):
        return Verdict(name, None, None, "refused", retention, term=term)
    details = (
        ("missing", missing),
        ("estimate", retention.estimate),
        ("std_error", retention.std_error),
    )
    if retention.p_value is None or retention.std_error is None:
        reason = f"retention moves by {retention.estimate:+.4g}, without a standard error"
        return Verdict(name, None, None, "refused", reason, term=term, details=details)
    found = retention.p_value < LEVEL
    power = "" if found else f"; {detectable(retention.std_error, retention.df)}"
    return Verdict(
        name,
        retention.ratio,
        retention.p_value,
        "violation found" if found else "not detected",
        f"{missing:.2%} of outcomes are missing; treatment moves the share seen by "
        f"{retention.estimate:+.4g} (standard error {retention.std_error:.4g}){power}",
        term=term,
        details=details,
    )


def _bounds(name: str, entries: Entries, outcome: Outcome, options: Any) -> Verdict:
    term, roles = "bounds", entries.roles
    if roles.treated is None or roles.post is None:
        return Verdict(name, None, None, "refused", "the rows have no groups", term=term)
    column = entries.panel.weight
    weight = np.ones(len(entries.y))
    if column is not None:
        weight = np.nan_to_num(numbers_of(entries.panel.frame[column], "panel.weight", column))
    groups = groups_of(entries.y, roles.treated > 0, roles.post > 0, weight)
    lee = lee_bounds(groups)
    ends = RANGES.get(outcome.kind, (options.least, options.most))
    manski = None
    if ends[0] is not None and ends[1] is not None and outcome.transform is None:
        manski = manski_bounds(groups, float(ends[0]), float(ends[1]))
    excluded = lee.low > 0 or lee.high < 0
    return Verdict(
        name,
        None,
        None,
        "bounds exclude zero" if excluded else "bounds include zero",
        _in_words(groups, lee, manski),
        term=term,
        details=(
            ("estimate", groups.estimate),
            ("retention_change", groups.change),
            ("lee_low", lee.low),
            ("lee_high", lee.high),
            ("lee_trimmed", lee.trimmed),
            ("manski_low", None if manski is None else manski.low),
            ("manski_high", None if manski is None else manski.high),
        ),
    )


def _in_words(groups: Groups, lee: Bounds, manski: Bounds | None) -> str:
    more = groups.change > 0
    side = "treated" if more else "controls"
    moved = "go missing" if more else "be seen that would be missing"
    worst = "Manski's need least and most"
    if manski is not None:
        worst = f"Manski bounds {manski.low:.4g} to {manski.high:.4g}"
    return (
        f"two-by-two estimate {groups.estimate:.4g}; Lee bounds {lee.low:.4g} to {lee.high:.4g}, "
        f"{lee.trimmed:.2%} trimmed off the {side} after, if treatment makes nobody's outcome "
        f"{moved}; {worst}"
    )
