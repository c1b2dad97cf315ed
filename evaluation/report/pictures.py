"""The figures of a record as pictures, drawn once for the page and for their own files."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.report.figures.plot import Plot
from evaluation.report.figures.registry import plots_of
from evaluation.report.figures.render import render
from evaluation.report.record import Record


@dataclass(frozen=True)
class Picture:
    """A figure, and what it looks like.

    Attributes
    ----------
    plot
        Its points and words.
    png
        The picture.
    """

    plot: Plot
    png: bytes


def pictures_of(record: Record) -> tuple[Picture, ...]:
    """Return every figure of a record, drawn, in the order of a page."""
    return tuple(Picture(plot, render(plot, record.words)) for plot in plots_of(record))
