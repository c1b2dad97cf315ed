"""Rows of one horizon as they are printed, outcome and months apart, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from evaluation.results import Estimate, Row
from evaluation.spec.horizons import at_horizon, parted

PLACE = re.compile(r"horizon (\d+)(?:, )?")


def by_horizon(rows: Iterable[Row]) -> tuple[Any, ...]:
    """Return rows whose outcome is the spec's own, its horizon in a column or before the term.

    Estimates have a column for it; details and checks say ``horizon 12`` in front of their term.
    """
    return tuple(_printed(row) for row in rows)


def in_record(rows: Iterable[Row]) -> tuple[Any, ...]:
    """Return printed rows as a record has them: the horizon is part of the outcome's name."""
    return tuple(_recorded(row) for row in rows)


def _printed(row: Row) -> Row:
    name, months = parted(row.outcome)
    if months is None:
        return row
    if isinstance(row, Estimate):
        return replace(row, outcome=name, horizon=months)
    place = f"horizon {months}"
    return replace(row, outcome=name, term=f"{place}, {row.term}" if row.term else place)


def _recorded(row: Row) -> Row:
    if isinstance(row, Estimate):
        if row.horizon is None:
            return row
        return replace(row, outcome=at_horizon(row.outcome, row.horizon), horizon=None)
    place = PLACE.match(row.term)
    if place is None:
        return row
    name = at_horizon(row.outcome, int(place[1]))
    return replace(row, outcome=name, term=row.term.removeprefix(place[0]))
