"""The estimate among what placebo dates give."""

from __future__ import annotations

from evaluation.report.figures._placebos import placebo_plots
from evaluation.report.figures.plot import Plot
from evaluation.report.record import Record

TITLE = "figure.placebo_date.title"
SECTION = "checks"
ORDER = 10


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure for each model and outcome that was set among placebo dates."""
    return placebo_plots(record, "placebo_date")
