"""Rules on the treatment of a cutoff: a yearly record is no treatment of monthly rows."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.dates import AGE
from evaluation.spec.design import RdDesign
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

FIRST_OF_YEAR = "first_of_year"
# Fields of KOSTRA 11F that hold the first condition or sanction of a calendar year begin so.
YEARLY_FIELDS = ("VILKAR", "SANKSJON")


def treatment_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every rule that yearly records, or rows by year, break."""
    if spec.sample.rows == FIRST_OF_YEAR:
        yield from _rows(spec)
    design = spec.design
    if not isinstance(design, RdDesign) or design.treatment is None:
        return
    treatment = design.treatment
    if treatment.records == FIRST_OF_YEAR or yearly_field(treatment.column):
        yield from (f"design.treatment: {line}" for line in _yearly(spec, treatment.column))


def yearly_field(column: str) -> bool:
    """Whether a column is a field of KOSTRA 11F that is recorded once in a calendar year."""
    return column.upper().startswith(YEARLY_FIELDS)


def yearly_fault(spec: Spec, column: str) -> str | None:
    """Return why a yearly column is no treatment of a spec's rows, ``None`` where it is one.

    Parameters
    ----------
    spec
        What is asked.
    column
        The column, recorded once in a calendar year.
    """
    if spec.sample.rows == FIRST_OF_YEAR:
        return None
    return (
        f"{column!r} records the first condition of a calendar year, which is no first stage at "
        "other ages than that of the year's first decision: set sample.rows = 'first_of_year', or "
        "name a monthly column made from decision dates"
    )


def _yearly(spec: Spec, column: str) -> Iterator[str]:
    fault = yearly_fault(spec, column)
    if fault is not None:
        yield fault
        return
    running = getattr(spec.design, "running_variable", None)
    if running is not None and running.column != AGE:
        yield (
            f"{column!r} belongs to the age at the first decision of the year, and the running "
            f"variable is {running.column!r}; set design.running_variable.column = {AGE!r}, which "
            "is the age in the row kept"
        )
    if spec.sample.denominator == "population":
        yield (
            f"{column!r} belongs to the first month of receipt in the year; set "
            "sample.denominator = 'recipients', or the first row kept is the year's first month"
        )


def _rows(spec: Spec) -> Iterator[str]:
    for key in ("unit", "time"):
        if getattr(spec.panel, key) is None:
            yield f"panel.{key}: is missing; sample.rows = 'first_of_year' needs it"
    if time_unit_of(spec) == "integer":
        yield "sample.rows: 'first_of_year' counts months, but panel.time_unit is 'integer'"
    if spec.panel.period in ("quarter", "year"):
        yield (
            f"sample.rows: 'first_of_year' keeps a month, but panel.period is "
            f"{spec.panel.period!r}; set panel.period = 'month'"
        )
