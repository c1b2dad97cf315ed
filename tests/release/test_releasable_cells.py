"""Cells as a release: counts against rows, links between passes, rounding, coarser keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import CellPass, Quantity, UnitPass
from evaluation.data.moments import PairCells
from evaluation.data.periods import Calendar
from evaluation.release.cell_counts import cell_counts
from evaluation.release.cells import releasable_cells
from evaluation.release.policy import policy_of
from tests.release.released import gathered_of, rows_of

QUANTITIES = (Quantity("employed", "employed"), Quantity("in_education", "in_education"))


def policy(name: str):
    """Return a shipped policy."""
    return policy_of(name, Path())


def test_counts_of_a_cell_are_those_of_its_rows() -> None:
    rows = rows_of(1, 80)
    both = rows.assign(both=rows["employed"] * rows["in_education"])
    grouped = both.groupby("muni")
    frame = pd.DataFrame(
        {
            "ad_missing": 0,
            "ad_rows": grouped.size(),
            "ad_sum_employed": grouped["employed"].sum(),
            "ad_sum_in_education": grouped["in_education"].sum(),
            "ad_sum_employed_in_education": grouped["both"].sum(),
        }
    ).reset_index()
    found = cell_counts(CellPass("cells_1", ("muni",), QUANTITIES, ((0, 1),)), frame)
    tables = pd.crosstab(rows["muni"], [rows["employed"], rows["in_education"]])
    combinations = tables.reindex(columns=[(1, 1), (1, 0), (0, 1), (0, 0)], fill_value=0)
    assert found.binary == (0, 1)
    np.testing.assert_array_equal(found.values[:, 5:], combinations.to_numpy())
    np.testing.assert_array_equal(found.values[:, 1] + found.values[:, 2], found.values[:, 0])


def test_no_small_cell_leaves_and_those_that_leave_are_as_they_were() -> None:
    gathered = gathered_of(rows_of(2, 300))
    left = releasable_cells(gathered, policy("statistics_norway"), None, None)
    before, after = (one.tables["cells_1"].frame for one in (gathered, left.gathered))
    assert 0 < len(after) < len(before)
    merged = after.merge(before, how="left", indicator=True)
    assert merged["_merge"].eq("both").all()
    for name in ("ad_rows", "ad_sum_employed", "ad_sum_in_education"):
        assert not after[name].between(1, 2).any()
    done = left.passes[0]
    assert (done.cells, done.hidden) == (len(before), len(before) - len(after))
    assert done.rows_hidden == before["ad_rows"].sum() - after["ad_rows"].sum()
    assert not done.exact
    assert left.words["cells_1"].startswith(f"{done.hidden} of {done.cells} cells left out")


def test_two_cells_of_a_sum_are_hidden_where_one_is_small() -> None:
    frame = pd.DataFrame(
        {
            "ym": 201701,
            "muni": ["0301", "1103", "5001"],
            "ad_missing": 0,
            "ad_rows": [90, 30, 2],
            "ad_sum_employed": [40, 10, 0],
        }
    )
    made = CellPass("cells_1", ("ym", "muni"), QUANTITIES[:1], ())
    gathered = gathered_of(rows_of(1, 30))
    gathered = replace(
        gathered, tables={"cells_1": CellTable(made, (), frame)},
        plan=replace(gathered.plan, passes=(made,)),
    )  # fmt: skip
    left = releasable_cells(gathered, policy("statistics_norway"), None, None)
    assert left.gathered.tables["cells_1"].frame["muni"].tolist() == ["0301"]
    assert (left.passes[0].hidden, left.passes[0].secondary) == (2, 1)


def test_rounded_cells_keep_ones_among_rows() -> None:
    gathered = gathered_of(rows_of(4, 2000))
    left = releasable_cells(gathered, policy("opensafely"), None, None)
    frame = left.gathered.tables["cells_1"].frame
    for name in ("ad_rows", "ad_sum_employed", "ad_sum_in_education"):
        assert (frame[name] % 6 == 3).all()
    assert (frame["ad_sum_employed"] <= frame["ad_rows"]).all()
    assert "midpoint of 6: each may be off by up to 3" in left.words["cells_1"]


def test_without_rules_cells_leave_as_they_are() -> None:
    gathered = gathered_of(rows_of(1, 30))
    left = releasable_cells(gathered, policy("none"), None, None)
    for name, table in gathered.tables.items():
        pd.testing.assert_frame_equal(left.gathered.tables[name].frame, table.frame)
    assert all(one.exact for one in left.passes)
    assert not left.coarser


def test_a_coarser_key_that_is_proposed_passes() -> None:
    rows = rows_of(5, 400)
    gathered = gathered_of(rows)
    left = releasable_cells(gathered, policy("statistics_norway"), None, None)
    first = left.coarser["cells_1"][0]
    assert first.passes
    assert first.merged == {"muni": "none"}
    assert str(first) == "muni left out: 4 cells, none left out"
    smallest = rows.groupby(["ym", "ad_treated"])["in_education"].sum().min()
    assert smallest >= 3


@pytest.mark.parametrize(("alone", "leaves"), [(5, True), (2, False)])
def test_pair_cells_leave_where_differences_are_large(alone: int, leaves: bool) -> None:
    """Units seen at two ages, and at the first alone."""
    counts = np.array([[50.0 + alone, 50.0], [50.0, 60.0]])
    pairs = PairCells(np.array([-1.0, 0.0]), np.array([-1, -1]), ("one",), counts[None, None], 70)
    gathered = replace(gathered_of(rows_of(1, 30)), tables={}, pairs={"pairs_1": pairs})
    left = releasable_cells(gathered, policy("statistics_norway"), None, None)
    assert ("pairs_1" in left.gathered.pairs) is leaves


@pytest.mark.parametrize(("unit", "leaves"), [("month", True), ("year", False)])
def test_rows_by_age_in_months_are_persons_where_rows_are_monthly(unit: str, leaves: bool) -> None:
    """Twelve rows a cell: of twelve persons in monthly rows, of as few as one in yearly ones."""
    frame = pd.DataFrame({"age_months": [359, 360, 361], "ad_missing": 0, "ad_rows": 12,
                          "ad_sum_employed": 6})  # fmt: skip
    made = CellPass("cells_1", ("age_months",), QUANTITIES[:1], ())
    gathered = gathered_of(rows_of(1, 30))
    plan = replace(
        gathered.plan, passes=(made,), calendar=Calendar(unit, 1), units=UnitPass("person", "ym")
    )
    gathered = replace(gathered, tables={"cells_1": CellTable(made, (), frame)}, plan=plan)
    left = releasable_cells(gathered, policy("statistics_norway"), None, None)
    assert ("cells_1" in left.gathered.tables) is leaves
