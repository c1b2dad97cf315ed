"""Caption and description of an RD figure."""

from __future__ import annotations

from evaluation.report.figures.cutoff import Cutoff, cutoff_of
from evaluation.report.numbers import Numbers
from evaluation.report.record import Record
from evaluation.report.words import outcome_label, spaced, value_words


def rd_caption(record: Record, outcome: str) -> str:
    """Return what an RD figure draws."""
    cutoff = cutoff_of(record, outcome)
    donut = getattr(record.spec.design, "donut", None)
    gap = " The donut is left out." if donut else ""
    if getattr(record.spec.design, "exposure", None) is not None:
        gap = " The mean at the cutoff itself is of rows partly on either side, and in no line."
    return (
        f"{outcome_label(record.spec, outcome)}: means by {spaced(cutoff.running)} around the "
        f"cutoff {value_words(cutoff.at)}; area shows rows.{gap} Lines are straight "
        f"least-squares fits to the means, weighted by rows{_kernel(cutoff)}."
    )


def rd_alt(record: Record, outcome: str) -> str:
    """Return what an RD figure shows: how many points, and those nearest the cutoff."""
    cutoff = cutoff_of(record, outcome)
    points = sorted(cutoff.near(record.points[f"rd_{outcome}"]))
    numbers = Numbers(record.spec.rounding)
    below = [point for point in points if point[0] < cutoff.at]
    above = [point for point in points if point[0] >= cutoff.at]
    nearest = [
        f"the {place} {side} {numbers.estimate(point[1])} at {value_words(round(point[0], 2))}"
        for place, side, point in (
            ("last", "below", below[-1] if below else None),
            ("first", "above", above[0] if above else None),
        )
        if point is not None
    ]
    return (
        f"{outcome_label(record.spec, outcome)}: {len(below)} means below the cutoff "
        f"{value_words(cutoff.at)} and {len(above)} above; {', '.join(nearest)}."
    )


def _kernel(cutoff: Cutoff) -> str:
    if cutoff.below is None or cutoff.above is None:
        return ""
    widths = f"{cutoff.below:.1f}"
    if cutoff.below != cutoff.above:
        widths = f"{widths} below and {cutoff.above:.1f} above"
    return (
        f" and a triangular kernel, within the bandwidth of model {cutoff.model_id} "
        f"({widths}, dotted)"
    )
