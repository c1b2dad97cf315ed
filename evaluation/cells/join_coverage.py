"""Which keys and rows of a panel its joined files answer for, by size and by earlier outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evaluation.cells.engines import engine_of
from evaluation.cells.opening import open_rows
from evaluation.cells.planning.calendar import spec_calendar
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.derive.deriving import Deriving
from evaluation.data.joins.joining import Joining
from evaluation.data.joins.lookup import lookup_of, positions
from evaluation.data.periods import Calendar
from evaluation.data.read_once import ReadOnce
from evaluation.data.sources import Source
from evaluation.results import JoinCoverage
from evaluation.spec.spec import Spec

SIZES = ("smallest quarter", "second quarter", "third quarter", "largest quarter")
LEVELS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
UNSEEN = "not seen before"
FIRST_MONTHS = 12


def join_coverage(
    spec: Spec, source: Source, memory: Path | None, settings: Settings
) -> tuple[JoinCoverage, ...]:
    """Return how far every joined file covers the panel inside its window.

    A key is what the file is joined by, such as a municipality; its size is its rows in the panel.
    The outcome is the first of the spec, before its reform; without one date of reform, in the
    first twelve months of the window.

    Parameters
    ----------
    spec
        Names the joins.
    source
        Where the rows come from.
    memory
        Folder that remembers digests of files.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        With what reading the rows or files shows.
    """
    inner = source.source if isinstance(source, ReadOnce) else source
    inner = inner.source if isinstance(inner, Deriving) else inner
    if not isinstance(inner, Joining):
        return ()
    relation = open_rows(spec, source, memory, settings).relation()
    found: list[JoinCoverage] = []
    for position in range(1, len(spec.joins) + 1):
        keys = _by_key(spec, relation, position, settings)
        found += _rows(spec, inner, position, keys)
    return tuple(found)


def coverage_notes(coverage: tuple[JoinCoverage, ...]) -> Iterator[str]:
    """Yield a note for every joined file: how many keys and rows have a match."""
    for one in coverage:
        if one.by == "all" and one.rows and one.rows_matched is not None:
            yield (
                f"{one.file} (join {one.join}) answers for {one.keys_matched} of {one.keys} keys "
                f"and {one.rows_matched / one.rows:.1%} of rows; joins.csv has response by size "
                "and by earlier outcome."
            )


def _rows(
    spec: Spec, joining: Joining, position: int, found: pd.DataFrame
) -> Iterator[JoinCoverage]:
    join, file = spec.joins[position - 1], joining.files[position - 1]
    keys = found[list(join.on)]
    lookup = lookup_of(spec, position, file, keys)
    matched = positions(lookup.keys, keys) >= 0
    rows = found["rows"].to_numpy(np.int64)

    def one(by: str, group: str, inside: Any) -> JoinCoverage:
        both = inside & matched
        return JoinCoverage(
            position, file.name, by, group,
            int(inside.sum()), int(both.sum()), int(rows[inside].sum()), int(rows[both].sum()),
        )  # fmt: skip

    yield one("all", "", np.ones(len(found), dtype=bool))
    for words, count in lookup.counts.items():
        yield JoinCoverage(position, file.name, "file", words, count, None, None, None)
    size = _quarters(rows.astype(np.float64))
    for at, name in enumerate(SIZES):
        yield one("rows of the key", name, size == at)
    if "outcome" not in found:
        return
    level = _quarters(found["outcome"].to_numpy(np.float64, na_value=np.nan))
    by = f"{next(iter(spec.outcomes))} before the reform"
    for at, name in enumerate(LEVELS):
        yield one(by, name, level == at)
    if (level < 0).any():
        yield one(by, UNSEEN, level < 0)


def _quarters(values: Any) -> Any:
    """Return the quarter of each value by rank, -1 where it is missing, shape ``(n,)``."""
    known = ~np.isnan(values)
    ranks = pd.Series(values[known]).rank(method="average").to_numpy()
    found = np.full(len(values), -1)
    found[known] = np.minimum((ranks - 0.5) * len(SIZES) // max(known.sum(), 1), len(SIZES) - 1)
    return found


def _by_key(spec: Spec, relation: Relation, position: int, settings: Settings) -> pd.DataFrame:
    """Return rows and the mean of the outcome before the reform by key, in the order of keys."""
    import ibis

    table, on = relation.table, list(spec.joins[position - 1].on)
    outcome = next(iter(spec.outcomes.values()))
    calendar = spec_calendar(spec, relation.columns)
    time = None if spec.panel.time is None else table[spec.panel.time]
    if time is not None and calendar is not None and spec.panel.window is not None:
        low, high = (_moment(bound, calendar) for bound in spec.panel.window)
        table = table.filter((time >= low) & (time <= high))
        time = table[spec.panel.time]
    asked: dict[str, Any] = {"rows": table.count()}
    facts = relation.columns.get(outcome.measured)
    before = None if time is None or calendar is None else _before(spec, calendar, time)
    if before is not None and facts is not None and facts.kind not in ("text", "date"):
        value = table[outcome.measured].cast("float64")
        asked["outcome"] = ibis.ifelse(before, value, ibis.null("float64")).mean()
    query = table.group_by([table[name] for name in on]).aggregate(**asked).order_by(on)
    found: pd.DataFrame = engine_of(relation).fetch(relation, query, settings, True).to_pandas()
    return found


def _before(spec: Spec, calendar: Calendar, time: Any) -> Any | None:
    """Return whether a row lies before the reform; ``None`` where nothing says when that is."""
    design, window = spec.design, spec.panel.window
    reform = getattr(design, "reform_date", None)
    post = getattr(design, "post", None)
    if reform is None and post is not None and post.column == spec.panel.time:
        reform = post.at_least if post.at_least is not None else post.above
    if reform is not None:
        return time < _moment(reform, calendar)
    if window is None or not isinstance(window[0], dt.date):
        return None
    month = window[0].year * 12 + window[0].month - 1 + FIRST_MONTHS
    return time < _moment(dt.date(month // 12, month % 12 + 1, 1), calendar)


def _moment(bound: Any, calendar: Calendar) -> Any:
    """Return a bound on the scale of the time column."""
    if isinstance(bound, dt.date) and calendar.unit == "month":
        return bound.year * 100 + bound.month
    return bound
