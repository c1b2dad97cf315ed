"""Binned means on either side of the cutoff."""

from __future__ import annotations

from evaluation.report.figures.style import BLUE, GREY, ORANGE, drawing, png_of
from evaluation.report.record import Record

NEAREST = 60


def rd_plot(record: Record, outcome: str) -> bytes:
    """Draw an outcome's means by the running variable as PNG; area shows the rows behind each."""
    points = record.points[f"rd_{outcome}"]
    design = record.spec.design
    cutoff = float(getattr(design, "cutoff", 0.0))
    near = sorted(points, key=lambda point: abs(point[0] - cutoff))[: 2 * NEAREST]
    largest = max(point[2] for point in near)
    with drawing() as (figure, axis):
        axis.axvline(cutoff, color=GREY, linewidth=0.8, linestyle=":")
        for colour, marker, side in ((BLUE, "o", True), (ORANGE, "s", False)):
            chosen = [point for point in near if (point[0] < cutoff) == side]
            axis.scatter(
                [point[0] for point in chosen],
                [point[1] for point in chosen],
                s=[8 + 32 * point[2] / largest for point in chosen],
                color=colour,
                marker=marker,
                alpha=0.85,
                linewidth=0,
            )
        running = getattr(design, "running_variable", None)
        axis.set_xlabel(running.column.replace("_", " ") if running else "")
        axis.set_ylabel(f"Mean of {outcome.replace('_', ' ')}")
        return png_of(figure)
