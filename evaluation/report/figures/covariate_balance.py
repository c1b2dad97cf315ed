"""Jumps of covariates at the cutoff, in their own standard deviations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.checks.covariate_balance import EVERY
from evaluation.inference.intervals import interval
from evaluation.report.figures._checked import Named, Place, checked, number, verdict_of
from evaluation.report.figures._down import draw_down
from evaluation.report.figures._estimates import REFUSED, VARIANT, summary, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.language import Language
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import capital, spaced

TITLE = "figure.covariate_balance.title"
SECTION = "checks"
ORDER = 10

KIND = "covariate_balance"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure a check and model."""
    groups: dict[tuple[str, str], dict[Place, Named]] = {}
    for place, named in checked(record, KIND).items():
        groups.setdefault((place.check, place.model), {})[place] = named
    found = []
    for (check, model), places in groups.items():
        rows = list(_rows(record, places))
        if rows:
            found.append(_plot(record, check, model, rows))
    return tuple(found)


def _rows(record: Record, places: dict[Place, Named]) -> Iterator[tuple[Value, ...]]:
    for place, named in places.items():
        deviation = number(named.get("standard_deviation"))
        if place.term == EVERY or deviation is None:
            continue
        centre, error = (number(named.get(key)) for key in ("robust_estimate", "robust_std_error"))
        row = verdict_of(record, place)
        p_value = None if row is None else row.p_value
        if centre is None or error is None or not error > 0 or not deviation > 0:
            yield (KIND, place.term, None, None, None, None, None, p_value, REFUSED)
            continue
        ends = interval(centre / deviation, error / deviation)
        yield (
            KIND, place.term, None, centre / deviation, error / deviation, ends.low, ends.high,
            p_value, VARIANT,
        )  # fmt: skip


def _named(words: Language, column: str) -> str:
    key = f"column.{column}"
    return capital(words.text(key) if key in words else spaced(column))


def _plot(record: Record, check: str, model: str, rows: list[tuple[Value, ...]]) -> Plot:
    words = record.words
    points = table((kind, _named(words, str(name)), *rest) for kind, name, *rest in rows)
    text = words.text("figure.covariate_balance.caption", model=model)
    joint = verdict_of(record, Place(check, model, "", EVERY))
    if joint is not None and joint.p_value is not None:
        p_value = record.numbers.p_value(joint.p_value)
        text = f"{text} {words.text('figure.covariate_balance.joint', p_value=p_value)}"
    told = summary(points, words, record.spec.rounding.estimate)
    return Plot(
        name=plot_name(KIND, check.removeprefix(KIND), model),
        kind=KIND,
        caption=text,
        alt=f"{text} {told}".rstrip(),
        points=points,
        draw=partial(
            draw_down,
            title=words.text("figure.covariate_balance.title"),
            across=words.text("figure.covariate_balance.across"),
            p_values=words.text("figure.covariate_balance.p_value"),
            decimals=record.spec.rounding.p_value,
        ),
    )
