"""Declared breaks of registers: months in which a column's source or meaning changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.spec.dates import FAR, reach
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.faults import nearest
from evaluation.spec.options import ColumnName
from evaluation.spec.panel import RegistersPanel
from evaluation.spec.spec import Spec
from evaluation.spec.walk import marked_values


@dataclass(frozen=True, slots=True)
class Break:
    """One break.

    Attributes
    ----------
    columns
        Panel columns that are not the same before and after.
    first, last
        First and last month from which the new state may hold, 12 × year + month - 1; the same
        month where it is known.
    what
        What changed, in words.
    """

    columns: frozenset[str]
    first: int
    last: int
    what: str


_EMPLOYED = frozenset(
    {"employed", "sa_exit_employed", "neet", "neet_on_benefit", "neet_off_benefit"}
)
_AAP = frozenset(
    {"on_aap", "sa_exit_aap", "no_other_benefit", "neet_on_benefit", "neet_off_benefit"}
)
_OFFICES = frozenset({"office_id", "provision", "sanction_regime"})


def _reform(year: int, what: str) -> Break:
    return Break(_OFFICES, year * 12, year * 12, f"{what}, and offices with them")


BREAKS: dict[str, Break] = {
    "employment_2015": Break(
        _EMPLOYED,
        2015 * 12,
        2015 * 12,
        "employment comes from the monthly job register, before it from the status in November",
    ),
    "aap_2010": Break(
        _AAP,
        2010 * 12 + 2,
        2010 * 12 + 2,
        "work assessment allowance begins",
    ),
    "municipalities_2017": _reform(2017, "municipalities were merged"),
    "municipalities_2018": _reform(2018, "municipalities were merged and counties recoded"),
    "municipalities_2020": _reform(2020, "municipalities were merged and split"),
    "municipalities_2024": _reform(2024, "municipalities were split"),
    "form_11f_wording": Break(
        frozenset({"sanctioned_in_year"}),
        2022 * 12,
        2026 * 12,
        "the form asks for sanctions under section 20a or section 20, before under section 20a "
        "alone; in which year is not known",
    ),
}


def break_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every break that the spec's own window crosses, and for unknown bridges."""
    panel = spec.panel
    if not isinstance(panel, RegistersPanel):
        return
    for name in panel.bridges:
        if name not in BREAKS:
            yield (
                f"panel.bridges: no break {name!r}{nearest(name, BREAKS)} "
                f"(there are: {', '.join(BREAKS)})"
            )
    months = window_months(spec)
    if months is not None:
        yield from unbridged(spec, *months)


def window_months(spec: Spec) -> tuple[int, int] | None:
    """Return the first and last month of ``panel.window``, 12 × year + month - 1, if given."""
    first, last = spec.panel.window or (None, None)
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return None
    return first.year * 12 + first.month - 1, last.year * 12 + last.month - 1


def months_read(spec: Spec, first: int, last: int) -> tuple[int, int]:
    """Return the months of a delivery that a spec reads: its window, and outcomes' other dates."""
    back, ahead = (min(months, FAR) for months in reach(spec))
    low, high = window_months(spec) or (first, last)
    return max(first, low - back), min(last, high + ahead)


def unbridged(spec: Spec, first: int, last: int) -> Iterator[str]:
    """Yield a line for every outcome and treatment across a break that no bridge acknowledges.

    Parameters
    ----------
    first, last
        Months whose values the spec reads.
    """
    for name, where, column in crossed(spec, first, last):
        if name in getattr(spec.panel, "bridges", ()):
            continue
        one = BREAKS[name]
        yield (
            f"{where}: {column!r} is not the same before and from {month_words(one)}: {one.what}; "
            f'narrow panel.window, or acknowledge it with panel.bridges = ["{name}"]'
        )


def crossed(spec: Spec, first: int, last: int) -> Iterator[tuple[str, str, str]]:
    """Yield the breaks that outcomes and the design cross: break, key path and column."""
    for where, column in _used(spec):
        for name, one in BREAKS.items():
            across = first < one.last and last >= one.first
            if across and one.columns & {column, *_made_of(spec, column)}:
                yield name, where, column


def bridged(spec: Spec) -> dict[str, tuple[str, ...]]:
    """Return the bridges that a spec gives and has use for, with the columns that lie across."""
    far = max(one.last for one in BREAKS.values())
    found: dict[str, dict[str, None]] = {}
    for name, _, column in crossed(spec, *months_read(spec, 0, far)):
        if name in getattr(spec.panel, "bridges", ()):
            found.setdefault(name, {})[column] = None
    return {name: tuple(columns) for name, columns in found.items()}


def month_words(one: Break) -> str:
    """Return when a break is, in words."""
    words = [f"{month // 12}-{month % 12 + 1:02d}" for month in (one.first, one.last)]
    return words[0] if one.first == one.last else f"some month from {words[0]} to {words[1]}"


def _used(spec: Spec) -> Iterator[tuple[str, str]]:
    for name, outcome in spec.outcomes.items():
        yield f"outcomes.{name}.column", outcome.column
    for where, column in marked_values(spec.design, ColumnName):
        yield f"design.{where}", column
    for effect in spec.smallest_effect_of_interest:
        if effect.first_stage is not None:
            yield f"smallest_effect_of_interest.{effect.outcome}.first_stage", effect.first_stage


def _made_of(spec: Spec, column: str) -> Iterator[str]:
    for name in made_in_order(spec.derive, [column]):
        yield from inputs_of(spec.derive[name])
