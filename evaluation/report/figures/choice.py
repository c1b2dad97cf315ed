"""Which figures a record has, by name, with the words beside each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from evaluation.report.figures.event_study import event_study
from evaluation.report.figures.event_words import event_alt, event_caption
from evaluation.report.figures.path import rows_of
from evaluation.report.figures.rd_plot import rd_plot
from evaluation.report.figures.rd_words import rd_alt, rd_caption
from evaluation.report.figures.synthetic import (
    draw_effects,
    draw_paths,
    effects_alt,
    effects_caption,
    paths_alt,
    paths_caption,
    synthetic_of,
)
from evaluation.report.record import Record

Draw = Callable[[], bytes]


@dataclass(frozen=True)
class Picture:
    """One figure.

    Attributes
    ----------
    name
        Its file name, without ending.
    caption
        What is drawn, for everyone.
    alt
        What it shows, in numbers, for those who do not see it.
    draw
        Gives the PNG.
    """

    name: str
    caption: str
    alt: str
    draw: Draw


def pictures_of(record: Record) -> tuple[Picture, ...]:
    """Return every figure of a record, the most telling first."""
    found: dict[str, Picture] = {}
    for row in record.estimates:
        key = (record, row.model_id, row.outcome)
        name = f"event_study_{row.model_id}_{row.outcome}"
        if synthetic_of(*key) is not None:
            found |= _synthetic(*key)
        elif name not in found and len(rows_of(*key)) > 1:
            found[name] = Picture(
                name, event_caption(*key), event_alt(*key), partial(event_study, *key)
            )
    for name, points in record.points.items():
        if points:
            outcome = name.removeprefix("rd_")
            found[name] = Picture(
                name,
                rd_caption(record, outcome),
                rd_alt(record, outcome),
                partial(rd_plot, record, outcome),
            )
    return tuple(found.values())


def _synthetic(record: Record, model_id: str, outcome: str) -> dict[str, Picture]:
    """Return the figures of a model for one treated unit."""
    key = (record, model_id, outcome)
    parts = (
        ("path", paths_caption, paths_alt, draw_paths),
        ("effects", effects_caption, effects_alt, draw_effects),
    )
    return {
        (name := f"synthetic_{part}_{model_id}_{outcome}"): Picture(
            name, caption(*key), alt(*key), partial(draw, *key)
        )
        for part, caption, alt, draw in parts
    }


def figures_of(record: Record) -> dict[str, Draw]:
    """Return how to draw every figure of a record, by name."""
    return {picture.name: picture.draw for picture in pictures_of(record)}
