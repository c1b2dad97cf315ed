"""Coefficients by event time with their intervals."""

from __future__ import annotations

from typing import Any

from evaluation.report.figures.path import band_of, references_of, rows_of, time_words
from evaluation.report.figures.style import BLUE, GREY, INK, ORANGE, drawing, png_of
from evaluation.report.places import is_reference
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.results import Estimate

POINTWISE = "Pointwise 95 % interval"
UNIFORM = "Uniform 95 % band"
REFERENCE = "Reference"


def event_study(record: Record, model_id: str, outcome: str) -> bytes:
    """Draw one model's event study for one outcome as PNG.

    Uniform bands, where the model has them, are drawn behind the pointwise intervals; the
    reference is a hollow point at zero.
    """
    rows = rows_of(record, model_id, outcome)
    estimated = [row for row in rows if not is_reference(row)]
    references = references_of(record, model_id, outcome)
    with drawing() as (figure, axis):
        axis.axhline(0.0, color=GREY, linewidth=0.8)
        axis.axvline(-0.5, color=GREY, linewidth=0.8, linestyle=":")
        bands = [(row, band) for row in estimated if (band := band_of(record, row))]
        _segments(axis, bands, ORANGE, 1.2, UNIFORM)
        intervals = [
            (row, (row.conf_low, row.conf_high))
            for row in estimated
            if row.conf_low is not None and row.conf_high is not None
        ]
        _segments(axis, intervals, BLUE, 3.2, POINTWISE)
        times = [row.event_time for row in estimated]
        axis.plot(times, [row.estimate for row in estimated], "o", color=INK, markersize=4)
        if references:
            zeros = [0.0] * len(references)
            axis.plot(
                references, zeros, "o", color=INK, markerfacecolor="white", markersize=5.5,
                label=REFERENCE,
            )  # fmt: skip
        axis.set_title(outcome_label(record.spec, outcome))
        axis.set_xlabel(time_words(record, model_id).capitalize())
        axis.set_ylabel("Effect")
        axis.xaxis.get_major_locator().set_params(integer=True)
        figure.legend(loc="outside lower left", ncols=3, frameon=False, fontsize=9)
        return png_of(figure)


def _segments(
    axis: Any,
    places: list[tuple[Estimate, tuple[float, float]]],
    colour: str,
    width: float,
    label: str,
) -> None:
    """Draw one vertical line a row; only the first has a place in the legend."""
    for at, (row, ends) in enumerate(places):
        axis.plot(
            [row.event_time] * 2, ends, color=colour, linewidth=width, label=None if at else label
        )
