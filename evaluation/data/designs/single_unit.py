"""One treated unit and its donors: who is treated, since when, and who may stand in for it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.data.coarsen import ROWS
from evaluation.data.designs._moments import BoolArray, holds
from evaluation.data.filters import satisfied
from evaluation.data.panel import Panel
from evaluation.data.roles import Roles
from evaluation.errors import DataError
from evaluation.spec.design import DonorScreen, SingleUnitDesign
from evaluation.spec.missing import TIMES, lacking
from evaluation.spec.spec import Spec

IntArray = np.ndarray


def assign(panel: Panel, spec: Spec) -> Roles:
    """Return the treated unit, the periods after the reform and event time.

    Rows of units that are neither treated nor donors have no role: those that fail a filter of
    ``donors.keep`` in any period, adopt by the last period or at a time that nobody knows, or have
    too few rows behind a mean.

    Raises
    ------
    DataError
        Where not exactly one unit is treated, or it is so in some periods only; where a filter of
        ``donors.keep`` holds in no row; where the reform is no date, or lies after the periods.
    InsufficientDesign
        Where fewer than two donors are left, or nothing is seen before the reform.
    """
    design = spec.design
    if not isinstance(design, SingleUnitDesign) or panel.period is None or panel.unit is None:
        raise TypeError(
            "the single_unit design is assigned to single_unit specs with unit and time"
        )
    unit, count = _units(panel)
    treated = _treated(panel, design, unit, count)
    first = _first_post(panel, design)
    _refuse_one_side(panel, treated, first)
    donor = ~treated
    words = []
    for reason, fit in _screens(panel, design, unit, count):
        leaving = donor & ~fit
        donor &= fit
        if leaving.any():
            words.append(f"{len(np.unique(unit[leaving]))} {reason}")
    left = len(np.unique(unit[donor]))
    if left < 2:
        out = f" (left out: {_listed(words)})" if words else ""
        sentence = f"{left} of {count - 1} units are left as donors, and a comparison needs two"
        raise lacking("design.donors", f"{sentence}{out}", "donors")
    return Roles(
        treated | donor,
        f"units that are no donors: {_listed(words)}" if words else "",
        treated=treated.astype(np.float64),
        post=(panel.period >= first).astype(np.float64),
        event_time=(panel.period - first).astype(np.float64),
    )


def _units(panel: Panel) -> tuple[IntArray, int]:
    """Return the code of every row's unit, shape ``(n,)``, and the number of units."""
    codes, values = pd.factorize(panel.frame[panel.unit])
    return codes, len(values)


def _treated(panel: Panel, design: SingleUnitDesign, unit: IntArray, count: int) -> BoolArray:
    """Return the rows of the treated unit."""
    inside = holds(panel, design.treated, "design.treated")
    found = np.unique(unit[inside])
    if len(found) != 1:
        raise DataError(
            f"design.treated: {len(found)} of {count} units are treated, and a single_unit design "
            "takes one; name it in design.treated, or make persons into one unit with "
            "sample.rows = { by = [...] }"
        )
    of_unit = unit == found[0]
    outside = int((of_unit & ~inside).sum())
    if outside:
        raise DataError(
            f"design.treated: does not hold in {outside} of {int(of_unit.sum())} rows of its unit; "
            "name the unit, and its date in reform_date or post"
        )
    treated: BoolArray = of_unit
    return treated


def _first_post(panel: Panel, design: SingleUnitDesign) -> int:
    """Return the first period after the reform."""
    if design.reform_date is not None:
        if panel.calendar.unit == "integer":
            raise DataError(
                "design.reform_date: is a date, but the panel's time is whole numbers; "
                "use post = { column = ..., at_least = ... }"
            )
        return panel.calendar.of_date(design.reform_date)
    if panel.first_post is None or design.post is None:
        raise DataError("design.post: holds in no row of the panel; check its condition")
    column = design.post.column
    if column in panel.frame:
        after = satisfied(panel.frame[column], design.post, "design.post")
        wrong = int(np.sum(after != _from(panel, panel.first_post)))
        if wrong:
            raise DataError(
                f"design.post: parts {wrong} rows from others of their own period, or ends again; "
                "one treated unit needs one date, such as "
                "post = { column = the panel's time, at_least = ... }"
            )
    return panel.first_post


def _from(panel: Panel, first: int) -> BoolArray:
    """Return the rows of a period and of later ones."""
    if panel.period is None:
        raise DataError("panel.time: is missing; single_unit needs it")
    after: BoolArray = panel.period >= first
    return after


def _refuse_one_side(panel: Panel, treated: BoolArray, first: int) -> None:
    """Refuse a treated unit that is not seen both before and after the reform."""
    after = _from(panel, first)
    for moment, rows in (("before", ~after), ("after", after)):
        if not (treated & rows).any():
            sentence = f"the treated unit has no rows {moment} the reform"
            if moment == "after" and not rows.any():
                raise DataError(
                    f"design.treated: {sentence}; check the reform date, panel.window and sample"
                )
            raise lacking("design.treated", sentence, TIMES[moment])


def _screens(
    panel: Panel, design: SingleUnitDesign, unit: IntArray, count: int
) -> Iterator[tuple[str, BoolArray]]:
    """Yield what each screen calls the units that it leaves out, and the rows that pass it."""
    donors = design.donors
    for position, keep in enumerate(donors.keep):
        where = f"design.donors.keep.{position + 1}"
        rows = satisfied(panel.frame[keep.column], keep, where)
        if not rows.any():
            raise DataError(f"{where}: holds in no row of the sample; check its condition")
        yield f"fail keep on {keep.column}", _always(rows, unit, count)
    if donors.screen is not None:
        known, later = _adoption(panel, donors.screen)
        yield "adopt at an unknown time", _always(known, unit, count)
        yield "adopt by the last period", _always(later, unit, count)
    if donors.least_rows is not None:
        rows = panel.frame[ROWS].to_numpy(np.float64) >= donors.least_rows
        yield f"have fewer than {donors.least_rows} rows in a period", _always(rows, unit, count)


def _always(rows: BoolArray, unit: IntArray, count: int) -> BoolArray:
    """Return the rows of units in all of whose rows something holds."""
    never_fails = np.ones(count, dtype=bool)
    never_fails[unit[~rows]] = False
    whole: BoolArray = never_fails[unit]
    return whole


def _adoption(panel: Panel, screen: DonorScreen) -> tuple[BoolArray, BoolArray]:
    """Return the rows whose adoption is known, and those where it lies after the last period."""
    values = panel.frame[screen.column]
    absent = values.isna().to_numpy(dtype=bool)
    never = _never(values, screen)
    dated = ~absent & ~never
    later = never.copy()
    if dated.any():
        where = f"design.donors.screen {screen.column!r}"
        adopted = panel.calendar.index(values[dated].reset_index(drop=True), where)
        later[dated] = adopted > int(panel.period.max())  # type: ignore[union-attr]
    known: BoolArray = ~absent | never
    return known, later | ~known


def _never(values: pd.Series, screen: DonorScreen) -> BoolArray:
    """Return the rows whose unit never adopts."""
    if screen.never is None:
        return np.zeros(len(values), dtype=bool)
    if screen.never == "missing":
        return np.asarray(values.isna(), dtype=bool)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    if isinstance(screen.never, float) and math.isinf(screen.never):
        return np.asarray(np.isinf(numbers), dtype=bool)
    return np.asarray(numbers == screen.never, dtype=bool)


def _listed(words: list[str]) -> str:
    return ", ".join(words)
