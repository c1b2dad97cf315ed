"""Small exact cells of a synthetic panel: estimates from them are those from its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

RELEASE = 360  # months of age
LAW = 201701
ANNOUNCED = (201607, 201612)


@dataclass(frozen=True)
class AgeDid:
    """Ages below 30 against ages above, around the law.

    Attributes
    ----------
    treated_from, control_from, control_below
        Months of age; the treated side ends at release, reached at the month's start.
    first, last
        Months YYYYMM, inclusive.
    announced
        Whether the announced months stay in.
    late_only
        Whether those are left out who are counted in a municipality that adopted before the law,
        or live elsewhere than where they are counted.
    """

    first: int = 201301
    last: int = 201912
    treated_from: int = 300
    control_from: int = 372
    control_below: int = 420
    announced: bool = False
    late_only: bool = True

    @property
    def ages(self) -> tuple[int, int]:
        """Completed years that the rows may be of."""
        return self.treated_from // 12, (self.control_below - 1) // 12

    @property
    def of_truth(self) -> tuple[int, tuple[int, int]]:
        """First month and ages that the truth needs."""
        return LAW, self.ages

    def cells(self, panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
        """Return one row a municipality, month and side."""
        ym, age = panel["ym"].to_numpy(), panel["age_months"].to_numpy()
        under = (age >= self.treated_from) & (age <= RELEASE)
        above = (age >= self.control_from) & (age < self.control_below)
        rows = (under | above) & (ym >= self.first) & (ym <= self.last)
        if not self.announced:
            rows &= (ym < ANNOUNCED[0]) | (ym > ANNOUNCED[1])
        if self.late_only:
            status = panel["adoption_status"].cat
            rows &= status.codes.to_numpy() != status.categories.get_loc("before")
            rows &= _stayers(panel)
        return _means(panel, outcome, rows, {"ym": ym, "under": under.astype(np.int64)})

    def effects(self, with_it: pd.DataFrame, without: pd.DataFrame) -> tuple[float, float]:
        """Return the policy's effect on the treated side, and that less the effect above."""
        sides = [
            _mean(with_it, (with_it["ym"] >= LAW) & (with_it["under"] == side))
            - _mean(without, (without["ym"] >= LAW) & (without["under"] == side))
            for side in (1, 0)
        ]
        return sides[0], sides[0] - sides[1]


@dataclass(frozen=True)
class Adoption:
    """Municipalities that adopted before the law against those that had not yet.

    Attributes
    ----------
    first, last
        Months YYYYMM, inclusive, whole periods.
    months
        Length of a period, and of the steps in which adoption is counted.
    ages
        Completed years.
    movers
        Whether those stay in who live elsewhere than where they are counted: they meet the duty
        where they live, so that both sides are treated in part before and after.
    """

    first: int = 201301
    last: int = 201612
    months: int = 3
    ages: tuple[int, int] = (18, 29)
    movers: bool = False

    @property
    def of_truth(self) -> tuple[int, tuple[int, int]]:
        """First month and ages that the truth needs."""
        return self.first, self.ages

    def cells(self, panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
        """Return one row a municipality and period."""
        ym, age = panel["ym"].to_numpy(), panel["age_months"].to_numpy()
        rows = (ym >= self.first) & (ym <= self.last) & (age >= self.ages[0] * 12)
        rows &= age < RELEASE
        if not self.movers:
            rows &= _stayers(panel)
        by = {"period": ym, "cohort": panel["adopted_ym"].to_numpy()}
        periods = {name: _month(values) // self.months for name, values in by.items()}
        return _means(panel, outcome, rows, periods)

    def effects(self, with_it: pd.DataFrame, without: pd.DataFrame) -> tuple[float, float]:
        """Return the average effect by cohort and period, weighted by cohort size, twice."""
        first, last = int(with_it["period"].min()), int(with_it["period"].max())
        effects, sizes = [], []
        for cohort in np.unique(with_it["cohort"]):
            if not first < cohort <= last:
                continue
            own, other = with_it["cohort"] == cohort, without["cohort"] == cohort
            # A unit's size is its mean weight over the periods in which it is seen.
            size = with_it.loc[own].groupby("muni_h", observed=True)["weight"].mean().sum()
            for period in range(int(cohort), last + 1):
                effects.append(
                    _mean(with_it, own & (with_it["period"] == period))
                    - _mean(without, other & (without["period"] == period))
                )
                sizes.append(size)
        average = float(np.average(effects, weights=sizes))
        return average, average


@dataclass(frozen=True)
class Release:
    """Ages on both sides of 30 since the law."""

    first: int = 201701
    last: int = 201912
    width: int = 48

    @property
    def ages(self) -> tuple[int, int]:
        """Completed years that the rows may be of."""
        return (RELEASE - self.width) // 12, (RELEASE + self.width) // 12

    @property
    def of_truth(self) -> tuple[int, tuple[int, int]]:
        """First month and ages that the truth needs: the year up to the cutoff."""
        return self.first, (RELEASE // 12 - 1, RELEASE // 12)

    def rows(self, panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
        """Return the person-months at risk."""
        at_risk = self._at_risk(panel, outcome)
        found = panel.loc[at_risk, ["person_id", "age_months"]].copy()
        return found.assign(outcome=panel.loc[at_risk, outcome].astype(float))

    def cells(self, panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
        """Return one row a month of age."""
        at_risk = self._at_risk(panel, outcome)
        age = panel["age_months"].to_numpy().astype(np.int64)
        return _means(panel, outcome, at_risk, {"age_months": age}, place=False)

    def effects(self, with_it: pd.DataFrame, without: pd.DataFrame) -> tuple[float, float]:
        """Return the duty's effect at the cutoff: a line through the year of ages up to it.

        Those ages have lived under the duty to the month before, as have those released.
        """
        both = with_it.merge(without, on="age_months", suffixes=("_1", "_0"))
        both = both[both["age_months"].between(RELEASE - 12, RELEASE)]
        root = np.sqrt(both["weight_1"] + both["weight_0"])
        difference = both["outcome_1"] - both["outcome_0"]
        value = float(np.polyfit(both["age_months"] - RELEASE, difference, 1, w=root)[1])
        return value, value

    def _at_risk(self, panel: pd.DataFrame, outcome: str) -> BoolArray:
        ym, age = panel["ym"].to_numpy(), panel["age_months"].to_numpy()
        rows = (ym >= self.first) & (ym <= self.last) & panel[outcome].notna().to_numpy()
        near: BoolArray = rows & (np.abs(age - RELEASE) <= self.width)
        return near


def _month(ym: NDArray[np.int32]) -> IntArray:
    return (ym // 100 * 12 + ym % 100 - 1).astype(np.int64)


def _stayers(panel: pd.DataFrame) -> BoolArray:
    """Return who lives where they are counted; the two columns have the same categories."""
    same: BoolArray = panel["muni_h"].cat.codes.to_numpy() == panel["muni_now"].cat.codes.to_numpy()
    return same


def _means(
    panel: pd.DataFrame,
    outcome: str,
    rows: BoolArray,
    by: dict[str, IntArray],
    *,
    place: bool = True,
) -> pd.DataFrame:
    """Return mean and number of rows by columns of whole numbers, and by municipality."""
    y = panel[outcome].to_numpy()
    at = np.flatnonzero(rows & ~np.isnan(y))
    y = y[at].astype(np.float64)
    values = {name: column[at].astype(np.int64) for name, column in by.items()}
    lowest = {name: int(column.min()) for name, column in values.items()}
    codes = {name: column - lowest[name] for name, column in values.items()}
    if place:
        lowest["muni_h"] = 0
        codes["muni_h"] = panel["muni_h"].cat.codes.to_numpy()[at].astype(np.int64)
    sizes = [int(column.max()) + 1 for column in codes.values()]
    key = np.ravel_multi_index(list(codes.values()), sizes)
    count = np.bincount(key, minlength=int(np.prod(sizes)))
    total = np.bincount(key, y, minlength=len(count))
    seen = np.flatnonzero(count)
    spots = dict(zip(codes, np.unravel_index(seen, sizes), strict=True))
    found = {name: spot + lowest[name] for name, spot in spots.items()}
    found["outcome"] = total[seen] / count[seen]
    found["weight"] = count[seen].astype(np.float64)
    return pd.DataFrame(found)


def _mean(cells: pd.DataFrame, rows: pd.Series) -> float:
    return float(np.average(cells.loc[rows, "outcome"], weights=cells.loc[rows, "weight"]))
