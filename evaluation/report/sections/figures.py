"""The figures of a page by its parts, as pictures inside it."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.report.figures.plot import plot_name
from evaluation.report.figures.registry import figure_module
from evaluation.report.figures.style import DENSITY
from evaluation.report.pictures import Picture
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

# On a screen figures stand larger than in a journal's column.
SCALE = 1.4 * 96 / DENSITY
# Wider ones take both columns of a page.
WIDE = 620
# Further ones are folded, and print all the same.
OPEN = 6
# So few are not worth folding.
FEW = 2
# A page holds so many; every figure of a run stands beside it as a file.
MOST = 60


@dataclass(frozen=True)
class Shown:
    """One figure as it stands in a page.

    Attributes
    ----------
    outcome
        Label of the outcome that it is of; empty where it is of several, or of none.
    data
        The PNG, in base 64.
    width, height
        In pixels of a page.
    """

    name: str
    outcome: str
    caption: str
    alt: str
    data: str
    width: int
    height: int

    @property
    def is_wide(self) -> bool:
        """Whether it takes both columns."""
        return self.width > WIDE


@dataclass(frozen=True)
class Gallery:
    """The figures of one part.

    Attributes
    ----------
    shown, folded
        Figures to see at once, and those that a reader opens.
    left_out
        How many stand in files alone.
    """

    shown: tuple[Shown, ...] = ()
    folded: tuple[Shown, ...] = ()
    left_out: int = 0


def galleries_of(record: Record, pictures: Iterable[Picture]) -> dict[str, Gallery]:
    """Return figures by the part of the page that they belong to, in their order."""
    by_part: dict[str, list[Picture]] = {}
    for one in pictures:
        by_part.setdefault(figure_module(one.plot.kind).SECTION, []).append(one)
    found: dict[str, Gallery] = {}
    room = MOST
    for part, several in by_part.items():
        taken = several[:room]
        shown = tuple(_shown(record, one) for one in taken)
        most = len(shown) if len(shown) <= OPEN + FEW else OPEN
        found[part] = Gallery(shown[:most], shown[most:], len(several) - len(taken))
        room -= len(taken)
    return found


def _shown(record: Record, picture: Picture) -> Shown:
    # A PNG begins with its signature and the header that holds its size.
    width, height = struct.unpack(">II", picture.png[16:24])
    return Shown(
        picture.plot.name,
        _outcome(record, picture.plot.name),
        picture.plot.caption,
        picture.plot.alt,
        base64.b64encode(picture.png).decode("ascii"),
        round(width * SCALE),
        round(height * SCALE),
    )


def _outcome(record: Record, name: str) -> str:
    """Return the label of the outcome that a figure's name ends in, the longest that fits."""
    ends = [one for one in record.spec.outcomes if f"_{name}".endswith(f"_{plot_name(one)}")]
    return outcome_label(record.spec, max(ends, key=len)) if ends else ""
