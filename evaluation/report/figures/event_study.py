"""Coefficients by event time with their intervals."""

from __future__ import annotations

from evaluation.estimators.contract import label_of
from evaluation.report.figures.style import BLUE, GREY, INK, ORANGE, drawing, png_of
from evaluation.report.record import Record
from evaluation.results import Estimate


def event_study(record: Record, model_id: str, outcome: str) -> bytes:
    """Draw one model's event study for one outcome as PNG.

    Simultaneous bands, where the model has them, are drawn behind the pointwise intervals.
    """
    rows = rows_of(record, model_id, outcome)
    with drawing() as (figure, axis):
        axis.axhline(0.0, color=GREY, linewidth=0.8)
        axis.axvline(-0.5, color=GREY, linewidth=0.8, linestyle=":")
        times = [row.event_time for row in rows]
        for row in rows:
            label = label_of(row.estimand, event_time=row.event_time)
            low = record.detail(model_id, outcome, "uniform_low", label)
            high = record.detail(model_id, outcome, "uniform_high", label)
            if isinstance(low, float) and isinstance(high, float):
                axis.plot([row.event_time] * 2, [low, high], color=ORANGE, linewidth=1.2)
            if row.conf_low is not None and row.conf_high is not None:
                ends = [row.conf_low, row.conf_high]
                axis.plot([row.event_time] * 2, ends, color=BLUE, linewidth=3.2)
        axis.plot(times, [row.estimate for row in rows], "o", color=INK, markersize=4)
        axis.set_xlabel("Periods since the reform")
        axis.set_ylabel(f"Effect on {outcome.replace('_', ' ')}")
        return png_of(figure)


def rows_of(record: Record, model_id: str, outcome: str) -> list[Estimate]:
    """Return the rows of an event study in order of event time."""
    rows = [
        row
        for row in record.estimates
        if row.model_id == model_id
        and row.outcome == outcome
        and row.estimand == "att_by_event_time"
        and row.event_time is not None
        and row.estimate is not None
    ]
    return sorted(rows, key=lambda row: row.event_time or 0)
