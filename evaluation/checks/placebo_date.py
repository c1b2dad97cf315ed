"""Pretend that the reform came earlier, and rank the estimate among what that gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from evaluation.checks._placebos import headlines, ranked
from evaluation.checks._refit import Refitted, refit_all
from evaluation.checks._shifted import adopted_earlier
from evaluation.checks._variants import (
    Moment,
    before,
    begins,
    cut_of,
    later,
    moved,
    with_models,
)
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.spec.design import DidDesign, StaggeredDesign
from evaluation.spec.options import OptionsModel

TITLE = "Placebo dates"
ASSUMPTION = "parallel trends"
SOURCE = (
    "Bertrand, Duflo and Mullainathan (2004), Quarterly Journal of Economics 119(1), section III; "
    "ranks, because dates share rows"
)
# Months between placebo dates, and least months on either side; periods for whole numbers.
EVERY, LEAST = 6, 12


class Options(OptionsModel):
    """Dates, or how far apart they lie; under staggered adoption, how much earlier.

    Attributes
    ----------
    dates
        Placebo dates before the reform, of the kind of ``panel.time``; evenly spaced ones if not
        given.
    every
        Months (periods where time is whole numbers) between placebo dates; 6 (1) if not given.
    least
        Months (periods) before the first and after the last placebo date, at least; 12 (1) if not
        given.
    earlier
        Under staggered adoption: periods by which every cohort is taken to have adopted earlier,
        one fit each.
    """

    dates: tuple[dt.date, ...] | tuple[int, ...] | None = Field(default=None, min_length=1)
    every: int | None = Field(default=None, ge=1)
    least: int | None = Field(default=None, ge=1)
    earlier: tuple[Annotated[int, Field(ge=1)], ...] = (1, 2, 3, 4)

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for every date that does not lie before the reform."""
        del owner
        reform = getattr(spec.design, "reform_date", None)
        if reform is None:
            return
        for date in self.dates or ():
            if not isinstance(date, dt.date):
                yield f"{where}.dates: found {date}; allowed: dates, as design.reform_date is one"
            elif date >= reform:
                yield f"{where}.dates: found {date}; allowed: dates before the reform, {reform}"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model at earlier dates from rows before the reform alone, and rank it.

    Rows from the reform on are out, and those from months dropped just before it (announced). Under
    staggered adoption every cohort adopts some periods earlier and is cut where it did adopt. The
    verdict is ``violation found`` where a placebo differs from zero (by Bonferroni), else ``within
    the placebo range`` or ``beyond the placebo range``; dates share rows, so ranks are no p-values.

    Raises
    ------
    DataError
        For a design without dates that can be moved, or a date that is not before the reform.
    """
    if isinstance(case.spec.design, StaggeredDesign):
        placebos, noun = adopted_earlier(case, options.earlier), "shifts"
    else:
        placebos, noun = _earlier(case, options), "dates"
    numbers = headlines(case)
    return tuple(ranked(name, one, placebos[name], noun) for name, one in numbers.items())


def _earlier(case: Case, options: Any) -> dict[str, tuple[Refitted, ...]]:
    spec = with_models(case.spec, case.result.model)
    cut = cut_of(spec)
    variants = {
        label_of(date): moved(before(spec, cut), date)
        for date in placebo_dates(case, options.dates, options.every, options.least)
    }
    return refit_all(case, variants)


def label_of(date: Moment) -> str:
    """Return a placebo date as it is printed."""
    return date.isoformat() if isinstance(date, dt.date) else str(date)


def placebo_dates(
    case: Case, dates: tuple[Moment, ...] | None, every: int | None, least: int | None
) -> tuple[Moment, ...]:
    """Return dates before the reform, those given or evenly spaced ones.

    Raises
    ------
    DataError
        Where a date given is not before the reform or what was announced, or none is given and the
        window does not say where the panel begins, or is too short.
    """
    spec = case.spec
    cut = cut_of(spec)
    if dates is not None:
        if any(isinstance(one, dt.date) != isinstance(cut, dt.date) for one in dates):
            raise DataError(f"dates: must be of the kind of {label_of(begins(spec))}, the reform")
        late = [label_of(one) for one in dates if not one < cut]  # type: ignore[operator]
        if late:
            raise DataError(
                f"dates: {', '.join(late)} is not before {label_of(cut)}, from when rows may know "
                "of the reform"
            )
        return dates
    window = spec.panel.window
    design = spec.design
    if not isinstance(design, DidDesign) or window is None:
        raise DataError("dates: give some, as panel.window does not say where the panel begins")
    if isinstance(window[0], dt.date) != isinstance(cut, dt.date):
        raise DataError("dates: give some, as panel.window counts otherwise than the reform")
    monthly = isinstance(cut, dt.date)
    step, room = every or (EVERY if monthly else 1), least or (LEAST if monthly else 1)
    found: list[Moment] = []
    date = later(window[0], room)
    while later(date, room) <= cut:  # type: ignore[operator]
        found.append(date)
        date = later(date, step)
    if not found:
        raise DataError(
            f"dates: from {label_of(window[0])} to {label_of(cut)} no date has {room} "
            f"{'months' if monthly else 'periods'} on both sides: set least, or dates"
        )
    return tuple(found)
