"""The steps of the sample as conditions, in the order and with the names of ``data/sample.py``."""

from __future__ import annotations

from evaluation.cells.plan import Condition
from evaluation.data.periods import Calendar
from evaluation.data.sample import bounds
from evaluation.data.step_words import filter_words, interval_words
from evaluation.spec.columns import DENOMINATOR_COLUMNS, ROW_COLUMNS
from evaluation.spec.filters import Filter
from evaluation.spec.joined import join_steps
from evaluation.spec.names import Interval
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec


def sample_conditions(spec: Spec, calendar: Calendar | None) -> tuple[Condition, ...]:
    """Return the conditions that rows must meet, each a step of the flow.

    Raises
    ------
    DataError
        Where dates meet integer time or the reverse.
    """
    return (
        *_window(spec, calendar),
        *(Condition(words, (one,)) for words, one in join_steps(spec)),
        *_row_kind(spec),
        *_denominator(spec),
        *(Condition(f"keep {filter_words(one)}", (one,)) for one in spec.sample.keep),
        *(Condition(f"drop {filter_words(one)}", (one,), negated=True) for one in spec.sample.drop),
        *_dropped_periods(spec, calendar),
        *_known(spec),
    )


def _window(spec: Spec, calendar: Calendar | None) -> tuple[Condition, ...]:
    window = spec.panel.window
    if window is None or calendar is None:
        return ()
    return (_inside("window", window, calendar),)


def _dropped_periods(spec: Spec, calendar: Calendar | None) -> tuple[Condition, ...]:
    if calendar is None:
        return ()
    return tuple(
        _inside("drop periods", one, calendar, negated=True) for one in spec.sample.drop_periods
    )


def _inside(name: str, interval: Interval, calendar: Calendar, negated: bool = False) -> Condition:
    return Condition(
        f"{name} {interval_words(interval)}", moments=bounds(interval, calendar), negated=negated
    )


def _row_kind(spec: Spec) -> tuple[Condition, ...]:
    rows = spec.sample.rows
    if isinstance(rows, GroupedRows) or not ROW_COLUMNS[rows]:
        return ()
    column = ROW_COLUMNS[rows][0]
    at_start = rows == "entry"
    one = Filter(column=column, equals=1) if at_start else Filter(column=column, missing=False)
    return (Condition(f"rows {rows}", (one,)),)


def _denominator(spec: Spec) -> tuple[Condition, ...]:
    """Return the denominator; persons at risk of leaving are recipients by definition."""
    denominator = spec.sample.denominator
    if denominator == "recipients" and spec.sample.rows == "at_risk_exit":
        return ()
    return tuple(
        Condition(f"denominator {denominator}", (Filter(column=column, equals=1),))
        for column in DENOMINATOR_COLUMNS[denominator]
    )


def _known(spec: Spec) -> tuple[Condition, ...]:
    """Return what grouped rows must know: their group and their weight."""
    rows = spec.sample.rows
    if not isinstance(rows, GroupedRows):
        return ()
    named = (*rows.by, *filter(None, [spec.panel.weight]))
    return tuple(
        Condition(f"known {name}", (Filter(column=name, missing=False),), silent=True)
        for name in named
    )
