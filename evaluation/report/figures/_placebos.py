"""The estimate among placebos: what checks that rank it have found."""

from __future__ import annotations

from evaluation.report.figures._checked import (
    Named,
    Place,
    checked,
    headline,
    number,
    variants_of,
)
from evaluation.report.figures._rows import COLUMNS, row_plot, shown_interval
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

NOUN = "placebo"


def placebo_plots(record: Record, kind: str) -> tuple[Plot, ...]:
    """Return a figure for each verdict of a kind of check that kept its placebos."""
    found = (_plot(record, kind, *one) for one in checked(record, kind).items())
    return tuple(plot for plot in found if plot is not None)


def _plot(record: Record, kind: str, place: Place, named: Named) -> Plot | None:
    words = record.words
    variants = variants_of(named, NOUN)
    placebos: list[tuple[Value, ...]] = [
        (1, one.label, one.estimate, one.low, one.high, 0)
        for one in variants
        if one.estimate is not None
    ]
    if not placebos:
        return None
    own = headline(record, place.model, place.outcome)
    first: tuple[Value, ...] = (0, words.text("figure.placebo.estimate"), None, None, None, 1)
    if own is not None:
        first = (*first[:2], own.estimate, own.conf_low, own.conf_high, 1)
    label = outcome_label(record.spec, place.outcome)
    values = [float(str(row[2])) for row in placebos]
    alt = words.plural(
        "figure.placebo.alt",
        len(placebos),
        outcome=label,
        estimate=shown_interval(record, first),
        interval=words.interval(min(values), max(values), record.spec.rounding.estimate),
    )
    rank, refused = number(named.get("rank")), len(variants) - len(placebos)
    ranked = ""
    if rank is not None:
        places = {"rank": words.count(int(rank)), "of": words.count(len(placebos) + 1)}
        ranked = words.text("figure.placebo.rank", **places)
    caption = words.text(f"figure.{kind}.caption", outcome=label, model=place.model)
    left = words.plural("figure.placebo.refused", refused) if refused else ""
    return Plot(
        plot_name(place.check, place.model, place.outcome, place.term),
        kind,
        " ".join(filter(None, (caption, words.text("figure.placebo.lines"), left))),
        " ".join(filter(None, (alt, ranked))),
        PointTable(COLUMNS, (first, *placebos)),
        row_plot(label, words.text("figure.estimate")),
    )
