"""An outcome in cells of the design, under two policies: all that a truth is computed from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.filters import satisfied
from evaluation.data.model_rows import outcome_values
from evaluation.data.outcome_dates import carried_over
from evaluation.data.prepare import Prepared
from evaluation.data.question import Question
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

BLOCKS = 20
ROLES = {
    "did": ("treated", "post", "third", "event_time"),
    "staggered_did": ("cohort", "period"),
    "rd": ("post", "running"),
    "single_unit": ("treated", "post", "event_time"),
}
SUBGROUP = "subgroup"
BoolArray = NDArray[np.bool_]


def coupled_cells(
    with_policy: Prepared, without: Prepared, spec: Spec, question: Question
) -> pd.DataFrame:
    """Return an outcome's sums, or its values, in every cell under both policies.

    Parameters
    ----------
    with_policy, without
        The sample in each run.
    spec
        Whose design the cells follow.
    question
        Which cells.

    Returns
    -------
    DataFrame
        One row a cell, sorted: ``block`` (units in twenty groups, for the Monte Carlo error),
        ``subgroup``, the design's roles or the outcome's ``value``; then ``total``, ``paired``,
        ``weight`` and ``missing`` (rows whose lead has no value), each ``_1`` with the policy and
        ``_0`` without it, 0 where a run has no rows in the cell.
    """
    cell = ["block", SUBGROUP]
    cell += ["value"] if question.kind == "values" else list(ROLES[spec.design.kind])
    runs = (
        _rows(run, spec, question).groupby(cell, dropna=False, sort=True, observed=True).sum()
        for run in (with_policy, without)
    )
    first, second = runs
    both = first.add_suffix("_1").join(second.add_suffix("_0"), how="outer")
    return both.fillna(0.0).sort_index().reset_index()


def _rows(run: Prepared, spec: Spec, question: Question) -> pd.DataFrame:
    """Return one run's rows with their cell and what is summed."""
    panel, roles, frame = run.panel, run.roles, run.panel.frame
    outcome = Outcome(column=question.column, kind="continuous", transform=question.transform)
    y = outcome_values(frame, question.column, outcome)
    rows = np.ones(len(y), dtype=bool)
    if question.dated is not None:
        rows &= ~carried_over(panel, roles, spec, question.dated)
    for keep in question.keep:
        rows &= satisfied(frame[keep.column], keep, "models.keep")
    if question.periods != "all" and roles.post is not None:
        rows &= roles.post == (1.0 if question.periods == "post" else 0.0)
    paired = np.zeros(len(y))
    if question.paired is not None:
        paired = frame[question.paired].to_numpy(np.float64, na_value=np.nan)
    if question.times is not None:
        paired = paired * frame[question.times].to_numpy(np.float64, na_value=np.nan)
    seen = ~(np.isnan(y) | np.isnan(paired))
    rows &= seen if question.dated is None else ~np.isnan(paired)
    weight = _weight(run, question)
    rows &= weight > 0
    weight = np.where(seen, weight, 0.0)
    # By the unit's own value, so that both runs put it into the same block.
    unit = frame[panel.unit] if panel.unit else pd.Series(np.arange(len(y)))
    block = pd.util.hash_pandas_object(unit, index=False).to_numpy() % BLOCKS
    table: dict[str, object] = {
        "block": block.astype(np.int64),
        SUBGROUP: "" if question.by is None else _labels(frame[question.by]),
    }
    if question.kind == "values":
        rows &= _treated_after(run, rows)
        table["value"] = y
    else:
        for name in ROLES[spec.design.kind]:
            role = panel.period if name == "period" else getattr(roles, name)
            table[name] = np.zeros(len(y)) if role is None else np.asarray(role, np.float64)
        if "cohort" in table:
            table["cohort"] = _timed_cohort(run, rows)
    table["total"] = np.where(seen, y, 0.0) * weight
    table["paired"] = np.where(seen, paired, 0.0) * weight
    table["weight"] = weight
    table["missing"] = (~seen).astype(np.float64)
    return pd.DataFrame(table).loc[rows]


def _labels(column: pd.Series) -> pd.Series:
    """Return a column's values as text, whole numbers without a decimal point."""
    whole = pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all()
    values = column.astype("Int64") if whole else column
    return values.astype(str).where(column.notna(), "missing")


def _weight(run: Prepared, question: Question) -> NDArray[np.float64]:
    panel = run.panel
    column = question.column
    if question.weights == "municipality" or (name := panel.weight_of(column)) is None:
        return np.ones(len(panel.frame))
    return panel.frame[name].to_numpy(np.float64)


def _timed_cohort(run: Prepared, rows: BoolArray) -> NDArray[np.float64]:
    """Return each row's cohort, missing where it is never treated or was from the first period."""
    cohort, period = run.roles.cohort, run.panel.period
    if cohort is None or period is None or not rows.any():
        return np.full(len(rows), np.nan)
    timed = np.isfinite(cohort) & (cohort > period[rows].min())
    return np.where(timed, cohort, np.nan)


def _treated_after(run: Prepared, rows: BoolArray) -> BoolArray:
    roles = run.roles
    if roles.treated is None or roles.post is None:
        return np.zeros(len(rows), dtype=bool)
    chosen: BoolArray = (roles.treated == 1) & (roles.post == 1)
    return chosen if roles.cohort is None else chosen & np.isfinite(_timed_cohort(run, rows))
