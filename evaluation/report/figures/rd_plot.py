"""Binned means on either side of the cutoff, with straight local-linear fits."""

from __future__ import annotations

from evaluation.report.figures.cutoff import cutoff_of
from evaluation.report.figures.local_linear import local_line
from evaluation.report.figures.style import BLUE, GREY, ORANGE, drawing, png_of
from evaluation.report.record import Record
from evaluation.report.words import outcome_label, spaced, value_words

SIDES = ((True, BLUE, "o"), (False, ORANGE, "s"))


def rd_plot(record: Record, outcome: str) -> bytes:
    """Draw an outcome's means by the running variable as PNG; area shows the rows behind each.

    Points reach to twice the bandwidth, whose edges are drawn lightly; lines are fitted within
    it.
    """
    cutoff = cutoff_of(record, outcome)
    points = cutoff.near(record.points[f"rd_{outcome}"]) or record.points[f"rd_{outcome}"]
    # Rows partly on either side are in neither line.
    partial = getattr(record.spec.design, "exposure", None) is not None
    fitted = tuple(point for point in points if not (partial and point[0] == cutoff.at))
    largest = max(point[2] for point in points)
    with drawing() as (figure, axis):
        axis.axvline(cutoff.at, color=GREY, linewidth=1.0, linestyle=":")
        for below, colour, marker in SIDES:
            chosen = [point for point in points if (point[0] < cutoff.at) == below]
            axis.scatter(
                [point[0] for point in chosen],
                [point[1] for point in chosen],
                s=[8 + 32 * point[2] / largest for point in chosen],
                color=colour,
                marker=marker,
                alpha=0.55,
                linewidth=0,
            )
            width = cutoff.width(below)
            if width is not None:
                edge = cutoff.at - width if below else cutoff.at + width
                axis.axvline(edge, color=GREY, linewidth=0.6, linestyle=(0, (1, 4)))
            line = local_line(fitted, cutoff.at, width, below)
            if line is not None:
                axis.plot(*zip(*line, strict=True), color=colour, linewidth=2.0)
        axis.set_title(outcome_label(record.spec, outcome))
        name = spaced(cutoff.running).capitalize()
        axis.set_xlabel(f"{name} (cutoff {value_words(cutoff.at)})")
        axis.set_ylabel("Mean")
        return png_of(figure)
