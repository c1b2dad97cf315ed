"""What a record answers with its place in the result files: estimates, and details behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from evaluation.estimators.contract import quantile_label
from evaluation.report.language import Language
from evaluation.report.places import place_of
from evaluation.report.record import Record
from evaluation.report.tabular import Number, NumberKind, Source
from evaluation.results import Detail, Estimate

# Digits of numbers that have no rounding of their own, such as a bandwidth.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of ``estimates.csv`` with its number there, counted from 1."""

    at: int
    row: Estimate


@dataclass(frozen=True)
class Answers:
    """The rows of a record, each with its place.

    Attributes
    ----------
    record
        What a run found.
    """

    record: Record

    @property
    def words(self) -> Language:
        """The record's language."""
        return self.record.words

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every estimate, in the order of the file."""
        return tuple(Entry(at, row) for at, row in enumerate(self.record.estimates, start=1))

    @cached_property
    def _details(self) -> dict[tuple[str, str, str], list[tuple[int, Detail]]]:
        found: dict[tuple[str, str, str], list[tuple[int, Detail]]] = {}
        for at, row in enumerate(self.record.details, start=1):
            found.setdefault((row.model_id, row.outcome, row.name), []).append((at, row))
        return found

    def digits(self, kind: NumberKind) -> int:
        """Return the spec's rounding of a kind of number."""
        rounding = self.record.spec.rounding
        return {
            "estimate": rounding.estimate,
            "p_value": rounding.p_value,
            "count": 0,
            "plain": DIGITS,
        }[kind]

    def number(self, entry: Entry, column: str, kind: NumberKind = "estimate") -> Number | None:
        """Return a number of an estimate's row, ``None`` where it has none."""
        value = getattr(entry.row, column)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return Number(value, kind, self.digits(kind), Source("estimates", entry.at, column))

    def detail(
        self, entry: Entry, name: str, term: str | None = None
    ) -> tuple[int, float | int | str | bool | None] | None:
        """Return a detail's row and value, the first of its term or, without one, of any."""
        rows = self._details.get((entry.row.model_id, entry.row.outcome, name), ())
        return next(((at, one.value) for at, one in rows if term in (None, one.term)), None)

    def measured(
        self,
        entry: Entry,
        name: str,
        kind: NumberKind = "estimate",
        term: str | None = None,
    ) -> Number | None:
        """Return a detail that is a number, ``None`` where it is none."""
        found = self.detail(entry, name, term)
        if found is None or isinstance(found[1], bool) or not isinstance(found[1], int | float):
            return None
        if found[1] != found[1]:
            return None
        return Number(found[1], kind, self.digits(kind), Source("details", found[0], "value"))


def place(row: Estimate) -> str:
    """Return a row's name inside its fit, quantiles among them; empty for a single number."""
    if row.quantile is not None and not (row.term or row.cohort or row.period):
        return quantile_label(row.quantile)
    return place_of(row)
