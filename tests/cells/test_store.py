"""Kept cells: what one condition says of another, plans as text, and sums without rounding."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import CellPass, Condition, Flag, Plan, Quantity, Route, UnitPass
from evaluation.cells.store.answer import answered, can_answer, holds
from evaluation.cells.store.frames import read_frame, write_frame
from evaluation.cells.store.implied import implies, left_over
from evaluation.cells.store.pairs import frame_of_pairs, pairs_of_frame
from evaluation.cells.store.plain import from_plain, to_plain
from evaluation.cells.sums import Sums
from evaluation.data.moments import PairCells
from evaluation.data.periods import Calendar
from evaluation.errors import DataError
from evaluation.spec.filters import Filter

VALUES = pd.Series(np.arange(-2, 8))
FILTERS = [
    Filter(column="x", at_least=2),
    Filter(column="x", above=2),
    Filter(column="x", at_least=3, below=6),
    Filter(column="x", at_most=5),
    Filter(column="x", below=5),
    Filter(column="x", equals=4),
    Filter(column="x", not_equals=4),
    Filter(column="x", one_of=(3, 4)),
    Filter(column="x", missing=False),
]
CONDITIONS = [
    *(Condition("", (one,), negated=negated) for one in FILTERS for negated in (False, True)),
]
MOMENTS = [
    Condition("", moments=span, negated=negated)
    for span in ((0, 3), (1, 2), (2, 6), (5, 6))
    for negated in (False, True)
]
TIMED = Plan((), (), (), (), None, None, (), (), time="x", calendar=Calendar("integer", 0))


@pytest.mark.parametrize("conditions", [CONDITIONS, MOMENTS], ids=["filters", "moments"])
def test_what_is_implied_holds_on_every_row(conditions: list[Condition]) -> None:
    frame = VALUES.to_frame("x")
    found = 0
    for given, wanted in itertools.product(conditions, repeat=2):
        if implies(given, wanted):
            found += given is not wanted
            inside = holds(frame, given, TIMED)
            assert holds(frame, wanted, TIMED)[inside].all(), (given, wanted)
    assert found >= 6


def test_a_narrower_range_is_left_over() -> None:
    wide, narrow = Condition("w", moments=(0, 9)), Condition("n", moments=(2, 5))
    assert left_over((narrow,), (wide,)) == (narrow,)
    assert left_over((wide,), (narrow,)) is None
    assert left_over((wide,), (wide,)) == ()


def plan() -> Plan:
    low = Filter(column="d", at_least=dt.date(2015, 1, 1), below=dt.date(2016, 1, 1))
    made = CellPass(
        "cells_1",
        ("town", "t", "ad_treated"),
        (Quantity("y", "y"), Quantity("log_z", "z", log=True)),
        ((0, 0), (0, 1)),
    )
    return Plan(
        conditions=(Condition("keep", (low,)), Condition("window", moments=(1, 4))),
        flags=(Flag("ad_treated", "design.treated", (Filter(column="age", one_of=("a", "b")),)),),
        passes=(made,),
        pairs=(),
        units=UnitPass("unit", "t", constant=("town",)),
        weight=None,
        watched=("y", "z"),
        routes=(Route("main", "cells", cells="cells_1", pairs={"y": "pairs_1"}),),
        time="t",
        calendar=Calendar("integer", 0),
    )


def test_a_plan_survives_its_text() -> None:
    assert from_plain(Plan, json.loads(json.dumps(to_plain(plan())))) == plan()


@pytest.mark.parametrize("change", [{"flags": 3}, {"other": 1}, {"passes": [{"name": 1}]}])
def test_text_that_is_no_plan_is_an_error(change: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        from_plain(Plan, {**to_plain(plan()), **change})


def test_whole_numbers_beyond_64_bits_survive_their_file(tmp_path: Path) -> None:
    large = [10**25, -(10**20), 7]
    frame = pd.DataFrame(
        {"key": ["a", None, "b"], "sum": pd.Series(large, dtype=object), "x": [0.1, np.nan, 3.0]}
    )
    write_frame(frame, tmp_path / "cells.parquet")
    found = read_frame(tmp_path / "cells.parquet")
    assert found["sum"].tolist() == large
    assert found["key"].isna().tolist() == [False, True, False]
    np.testing.assert_array_equal(found["x"], frame["x"])


def table(rows: pd.DataFrame, key: tuple[str, ...]) -> CellTable:
    """Return cells by brute force: whole numbers, missing values of y told apart."""
    made = CellPass("cells_1", key, (Quantity("y", "y"), Quantity("x", "x")), ((0, 0), (0, 1)))
    lacks = rows["y"].isna().astype(int)
    rows = rows.assign(ad_missing=lacks, ad_rows=1, y=rows["y"].fillna(0).astype(int))
    rows = rows.assign(ad_sum_y=rows.y, ad_sum_x=rows.x * 1, ad_sum_y_y=rows.y**2)
    rows = rows.assign(ad_sum_y_x=rows.y * rows.x)
    sums = [name for name in rows if name.startswith("ad_") and name != "ad_missing"]
    frame = rows.groupby([*key, "ad_missing"], dropna=False)[sums].sum().reset_index()
    return CellTable(made, (), frame)


def panel() -> pd.DataFrame:
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "town": draw.integers(0, 4, 400),
            "t": draw.integers(0, 6, 400),
            "y": draw.integers(-5, 9, 400).astype(float),
            "x": draw.integers(0, 3, 400),
        }
    )
    frame.loc[::17, "y"] = np.nan
    return frame


def bare(*, key: tuple[str, ...], conditions: tuple[Condition, ...] = ()) -> Plan:
    made = CellPass("cells_1", key, (Quantity("y", "y"),), ((0, 0),))
    calendar = Calendar("integer", 0)
    return Plan(conditions, (), (made,), (), None, None, (), (), time="t", calendar=calendar)


def test_a_wider_pass_answers_as_the_rows_would() -> None:
    rows = panel()
    kept = table(rows, ("town", "t"))
    built = Plan((), (), (kept.made,), (), None, None, (), (), "t", Calendar("integer", 0))
    narrow = Condition("window 1 to 4", moments=(1, 4))
    asked = bare(key=("town",), conditions=(narrow,))
    assert can_answer(asked, asked.passes[0], built, kept.made)
    found = answered(asked, asked.passes[0], built, kept).frame
    wanted = table(rows[rows["t"].between(1, 4)], ("town",)).frame
    for name in ("town", "ad_missing", "ad_rows", "ad_sum_y", "ad_sum_y_y"):
        assert found[name].tolist() == wanted[name].tolist(), name
    other = bare(key=("town",), conditions=(Condition("x", (Filter(column="x", equals=1),)),))
    assert not can_answer(other, other.passes[0], built, kept.made)


def test_scatter_of_large_whole_numbers_loses_nothing() -> None:
    base = 10**12
    y, x = [base + 1, base + 2, base + 4], [base, base + 5, base + 7]
    made = CellPass("cells_1", (), (Quantity("y", "y"), Quantity("x", "x")), ((0, 0), (0, 1)))
    frame = pd.DataFrame(
        {
            "ad_missing": [0],
            "ad_rows": [3],
            "ad_sum_y": [sum(y)],
            "ad_sum_x": [sum(x)],
            "ad_sum_y_y": pd.Series([sum(a * a for a in y)], dtype=object),
            "ad_sum_y_x": pd.Series([sum(a * b for a, b in zip(y, x, strict=True))], dtype=object),
        }
    )
    one = np.zeros(1, dtype=np.int64)
    sums = Sums(CellTable(made, (), frame), one, one, 1)
    centred = np.array([[a - base for a in y], [b - base for b in x]], dtype=float)
    exact = np.cov(centred, bias=True) * 3
    assert sums.scatter((0,))[0, 0, 0] == pytest.approx(exact[0, 0], rel=1e-14)
    found = (3 * int(frame["ad_sum_y_x"][0]) - sum(y) * sum(x)) / 3
    assert found == pytest.approx(exact[0, 1], rel=1e-14)


def test_pair_cells_survive_their_table() -> None:
    draw = np.random.default_rng(2)
    pairs = PairCells(
        running=np.array([-2.0, 0.0, 3.0]),
        post=np.array([-1, -1, -1]),
        variables=("one", "y"),
        products=draw.normal(size=(2, 2, 3, 3)),
        units=11,
        successive=draw.integers(0, 5, (3, 3)),
    )
    frame = frame_of_pairs(pairs)
    found = pairs_of_frame(frame.sample(frac=1, random_state=1), ("one", "y"), "pairs_1")
    np.testing.assert_array_equal(found.products, pairs.products)
    np.testing.assert_array_equal(found.running, pairs.running)
    assert found.successive is not None
    np.testing.assert_array_equal(found.successive, pairs.successive)
    assert found.units == 11
    with pytest.raises(DataError, match="does not hold every pair"):
        pairs_of_frame(frame.iloc[1:], ("one", "y"), "pairs_1")
