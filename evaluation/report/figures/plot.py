"""A figure before it is drawn: its points, its words, and how they become a picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evaluation.report.language import Language
from evaluation.report.point_table import PointTable

# Gives a matplotlib figure; labels are bound to it, numbers come from the points alone.
Draw = Callable[[PointTable, Language], Any]
OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Plot:
    """One figure.

    Attributes
    ----------
    name
        Its file name without ending: small letters, digits and underscores.
    kind
        The figure's module, as in ``event_study``.
    caption
        What is drawn, for everyone.
    alt
        What it shows, in numbers, for those who do not see it.
    points
        Every number of the picture; the CSV beside it.
    draw
        Called inside the house style, by ``render``.
    """

    name: str
    kind: str
    caption: str
    alt: str
    points: PointTable
    draw: Draw


def plot_name(*parts: str) -> str:
    """Return the file name of a figure: parts joined, nothing in it but letters and digits."""
    return "_".join(filter(None, (OTHER.sub("_", part.lower()).strip("_") for part in parts)))
