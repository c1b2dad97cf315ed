"""Types of units: cells of types against a count of rows, one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.plan import CellPass, Flag, Plan, Quantity, UnitPass
from evaluation.cells.settings import Settings
from evaluation.cells.type_pass import run_type_pass
from evaluation.data.periods import Calendar
from evaluation.errors import DataError
from evaluation.spec.filters import Filter

KEY = ("ad_type", "ym", "muni", "female", "ad_treated", "age_months")


def panel(seed: int = 1, persons: int = 60, amounts: bool = False) -> pd.DataFrame:
    """Persons with gaps, entry, exit and moves, some of them alike; outcomes 0, 1 or missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(persons):
        first, last = sorted(rng.integers(0, 100, 2)) if person % 3 else (0, 99)
        born, female, muni = rng.integers(300, 304), person % 2, str(rng.integers(1, 4))
        for month in range(first, last + 1):
            if person % 5 == 0 and rng.random() < 0.3:
                continue
            if person % 7 == 0 and rng.random() < 0.05:
                muni = str(rng.integers(1, 4))
            year, part = divmod(24120 + month, 12)
            age = int(born + month)
            rows.append((person, year * 100 + part + 1, muni, female, age))
    frame = pd.DataFrame(rows, columns=["person", "ym", "muni", "female", "age_months"])
    frame["y"] = rng.integers(0, 2, len(frame)).astype(float)
    frame.loc[rng.random(len(frame)) < 0.002, "y"] = np.nan
    frame["z"] = rng.integers(0, 2, len(frame))
    if amounts:
        frame["nok"] = rng.integers(0, 90_000, len(frame))
        frame["share"] = rng.random(len(frame))
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def plan(key: tuple[str, ...] = KEY) -> Plan:
    """Return a plan whose sample is all rows, with one flag."""
    treated = Flag("ad_treated", "design.treated", (Filter(column="age_months", below=360),))
    return Plan(
        conditions=(),
        flags=(treated,) if "ad_treated" in key else (),
        passes=(),
        pairs=(),
        units=UnitPass("person", "ym"),
        weight=None,
        watched=(),
        routes=(),
        time="ym",
        calendar=Calendar("month", 1),
    )


def cells_of(frame: pd.DataFrame, one: CellPass, **settings: int) -> pd.DataFrame:
    """Return the cells of a pass over a frame."""
    limits = Settings(**settings)
    relation = relation_of_frame(frame, {}, limits)
    return run_type_pass(relation, plan(one.key), one, limits).frame


def brute(frame: pd.DataFrame, names: list[str]) -> pd.Series:
    """Return each row's type by its unit's written-out history, not numbered as the cells are."""
    history = frame.sort_values("ym")[["person", "ym", *names]].astype(object)
    written = history.where(history.notna(), "none").astype(str).agg("|".join, axis=1)
    by_unit = written.str.split("|", n=1).str[1].groupby(history["person"]).agg("/".join)
    return frame["person"].map(by_unit)


def binary_pass(key: tuple[str, ...] = KEY) -> CellPass:
    """Return a pass with two outcomes of 0 and 1."""
    return CellPass(
        "cells_1", key, (Quantity("y", "y"), Quantity("z", "z")), ((0, 0), (0, 1)), True
    )


def test_cells_of_types_are_the_rows_of_units_with_one_history() -> None:
    frame = panel()
    found = cells_of(frame, binary_pass())
    frame["ad_treated"] = (frame["age_months"] < 360).astype(int)
    frame["ad_missing"] = frame["y"].isna().astype(int)
    names = ["muni", "female", "age_months", "ad_missing"]
    frame["history"] = brute(frame, names)
    frame["yz"] = frame["y"] * frame["z"]
    sums = frame.groupby(["history", "ym"]).agg(
        rows=("z", "size"), y=("y", "sum"), z=("z", "sum"), yz=("yz", "sum"),
        muni=("muni", "first"), female=("female", "first"), age=("age_months", "first"),
        treated=("ad_treated", "first"), missing=("ad_missing", "first"),
    ).reset_index()  # fmt: skip
    assert found["ad_type"].nunique() == frame["history"].nunique()
    assert list(found.columns) == [
        *KEY, "ad_missing", "ad_rows", "ad_sum_y", "ad_sum_z", "ad_sum_y_y", "ad_sum_y_z",
        "ad_units",
    ]  # fmt: skip
    left = found[
        ["ym", "muni", "female", "age_months", "ad_treated", "ad_missing", "ad_rows", "ad_sum_y",
         "ad_sum_z", "ad_sum_y_z"]
    ]  # fmt: skip
    right = sums[["ym", "muni", "female", "age", "treated", "missing", "rows", "y", "z", "yz"]]
    by = list(range(left.shape[1]))
    ours = pd.DataFrame(left.to_numpy()).sort_values(by).to_numpy()
    theirs = pd.DataFrame(right.to_numpy()).sort_values(by).to_numpy()
    assert np.array_equal(ours, theirs)
    assert (found["ad_units"] == found["ad_rows"]).all()
    units = found.drop_duplicates("ad_type")["ad_units"].sum()
    assert units == frame["person"].nunique()


def test_amounts_and_shares_are_summed_by_type_as_well() -> None:
    frame = panel(2, amounts=True)
    quantities = tuple(Quantity(name, name) for name in ("y", "nok", "share"))
    one = CellPass("cells_1", ("ym", "muni"), quantities, ((1, 1), (0, 1), (2, 2)), True)
    found = cells_of(frame, one)
    frame["history"] = brute(frame.assign(gone=frame["y"].isna().astype(int)), ["muni"])
    assert found["ad_sum_nok"].dtype == np.int64
    for name in ("nok", "share"):
        centre = float(found[f"ad_centre_{name}"].iloc[0]) if f"ad_centre_{name}" in found else 0.0
        left = frame[name] - centre if centre else frame[name]
        total = left.sum()
        assert np.isclose(found[f"ad_sum_{name}"].sum(), total, rtol=1e-14, atol=1e-9)
        squares = (left**2).sum()
        assert np.isclose(found[f"ad_sum_{name}_{name}"].sum(), squares, rtol=1e-13)
    by_month = frame.groupby(["ym", "muni"])["nok"].sum()
    assert np.array_equal(found.groupby(["ym", "muni"])["ad_sum_nok"].sum(), by_month)
    joint = (frame["y"] * frame["nok"]).groupby(frame["ym"]).sum()
    assert np.array_equal(found.groupby("ym")["ad_sum_y_nok"].sum(), joint)


def test_the_same_cells_come_from_any_order_and_number_of_threads() -> None:
    frame = panel(3, amounts=True)
    quantities = tuple(Quantity(name, name) for name in ("y", "nok"))
    one = CellPass("cells_1", KEY, quantities, ((0, 0), (1, 1)), True)
    first = cells_of(frame, one, threads=1)
    for threads, seed in ((2, 5), (4, 6)):
        again = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        pd.testing.assert_frame_equal(first, cells_of(again, one, threads=threads))


def test_text_units_and_missing_keys_have_types() -> None:
    frame = panel(4)
    frame["person"] = "p" + frame["person"].astype(str)
    frame.loc[frame["person"] == "p3", "muni"] = None
    frame["female"] = frame["female"].astype(float)
    frame.loc[frame["person"] == "p4", "female"] = np.nan
    found = cells_of(frame, binary_pass())
    assert found["ad_rows"].sum() == len(frame)
    assert found.loc[found["muni"].isna(), "ad_rows"].sum() == (frame["person"] == "p3").sum()
    assert found.loc[found["female"].isna(), "ad_rows"].sum() == (frame["person"] == "p4").sum()


def test_repeated_rows_and_too_many_cells_are_refused() -> None:
    frame = panel(5)
    with pytest.raises(DataError, match="1 rows of the sample repeat a unit at one moment"):
        cells_of(pd.concat([frame, frame.iloc[:1]], ignore_index=True), binary_pass())
    moved = frame.iloc[:1].assign(muni="9")
    with pytest.raises(DataError, match="repeat a unit"):
        cells_of(pd.concat([frame, moved], ignore_index=True), binary_pass())
    with pytest.raises(DataError, match="100 are the most"):
        cells_of(frame, binary_pass(), most_cells=100)
