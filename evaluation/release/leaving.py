"""Rows of a record as they leave: hidden numbers gone, counts rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from evaluation.release._details import COUNTS as COUNTED
from evaluation.release.protection import Protection
from evaluation.release.record_accounts import MEANS, SIZES, Counted, Spot
from evaluation.report.places import place_of
from evaluation.report.point_table import PointTable, Value
from evaluation.results import Check, Detail, Estimate, Specification, WorthRow

COUNTS = ("n_obs", "n_units", "n_clusters")
NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value")
WORTHS = (
    "effect", "amount", "amount_low", "amount_high", "amount_std_error", "value", "std_error",
    "conf_low", "conf_high",
)  # fmt: skip
# Details that follow from a baseline, or from which it follows.
OF_BASELINE = "baseline"
# Number of a fit: model, outcome, place inside it.
Fitted = tuple[str, str, str]
N = TypeVar("N", Estimate, Specification)


@dataclass(frozen=True)
class Hidden:
    """One number that a release leaves out; for those inside alone.

    Attributes
    ----------
    artefact, row, column
        Where it stands, as in ``results.Ruling``; of points ``points:<name>``.
    rule
        Key of the rule that failed; ``follows`` where it passes, and another follows from it.
    """

    artefact: str
    row: int
    column: str
    rule: str


@dataclass
class Leaving:
    """What is hidden, and how the rest is printed.

    Attributes
    ----------
    protection
        Rounding.
    found
        Counts by where they are printed.
    spots
        Counts to hide, with the rule.
    rows
        Rows whose numbers are hidden, with the rule, by artefact and row from 0.
    hidden
        Grows with every number left out.
    """

    protection: Protection
    found: Counted
    spots: Mapping[Spot, str]
    rows: Mapping[tuple[str, int], str]
    hidden: list[Hidden] = field(default_factory=list)

    def estimate(self, at: int, row: Estimate) -> Estimate:
        """Return a row of estimates."""
        row = self._counted("estimates", at, row, COUNTS)
        rule = self.rows.get(("estimates.csv", at))
        if rule is None or row.estimate is None:
            return self._rounded(row)
        self._log("estimates.csv", at, "", rule)
        gone = replace(
            row, estimate=None, std_error=None, conf_low=None, conf_high=None, p_value=None
        )
        return replace(gone, status="refused", reason=reason(rule))

    def specification(self, at: int, row: Specification, gone: frozenset[Fitted]) -> Specification:
        """Return a row of specifications; all of an outcome go with its headline."""
        row = self._counted("specifications", at, row, ("n_obs",))
        rule = self.rows.get(("specifications.csv", at))
        if (row.model_id, row.outcome, "") in gone:
            rule = rule or FOLLOWS
        if rule is None or row.estimate is None:
            return self._rounded(row)
        self._log("specifications.csv", at, "", rule)
        return replace(
            row, estimate=None, std_error=None, conf_low=None, conf_high=None, p_value=None,
            equivalence="", status="refused", reason=reason(rule),
        )  # fmt: skip

    def detail(
        self, at: int, row: Detail, gone: frozenset[Fitted], means: frozenset[Fitted]
    ) -> Detail:
        """Return a detail: it goes with its number, a share of a baseline with that baseline."""
        spot: Spot = ("details", "", at, "value")
        rule = self.spots.get(spot) or self.rows.get(("details.csv", at))
        if rule is None and not isinstance(row.value, str) and _goes(row, gone, means):
            rule = FOLLOWS
        if row.value is None or (isinstance(row.value, bool) and rule is None):
            return row
        if rule is not None:
            self._log("details.csv", at, "value", rule)
            return replace(row, value=None)
        if isinstance(row.value, str):
            return row
        return replace(row, value=self._number(spot, row.value))

    def check(self, at: int, row: Check, gone: frozenset[Fitted]) -> Check:
        """Return a verdict; its numbers and words go where a number of its fit does."""
        rule = self.rows.get(("checks.csv", at))
        if any((row.model_id, row.outcome) == one[:2] for one in gone):
            rule = rule or FOLLOWS
        if rule is None:
            number = self.protection.significant
            known = (row.statistic, row.p_value)
            numbers = [None if one is None else number(one) for one in known]
            return replace(row, statistic=numbers[0], p_value=numbers[1])
        self._log("checks.csv", at, "", rule)
        return replace(row, statistic=None, p_value=None, message=reason(rule))

    def worth(self, at: int, row: WorthRow, outcomes: frozenset[str]) -> WorthRow:
        """Return what an effect is worth; the sum of several goes with any of them."""
        rule = self.rows.get(("worth.csv", at))
        if row.outcome in outcomes or (outcomes and not row.outcome):
            rule = rule or FOLLOWS
        if rule is not None:
            self._log("worth.csv", at, "", rule)
            return replace(
                row, effect=None, amount=None, amount_low=None, amount_high=None,
                amount_std_error=None, value=None, std_error=None, conf_low=None, conf_high=None,
                status="refused", reason=reason(rule),
            )  # fmt: skip
        known = {name: getattr(row, name) for name in WORTHS}
        number = self.protection.significant
        fresh: dict[str, Any] = {k: number(v) for k, v in known.items() if v is not None}
        return replace(row, **fresh)

    def kept(self, name: str, points: PointTable) -> tuple[int, ...]:
        """Return the points that are printed, by place: those of which nothing is hidden."""
        gone = {at for kind, table, at, _ in self.spots if (kind, table) == ("points", name)}
        gone |= {at for artefact, at in self.rows if artefact == f"points:{name}"}
        return tuple(at for at in range(len(points.rows)) if at not in gone)

    def points(self, name: str, points: PointTable) -> PointTable:
        """Return points: one goes with its count or mean, and means stand on rounded counts."""
        kept = self.kept(name, points)
        for at in sorted(set(range(len(points.rows))) - set(kept)):
            for column in (*MEANS, *SIZES):
                rule = self.rows.get((f"points:{name}", at))
                rule = self.spots.get(("points", name, at, column), rule)
                if rule is not None and column in points.columns:
                    self._log(f"points:{name}", at, column, rule)
        rows = (self._point(name, at, points.columns, points.rows[at]) for at in kept)
        return PointTable(points.columns, tuple(rows))

    def _point(
        self, name: str, at: int, columns: tuple[str, ...], row: tuple[Value, ...]
    ) -> tuple[Value, ...]:
        cells = dict(zip(columns, row, strict=True))
        rows = cells.get("rows")
        for column in SIZES:
            value = cells.get(column)
            if isinstance(value, int | float):
                cells[column] = self.protection.rounded(round(value))
        for column in MEANS:
            value = cells.get(column)
            if isinstance(value, int | float):
                spot: Spot = ("points", name, at, column)
                cells[column] = self._share(spot, float(value), rows)
        return tuple(cells[column] for column in columns)

    def _number(self, spot: Spot, value: float | int) -> float | int:
        """Return a number, or a count, as it is printed."""
        if spot not in self.found.spots:
            return self.protection.significant(value) if isinstance(value, float) else value
        if isinstance(value, int):
            return self.protection.rounded(value)
        return self._share(spot, value, self.found.behind.get(spot))

    def _share(self, spot: Spot, value: float, rows: Value) -> float:
        """Return a mean of zeros and ones on rounded counts; any other with fewer digits."""
        number = self.protection.significant
        if not self.protection.rounds or spot not in self.found.spots:
            return number(value)
        if not isinstance(rows, int | float) or not (size := self.protection.rounded(round(rows))):
            return number(value)
        ones = self.protection.rounded(self.found.value(self.found.spots[spot]))
        return number(min(1.0, ones / size))

    def _counted(self, table: str, at: int, row: N, names: tuple[str, ...]) -> N:
        for name in names:
            spot: Spot = (table, "", at, name)
            value = getattr(row, name)
            if value is None or spot not in self.found.spots:
                continue
            rule = self.spots.get(spot)
            if rule is not None:
                self._log(f"{table}.csv", at, name, rule)
            count = None if rule is not None else self.protection.rounded(value)
            fresh: dict[str, Any] = {name: count}
            row = replace(row, **fresh)
        return row

    def _rounded(self, row: N) -> N:
        known: dict[str, Any] = {name: getattr(row, name) for name in NUMBERS}
        number = self.protection.significant
        fresh: dict[str, Any] = {k: number(v) for k, v in known.items() if v is not None}
        return replace(row, **fresh)

    def _log(self, artefact: str, at: int, column: str, rule: str) -> None:
        self.hidden.append(Hidden(artefact, at + 1, column, rule))


FOLLOWS = "follows"


def reason(rule: str) -> str:
    """Return why a number is missing, for its row."""
    if rule == FOLLOWS:
        return "suppressed: from it a number that a rule refuses would follow"
    return f"suppressed: {rule}"


def fitted(row: Estimate) -> Fitted:
    """Return which number of which fit a row is."""
    place = " ".join(one for one in (row.subgroup, place_of(row)) if one)
    return row.model_id, row.outcome, place


def _goes(row: Detail, gone: frozenset[Fitted], means: frozenset[Fitted]) -> bool:
    """Whether a detail is of a hidden number, of a fit without headline, or of a baseline."""
    own = (row.model_id, row.outcome)
    share = OF_BASELINE in row.name and not COUNTED.search(row.name)
    if share and (*own, OF_BASELINE) in means:
        return True
    beside = any(one[:2] == own for one in gone)
    return (*own, "") in gone or (*own, row.term) in gone or (beside and bool(row.check))
