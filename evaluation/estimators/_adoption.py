"""Who adopts when: cohorts and units that a staggered estimator may use, and those it may not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._guards import required, required_period
from evaluation.estimators._subset import subset
from evaluation.estimators._units import rows_among, units_among


@dataclass(frozen=True)
class Adoption:
    """A panel made ready for group-time effects.

    Attributes
    ----------
    data
        The rows used.
    cohort
        First treated period, ``inf`` for never or after the data end, shape ``(n,)``.
    period
        Shape ``(n,)``.
    cohorts
        Finite cohorts with a base period, ascending.
    periods
        Periods that occur, ascending.
    balanced
        Whether every unit is seen once in every period; ``False`` without units.
    details
        ``(term, name, value)``.
    warnings
        For the status of the rows.
    """

    data: ModelData
    cohort: FloatArray
    period: IntArray
    cohorts: tuple[int, ...]
    periods: tuple[int, ...]
    balanced: bool
    details: tuple[tuple[str, str, float | int | str | bool | None], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Untreated:
    """Rows of units that have an untreated period, or marks on those that have none.

    Attributes
    ----------
    data
        The rows that the design keeps.
    always
        Whether a row belongs to a unit treated from the first period on, shape ``(n,)``.
    details
        ``(term, name, value)``.
    warnings
        For the status of the rows.
    """

    data: ModelData
    always: NDArray[np.bool_]
    details: tuple[tuple[str, str, float | int | str | bool | None], ...]
    warnings: tuple[str, ...]


def without_always_treated(data: ModelData, design: Any) -> Untreated:
    """Take out, or mark, units treated before they are seen untreated.

    Those are cohorts that, less anticipation, lie at or before the first period of the data.
    ``drop`` leaves their rows out, ``keep_as_always`` keeps them in the counts; no estimator may
    make them controls.

    Parameters
    ----------
    data
        Rows of one outcome.
    design
        ``anticipation`` and ``always_treated``.

    Raises
    ------
    NeedsRows
        Where cells do not show how many units those are.
    """
    cohort = required(data.cohort, "a cohort", data.outcome)
    always = cohort - design.anticipation <= required_period(data).min()
    if not always.any():
        return Untreated(data, always, (), ())
    count, noun = _counted(data, always)
    note = (
        f"{count} {noun} are treated from the first period on: they have no base period and "
        "serve neither as treated nor as controls"
    )
    if design.always_treated != "keep_as_always":
        left, seen = units_among(data, ~always), data
        data, always = subset(data, np.flatnonzero(~always)), always[~always]
        if seen.from_cells:
            # Whole units left, so that those left are as complete as all were.
            data = replace(data, units=left, complete=seen.complete or None)
    return Untreated(data, always, (("", "always_treated", count),), (note,))


def _counted(data: ModelData, entries: NDArray[np.bool_]) -> tuple[int, str]:
    """Return how many units some cohorts have, or rows where the panel names no unit."""
    count = units_among(data, entries)
    if count is not None:
        return count, "units"
    if data.from_cells and data.units is not None:
        raise NeedsRows("cells do not show how many units a cohort has")
    return rows_among(data, entries), "rows"


def own_periods(period: IntArray, rows: NDArray[np.bool_]) -> IntArray:
    """Return codes that give some rows period effects of their own, so that none is a control.

    Parameters
    ----------
    period
        Shape ``(n,)``.
    rows
        Which rows, shape ``(n,)``; all others share one code.
    """
    codes = np.where(rows, period - period.min() + 1, 0)
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def adoption(data: ModelData, design: Any) -> Adoption:
    """Return the rows and cohorts that group-time effects can use.

    Units treated from the first period on are never controls: see :func:`without_always_treated`.

    Parameters
    ----------
    data
        Rows of one outcome.
    design
        ``anticipation``, ``always_treated`` and ``unbalanced``.

    Raises
    ------
    DataError
        Where the panel is unbalanced and the design does not say what to do, or no cohort is left.
    """
    periods = np.unique(required_period(data))
    seen = without_always_treated(data, design)
    details = list(seen.details)
    data = seen.data
    data, balanced = _balance(data, design.unbalanced, details)
    cohort, period = np.asarray(data.cohort), np.asarray(data.period)
    last = int(periods[-1]) + design.anticipation
    late = np.isfinite(cohort) & (cohort > last)
    if late.any():
        details.append(("", "treated_after_data", _counted(data, late)[0]))
        cohort = np.where(late, np.inf, cohort)
    usable = np.unique(cohort[np.isfinite(cohort) & (cohort - design.anticipation > periods[0])])
    if len(usable) == 0:
        raise DataError(
            f"outcome {data.outcome}: no cohort is treated inside the data after an untreated "
            "period: check design.cohort, anticipation and the window"
        )
    return Adoption(
        data=data,
        cohort=cohort,
        period=period,
        cohorts=tuple(int(g) for g in usable),
        periods=tuple(int(t) for t in periods),
        balanced=balanced,
        details=tuple(details),
        warnings=seen.warnings,
    )


def _balance(
    data: ModelData,
    rule: str | None,
    details: list[tuple[str, str, float | int | str | bool | None]],
) -> tuple[ModelData, bool]:
    """Return the rows that the unbalanced rule leaves, and whether they form a balanced panel."""
    if data.from_cells:
        return data, _balanced_cells(data, rule, details)
    if data.unit is None or data.period is None or data.n_obs == 0:
        return data, False
    length = len(np.unique(data.period))
    unit = np.unique(data.unit, return_inverse=True)[1]
    seen = np.bincount(unit)
    if np.all(seen == length):
        return replace(data, unit=unit.astype(np.int64)), True
    if rule is None:
        raise DataError(
            f"design.unbalanced: {int(np.sum(seen != length))} of {len(seen)} units are not seen "
            f"in all {length} periods, and the answer depends on what is done with them: set "
            "unbalanced = 'keep' or 'drop_incomplete'"
        )
    details.append(("", "unbalanced", rule))
    if rule == "keep":
        return replace(data, unit=unit.astype(np.int64)), False
    complete = seen == length
    details.append(("", "incomplete_units_dropped", int(np.sum(~complete))))
    if not complete.any():
        raise DataError(
            "design.unbalanced: no unit is seen in every period, so 'drop_incomplete' leaves "
            "nothing: set unbalanced = 'keep' or narrow the window"
        )
    data = subset(data, np.flatnonzero(complete[unit]))
    unit = np.unique(data.unit, return_inverse=True)[1] if data.unit is not None else unit
    return replace(data, unit=unit.astype(np.int64)), True


def _balanced_cells(
    data: ModelData,
    rule: str | None,
    details: list[tuple[str, str, float | int | str | bool | None]],
) -> bool:
    """Say whether the units behind cells form a balanced panel; refuse where the rule forbids it.

    No unit has two rows in a period, so that they do where rows are units times periods.
    """
    if (data.unit_shares is None and data.units is None) or data.n_obs == 0:
        return False
    if data.units is None and not data.complete:
        raise NeedsRows("cells do not show whether every unit is seen in every period")
    length = len(np.unique(required_period(data)))
    if data.complete or data.n_obs == (data.units or 0) * length:
        return True
    if rule is None:
        raise DataError(
            f"design.unbalanced: some of {data.units} units are not seen in all {length} periods, "
            "and the answer depends on what is done with them: set unbalanced = 'keep' or "
            "'drop_incomplete'"
        )
    if rule != "keep":
        raise NeedsRows("units seen in some periods only are to be dropped")
    details.append(("", "unbalanced", rule))
    return False
