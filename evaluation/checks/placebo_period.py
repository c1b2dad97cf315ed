"""Look for the discontinuity before the reform, and rank the estimate among what that gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from evaluation.checks._cutoffs import cutoff_design, judged_models, needs_cutoff, with_options
from evaluation.checks._placebos import ranked
from evaluation.checks._reduced_form import placebo_spec
from evaluation.checks._together import kept, refit_models
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.spec.design import RdDesign
from evaluation.spec.filters import Filter
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

TITLE = "Placebo periods"
ASSUMPTION = "nothing else changes at the cutoff"
SOURCE = (
    "Grembi, Nannicini and Troiano (2016), American Economic Journal: Applied Economics 8(3): the "
    "discontinuity before a reform is that of other rules"
)
BEFORE = "before the reform"
HUNDRED = 100
# What a model compares that needs rows on both sides of the reform.
COMPARED = ("periods", "both")


class Options(OptionsModel):
    """Years before the reform.

    Attributes
    ----------
    years
        Calendar years that end before the reform; every whole one from the window's first if not
        given.
    """

    years: tuple[int, ...] | None = Field(default=None, min_length=1)

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where there is no reform, or a year does not lie before it."""
        yield from needs_cutoff(spec, where)
        if not isinstance(spec.design, RdDesign):
            return
        reform = spec.design.reform_date
        if reform is None:
            yield f"{where}: needs design.reform_date, before which it looks for a discontinuity"
            return
        if len(set(self.years or ())) < len(self.years or ()):
            yield f"{where}.years: a year stands twice; give each once"
        late = [year for year in self.years or () if dt.date(year, 12, 31) >= reform]
        if late:
            yield f"{where}.years: found {late[0]}; allowed: years that end before {reform}"
        for model in judged_models(spec, owner):
            both = getattr(model.options, "between", None) in COMPARED
            if both or "periods" not in type(model.options).model_fields:
                yield (
                    f"{where}: model {model.id!r} has no periods ({model.estimator!r} compares "
                    "them); name a model of one period with model = ..."
                )


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model at its own cutoff from rows before the reform: all, and year by year.

    Of a fuzzy model the jump of the outcome is judged. The verdict is ``violation found`` where a
    year, or all of them, differ from zero (by Bonferroni): another rule changes there, and a
    difference of discontinuities takes it off. Else ``within the placebo range``, or ``beyond the
    placebo range`` where the model's p-value is smaller than that of every year.

    Raises
    ------
    DataError
        For a design without a cutoff or a reform.
    """
    design = cutoff_design(case.spec)
    if design.reform_date is None:
        raise DataError("design.reform_date: is missing, and the check looks before it")
    spec, numbers, before = placebo_spec(case)
    (model,) = with_options(spec, periods="pre").models
    years = options.years or _years(spec, design.reform_date)
    models = {BEFORE: kept(model, "before")}
    models |= {str(year): kept(model, str(year), _in_year(spec, year)) for year in sorted(years)}
    found = refit_models(case, spec, models)
    noun = "years before the reform"
    verdicts = []
    for name, number in numbers.items():
        whole, *parts = found[name]
        apart = [one for one in parts if one.number is not None]
        placebos, beside = (tuple(parts), (whole,)) if apart else ((whole, *parts), ())
        verdicts.append(
            ranked(
                name,
                number,
                placebos,
                noun,
                beside,
                by_p_value=True,
                before=before,
                because="they share persons",
            )
        )
    return tuple(verdicts)


def _years(spec: Spec, reform: dt.date) -> tuple[int, ...]:
    """Return the whole calendar years from the window's first to the reform, none without one."""
    first = spec.panel.window[0] if spec.panel.window is not None else None
    if not isinstance(first, dt.date):
        return ()
    start = first.year + (first.timetuple().tm_yday > 1)
    return tuple(range(start, reform.year))


def _in_year(spec: Spec, year: int) -> Filter:
    """Return a condition on the panel's time that holds in one calendar year."""
    low: dt.date | int = dt.date(year, 1, 1)
    high: dt.date | int = dt.date(year, 12, 31)
    if time_unit_of(spec) == "month":
        low, high = year * HUNDRED + 1, year * HUNDRED + 12
    return Filter.model_validate({"column": spec.panel.time, "at_least": low, "at_most": high})
