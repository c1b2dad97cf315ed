"""Rows of one horizon as they are printed: outcome and months apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from evaluation.results import Estimate, Row
from evaluation.spec.horizons import parted


def by_horizon(rows: Iterable[Row]) -> tuple[Any, ...]:
    """Return rows whose outcome is the spec's own, its horizon in a column or before the term.

    Estimates have a column for it; details and checks say ``horizon 12`` in front of their term.
    """
    return tuple(_printed(row) for row in rows)


def _printed(row: Row) -> Row:
    name, months = parted(row.outcome)
    if months is None:
        return row
    if isinstance(row, Estimate):
        return replace(row, outcome=name, horizon=months)
    place = f"horizon {months}"
    return replace(row, outcome=name, term=f"{place}, {row.term}" if row.term else place)
