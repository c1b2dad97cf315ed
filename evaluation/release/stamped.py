"""What is made from synthetic persons says so, wherever it ends up."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from evaluation.report.figures.plot import Draw, Plot
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable
from evaluation.report.tabular import Note, Table

LABEL = "page.synthetic.label"
SMALL, GREY = 7, "0.35"


def stamped_table(table: Table, words: Language) -> Table:
    """Return a table with a note that its numbers are of synthetic persons."""
    return replace(table, notes=(*table.notes, Note(words.text(LABEL))))


def stamped_picture(plot: Plot) -> Plot:
    """Return a figure that says, in its lower corner, that its numbers are of synthetic persons."""
    return replace(plot, draw=partial(_draw_stamped, draw=plot.draw))


def _draw_stamped(points: PointTable, words: Language, draw: Draw) -> Any:
    figure = draw(points, words)
    figure.text(
        0.998, 0.004, words.text(LABEL), ha="right", va="bottom", fontsize=SMALL, color=GREY
    )  # fmt: skip
    return figure
