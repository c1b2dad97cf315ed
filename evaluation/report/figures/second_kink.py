"""Changes of slope where a lead's outcome is measured at the cutoff."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.inference.intervals import interval
from evaluation.report.figures._checked import Named, Place, checked, number, verdict_of
from evaluation.report.figures._down import draw_down
from evaluation.report.figures._estimates import VARIANT, summary, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.second_kink.title"
SECTION = "checks"
ORDER = 40

KIND = "second_kink"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure a check and model, an outcome a row."""
    groups: dict[tuple[str, str], dict[Place, Named]] = {}
    for place, named in checked(record, KIND).items():
        if number(named.get("robust_estimate")) is not None:
            groups.setdefault((place.check, place.model), {})[place] = named
    return tuple(_plot(record, *key, places) for key, places in groups.items())


def _rows(record: Record, places: dict[Place, Named]) -> Iterator[tuple[Value, ...]]:
    words = record.words
    for place, named in places.items():
        centre, error = (number(named.get(key)) for key in ("robust_estimate", "robust_std_error"))
        at, lead = number(named.get("cutoff")), number(named.get("lead_months"))
        row = verdict_of(record, place)
        ends = interval(centre, error) if centre is not None and error and error > 0 else None
        label = words.text(
            "figure.second_kink.row",
            outcome=outcome_label(record.spec, place.outcome),
            at=words.plain(at) if at is not None else "",
            lead=words.plain(round(lead)) if lead is not None else "",
        )
        yield (
            KIND, label, at, centre, error,
            None if ends is None else ends.low, None if ends is None else ends.high,
            None if row is None else row.p_value, VARIANT,
        )  # fmt: skip


def _plot(record: Record, check: str, model: str, places: dict[Place, Named]) -> Plot:
    words = record.words
    points = table(_rows(record, places))
    text = words.text("figure.second_kink.caption", model=model)
    told = summary(points, words, record.spec.rounding.estimate)
    return Plot(
        name=plot_name(KIND, check.removeprefix(KIND), model),
        kind=KIND,
        caption=text,
        alt=f"{text} {told}",
        points=points,
        draw=partial(
            draw_down,
            title=words.text("figure.second_kink.title"),
            across=words.text("figure.second_kink.across"),
            p_values=words.text("figure.second_kink.p_value"),
            decimals=record.spec.rounding.p_value,
        ),
    )
