"""Cells of a pass against sums over the rows in pandas."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.cell_pass import run_cell_pass
from evaluation.cells.engines.duckdb import relation_of_files, relation_of_frame
from evaluation.cells.plan import CellPass, Condition, Flag, Plan, Quantity, UnitPass
from evaluation.cells.settings import Settings
from evaluation.cells.whole import whole_columns
from evaluation.data.filters import satisfied
from evaluation.data.periods import Calendar
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.spec.filters import Filter

SETTINGS = Settings()
QUANTITIES = (Quantity("employed", "employed"), Quantity("kroner", "kroner"))
PRODUCTS = ((0, 0), (0, 1), (1, 1))
TREATED = Flag("ad_treated", "design.treated", (Filter(column="age_months", below=360),))
PLAN = Plan((), (), (), (), None, None, (), (), "ym", Calendar("month", 1))


def panel(seed: int = 0, rows: int = 400) -> pd.DataFrame:
    """Persons in municipalities over months, with gaps, missing values and large amounts."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "person": draw.integers(0, 60, rows),
            "ym": draw.choice([201611, 201612, 201701, 201702], rows),
            "muni_h": draw.choice(np.array(["0301", "1103", "Bø", None], dtype=object), rows),
            "age_months": draw.integers(340, 380, rows).astype(np.int16),
            "female": draw.integers(0, 2, rows).astype(np.int8),
            "employed": pd.array(draw.integers(0, 2, rows), dtype="Int8"),
            "kroner": draw.integers(-(3 * 10**9), 3 * 10**9, rows),
            "hours": draw.normal(30, 5, rows),
            "pop": draw.integers(0, 5, rows).astype(np.float64),
        }
    )
    frame.loc[draw.random(rows) < 0.1, "employed"] = pd.NA
    frame.loc[draw.random(rows) < 0.1, "hours"] = np.nan
    frame.loc[draw.random(rows) < 0.1, "pop"] = np.nan
    return frame


def saved(frame: pd.DataFrame, folder: Path, parts: int = 3) -> list[Path]:
    files = []
    for at, rows in enumerate(np.array_split(np.arange(len(frame)), parts)):
        files.append(folder / f"{at}.parquet")
        frame.iloc[rows].to_parquet(files[-1], index=False)
    return files


def brute(
    frame: pd.DataFrame,
    key: list[str],
    quantities: tuple[Quantity, ...],
    products: tuple[tuple[int, int], ...],
    weight: str | None = None,
) -> pd.DataFrame:
    """Return what the pass must give, summed with Python's whole numbers and exact fractions."""
    frame = frame.reset_index(drop=True)
    values = []
    for one in quantities:
        column = frame[one.column].astype(object).where(frame[one.column].notna(), None)
        values.append([None if v is None else np.log(float(v)) if one.log else v for v in column])
    weights = [1] * len(frame)
    if weight is not None:
        weights = [int(v) if v == v and v > 0 else None for v in frame[weight]]
    groups: dict[Any, dict[str, Any]] = {}
    for row in range(len(frame)):
        mask = sum(2**j for j, column in enumerate(values) if column[row] is None)
        mask += 0 if weights[row] is not None else 2 ** len(values)
        at = [frame[name][row] for name in key]
        at = [(1, "") if pd.isna(one) else (0, one) for one in at]
        cell = groups.setdefault((*at, mask), {"ad_rows": 0})
        cell["ad_rows"] += 1
        factor = weights[row]
        if weight is not None:
            cell["ad_weight"] = cell.get("ad_weight", 0) + (factor or 0)
        for name, members in [
            *((one.name, (j,)) for j, one in enumerate(quantities)),
            *((f"{quantities[a].name}_{quantities[b].name}", (a, b)) for a, b in products),
        ]:
            found = [values[j][row] for j in members]
            term = 0 if factor is None or None in found else factor
            for one in found:
                term = term * one if term else 0
            cell[f"ad_sum_{name}"] = cell.get(f"ad_sum_{name}", 0) + term
    made = [
        {
            **{name: one[1] if not one[0] else None for name, one in zip(key, at, strict=False)},
            "ad_missing": at[-1],
        }
        | cell
        for at, cell in sorted(groups.items(), key=lambda item: item[0])
    ]
    return pd.DataFrame(made)


def plain(found: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """Return cells with the sums of values themselves where they hold those less a centre."""
    held = [str(name) for name in found if str(name).startswith("ad_centre_")]
    if not held:
        return found
    centres = {name.removeprefix("ad_centre_"): float(found[name].iloc[0]) for name in held}
    count = found["ad_weight"] if "ad_weight" in found else found["ad_rows"]
    whole = found.drop(columns=held)
    names = [str(name).removeprefix("ad_sum_") for name in wanted if str(name).startswith("ad_sum")]
    singles = [name for name in names if f"ad_sum_{name}_{name}" in wanted or name in centres]
    for name in names:
        if name in centres:
            # A cell without the quantity holds no sums of it.
            whole[f"ad_sum_{name}"] += centres[name] * count * (whole[f"ad_sum_{name}"] != 0)
        for one in (one for one in singles if name.startswith(f"{one}_")):
            other = name.removeprefix(f"{one}_")
            left, right = centres.get(one, 0.0), centres.get(other, 0.0)
            both = count * (found[f"ad_sum_{name}"] != 0)
            whole[f"ad_sum_{name}"] += (
                left * found[f"ad_sum_{other}"] + right * found[f"ad_sum_{one}"]
            ) * (both > 0) + left * right * both
    return whole


def agree(found: pd.DataFrame, wanted: pd.DataFrame, exact: bool = True) -> None:
    found = plain(found, wanted)
    assert list(found.columns) == list(wanted.columns)
    assert len(found) == len(wanted)
    for name in wanted:
        ours = [None if pd.isna(v) else v for v in found[name]]
        theirs = [None if pd.isna(v) else v for v in wanted[name]]
        if exact or not name.startswith("ad_sum"):
            assert ours == theirs, name
        else:
            np.testing.assert_allclose(np.array(ours, float), np.array(theirs, float), rtol=1e-13)


@pytest.fixture
def relate(tmp_path: Path) -> Any:
    def made(frame: pd.DataFrame, settings: Settings = SETTINGS) -> Any:
        return relation_of_files(saved(frame, tmp_path), frame.columns, {}, settings)

    return made


@pytest.fixture(params=["frame", "files"])
def either(request: pytest.FixtureRequest, relate: Any) -> Any:
    def made(frame: pd.DataFrame, settings: Settings = SETTINGS) -> Any:
        return relation_of_frame(plain_columns(frame), {}, settings)

    return made if request.param == "frame" else relate


def test_whole_numbers_are_summed_exactly(either: Any) -> None:
    frame = panel()
    one = CellPass("cells_1", ("muni_h", "ym"), QUANTITIES, PRODUCTS)
    table = run_cell_pass(either(frame), PLAN, one, SETTINGS)
    agree(table.frame, brute(frame, ["muni_h", "ym"], QUANTITIES, PRODUCTS))
    assert table.notes == ()
    # Squares of three thousand million leave 64 bits in the sum, and stay exact.
    assert table.frame["ad_sum_kroner_kroner"].dtype == object
    assert table.frame["ad_sum_kroner"].dtype == np.int64


def test_products_of_huge_numbers_stay_exact(either: Any) -> None:
    frame = panel()
    frame["kroner"] *= 1000
    one = CellPass("cells_1", ("ym",), QUANTITIES, PRODUCTS)
    table = run_cell_pass(either(frame), PLAN, one, SETTINGS)
    agree(table.frame, brute(frame, ["ym"], QUANTITIES, PRODUCTS))


def test_a_weight_that_is_missing_or_zero_has_its_own_bit(either: Any) -> None:
    frame = panel()
    one = CellPass("cells_1", ("muni_h",), QUANTITIES, PRODUCTS)
    table = run_cell_pass(either(frame), replace(PLAN, weight="pop"), one, SETTINGS)
    agree(table.frame, brute(frame, ["muni_h"], QUANTITIES, PRODUCTS, "pop"))
    # Weights are whole numbers in a float column, as missing ones make it: sums stay exact.
    assert table.notes == ()


def test_floats_are_summed_in_one_order(either: Any) -> None:
    frame = panel(rows=3000)
    quantities = (Quantity("hours", "hours"), QUANTITIES[0])
    one = CellPass("cells_1", ("muni_h", "female"), quantities, ((0, 0), (0, 1)))
    made = []
    for threads in (1, 2, 4):
        settings = Settings(threads=threads)
        table = run_cell_pass(either(frame, settings), PLAN, one, settings)
        made.append(table.frame)
        assert "one thread" in table.notes[0]
    agree(made[0], brute(frame, list(one.key), quantities, one.products), exact=False)
    for other in made[1:]:
        pd.testing.assert_frame_equal(made[0], other, check_exact=True)


def test_logarithms_are_summed_and_never_hidden(either: Any) -> None:
    frame = panel()
    frame["kroner"] = frame["kroner"].abs() + 1
    quantities = (Quantity("log_kroner", "kroner", log=True), QUANTITIES[0])
    one = CellPass("cells_1", ("ym",), quantities, ((0, 0), (0, 1)))
    table = run_cell_pass(either(frame), PLAN, one, SETTINGS)
    agree(table.frame, brute(frame, ["ym"], quantities, one.products), exact=False)
    frame.loc[0, "kroner"] = 0
    refused = run_cell_pass(either(frame), PLAN, one, SETTINGS).frame
    assert refused["ad_sum_log_kroner"].isna().sum() == 1


# conditions of a step: filters, negated
CONDITIONS = [
    ({"column": "age_months", "at_least": 350, "below": 370}, False),
    ({"column": "muni_h", "one_of": ("0301", "Bø")}, False),
    ({"column": "muni_h", "equals": "0301"}, True),
    ({"column": "employed", "equals": 1}, True),
    ({"column": "hours", "above": 30.5}, False),
    ({"column": "hours", "above": 30.5}, True),
    ({"column": "hours", "at_most": 30, "missing": False}, True),
    ({"column": "hours", "missing": True}, False),
    ({"column": "muni_h", "missing": True}, True),
    ({"column": "female", "equals": True}, False),
    ({"column": "muni_h", "none_of": ("0301",), "missing": False}, False),
]


@pytest.mark.parametrize(("keys", "negated"), CONDITIONS, ids=str)
def test_conditions_keep_the_rows_that_filters_keep(
    relate: Any, keys: dict[str, Any], negated: bool
) -> None:
    frame = panel()
    one = Filter(**keys)
    plan = replace(PLAN, conditions=(Condition("step", (one,), negated),))
    made = CellPass("cells_1", ("ym",), (), ())
    found = run_cell_pass(relate(frame), plan, made, SETTINGS).frame
    rows = satisfied(plain_columns(frame)[one.column], one, "keep")
    agree(found, brute(frame[~rows if negated else rows], ["ym"], (), ()))


# filters, further settings of a flag, and its value from the age, the month and the hours
FLAGS: list[tuple[tuple[Filter, ...], dict[str, Any], Any]] = [
    (TREATED.filters, {}, lambda age, ym, hours: age < 360),
    (TREATED.filters, {"negated": True}, lambda age, ym, hours: age >= 360),
    (TREATED.filters, {"shift_months": 1}, lambda age, ym, hours: age - 1 < 360),
    (
        TREATED.filters,
        {"at_month": 2017 * 12},
        lambda age, ym, hours: age - (ym // 100 * 12 + ym % 100 - 1 - 2017 * 12) < 360,
    ),
    ((), {"from_period": 2017 * 12}, lambda age, ym, hours: ym >= 201701),
    (
        (Filter(column="hours", above=30),),
        {},
        lambda age, ym, hours: None if pd.isna(hours) else hours > 30,
    ),
    ((Filter(column="hours", missing=True),), {}, lambda age, ym, hours: pd.isna(hours)),
    (
        (Filter(column="hours", above=30), *TREATED.filters),
        {},
        lambda age, ym, hours: None if pd.isna(hours) else hours > 30 and age < 360,
    ),
]


@pytest.mark.parametrize(("filters", "keys", "value"), FLAGS)
def test_flags(relate: Any, filters: tuple[Filter, ...], keys: dict[str, Any], value: Any) -> None:
    frame = panel()
    plan = replace(PLAN, flags=(Flag("ad_flag", "design.treated", filters, **keys),))
    one = CellPass("cells_1", ("ad_flag", "ym"), (), ())
    found = run_cell_pass(relate(frame), plan, one, SETTINGS).frame
    held = [value(*row) for row in frame[["age_months", "ym", "hours"]].itertuples(index=False)]
    frame["ad_flag"] = pd.array([None if one is None else int(one) for one in held], dtype="Int8")
    agree(found, brute(frame, ["ad_flag", "ym"], (), ()))


def test_moments_and_dates(relate: Any) -> None:
    frame = panel()
    inside = frame["ym"].between(201612, 201701)
    month = Condition("window", moments=(2016 * 12 + 11, 2017 * 12))
    one = CellPass("cells_1", ("muni_h",), (), ())
    plan = replace(PLAN, conditions=(month,))
    agree(
        run_cell_pass(relate(frame), plan, one, SETTINGS).frame,
        brute(frame[inside], ["muni_h"], (), ()),
    )
    text = frame["ym"].astype(str).str[:4] + "-" + frame["ym"].astype(str).str[4:] + "-15"
    days = [(dt.date(2016, 12, 1) - dt.date(1970, 1, 1)).days] * 2
    days[1] += 61
    dated = replace(
        PLAN, conditions=(Condition("window", moments=(days[0], days[1])),), time="day",
        calendar=Calendar("date", 1), flags=(Flag("ad_post", "d", from_period=2017 * 12),),
    )  # fmt: skip
    after = CellPass("cells_1", ("muni_h", "ad_post"), (), ())
    frame["ad_post"] = (frame["ym"] >= 201701).astype(int)
    for day in (text, pd.to_datetime(text), pd.to_datetime(text).dt.date):
        found = run_cell_pass(relate(frame.assign(day=day)), dated, after, SETTINGS).frame
        agree(found, brute(frame[inside], ["muni_h", "ad_post"], (), ()))
        kept = replace(
            PLAN,
            conditions=(Condition("keep", (Filter(column="day", at_least=dt.date(2017, 1, 15)),)),),
        )
        found = run_cell_pass(relate(frame.assign(day=day)), kept, one, SETTINGS).frame
        agree(found, brute(frame[frame["ym"] >= 201701], ["muni_h"], (), ()))


def test_shares_count_every_unit_once(relate: Any) -> None:
    frame = panel()
    frame["person"] = frame["person"].astype(str)
    units = UnitPass("person", "ym", shares=True)
    one = CellPass("cells_1", ("ym",), (), ())
    keep = Condition("keep", (Filter(column="age_months", below=370),))
    plan = replace(PLAN, units=units, conditions=(keep,))
    found = run_cell_pass(relate(frame), plan, one, SETTINGS).frame
    kept = frame[frame["age_months"] < 370]
    share = 1 / kept.groupby("person")["ym"].transform("size")
    wanted = share.groupby(kept["ym"]).sum()
    np.testing.assert_allclose(found["ad_share"], wanted, rtol=1e-14)
    weighted = run_cell_pass(
        relate(frame.assign(w=1.5)), replace(plan, weight="w"), one, SETTINGS
    ).frame
    np.testing.assert_allclose(weighted["ad_share"], 1.5 * wanted, rtol=1e-14)


def test_the_same_cells_on_any_number_of_threads(tmp_path: Path) -> None:
    frame = panel(1, 20_000)
    files = saved(frame, tmp_path, 8)
    one = CellPass("cells_1", ("muni_h", "ym", "ad_treated", "female"), QUANTITIES, PRODUCTS)
    plan = replace(PLAN, flags=(TREATED,))
    made = []
    for threads in (1, 2, 4):
        settings = Settings(threads=threads)
        relation = relation_of_files(files, frame.columns, {}, settings)
        made.append(run_cell_pass(relation, plan, one, settings).frame)
    for other in made[1:]:
        pd.testing.assert_frame_equal(made[0], other, check_exact=True)


def test_key_columns_keep_the_types_of_the_panel(tmp_path: Path) -> None:
    frame = panel().assign(known=lambda one: one["female"] == 1)
    files = saved(frame, tmp_path)
    read = plain_columns(pd.concat([pd.read_parquet(file) for file in files]))
    relation = relation_of_files(files, frame.columns, {}, SETTINGS)
    for name in ("person", "ym", "muni_h", "age_months", "employed", "hours", "known"):
        one = CellPass("cells_1", (name,), (), ())
        found = run_cell_pass(relation, PLAN, one, SETTINGS).frame[name]
        assert (found.dtype == read[name].dtype) or name == "employed"
        assert found.isna().sum() == read[name].isna().any()


def test_no_row_is_no_cell(either: Any) -> None:
    none = Condition("keep", (Filter(column="age_months", below=0),))
    one = CellPass("cells_1", ("muni_h",), QUANTITIES, ())
    found = run_cell_pass(either(panel()), replace(PLAN, conditions=(none,)), one, SETTINGS).frame
    assert len(found) == 0
    assert list(found) == ["muni_h", "ad_missing", "ad_rows", "ad_sum_employed", "ad_sum_kroner"]


# What is off about the pass, and the words of the line.
REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"one": CellPass("cells_1", ("muni_h",), (Quantity("m", "muni_h"),), ())}, "holds text"),
    ({"one": CellPass("cells_1", ("ym",), (Quantity("z", "z"),), ())}, "no column 'z'"),
    ({"weight": "kroner"}, "panel.weight: column 'kroner' holds negative values"),
    ({"keep": Filter(column="muni_h", equals=1)}, "compares with a number, but column 'muni_h'"),
    ({"keep": Filter(column="ym", equals="a")}, "compares with text, but column 'ym'"),
    ({"keep": Filter(column="ym", equals=dt.date(2017, 1, 1))}, "compares with a date, but"),
    ({"keep": Filter(column="muni_h", below=dt.date(2017, 1, 1))}, "other values; write dates as"),
]


@pytest.mark.parametrize(("asked", "words"), REFUSALS, ids=str)
def test_what_is_refused(relate: Any, asked: dict[str, Any], words: str) -> None:
    plan = replace(PLAN, weight=asked.get("weight"))
    if "keep" in asked:
        plan = replace(plan, conditions=(Condition("sample.keep.1", (asked["keep"],)),))
    one = asked.get("one", CellPass("cells_1", ("ym",), (), ()))
    with pytest.raises(DataError) as caught:
        run_cell_pass(relate(panel()), plan, one, SETTINGS)
    assert words in str(caught.value) and "\n" not in str(caught.value)
    assert "0301" not in str(caught.value)


def test_products_beyond_exact_sums_end_in_one_line(relate: Any) -> None:
    codes = panel().assign(kroner=2**62)
    quantities = (Quantity("kroner", "kroner"),)
    one = CellPass("cells_1", ("female",), quantities, ((0, 0),))
    with pytest.raises(DataError) as caught:
        run_cell_pass(relate(codes), PLAN, one, SETTINGS)
    assert "'kroner' holds whole numbers too large for exact sums" in str(caught.value)


def test_too_many_cells_names_the_key_that_explodes(relate: Any) -> None:
    one = CellPass("cells_1", ("ym", "kroner"), (), ())
    with pytest.raises(DataError) as caught:
        run_cell_pass(relate(panel()), PLAN, one, Settings(most_cells=50))
    assert "more than 50 cells; key column 'kroner' alone has 400 values" in str(caught.value)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300, 0.5])
def test_a_column_with_such_a_value_is_not_whole(either: Any, value: float) -> None:
    frame = panel()
    relation = either(frame.assign(odd=frame["pop"].where(frame.index != 7, value)))
    quantities = (Quantity("pop", "pop"), Quantity("odd", "odd"))
    assert whole_columns(relation, PLAN, quantities, SETTINGS) == {"pop": True, "odd": False}


def test_memory_that_is_not_enough_for_cells_names_the_key(relate: Any, monkeypatch: Any) -> None:
    def out_of_memory(*_: Any) -> Any:
        raise EnvironmentProblem("query engine: 512MB of memory are not enough")

    monkeypatch.setattr("evaluation.cells.engines.duckdb.stream", out_of_memory)
    one = CellPass("cells_1", ("ym", "kroner"), (), ())
    with pytest.raises(EnvironmentProblem) as caught:
        run_cell_pass(relate(panel()), PLAN, one, SETTINGS)
    assert str(caught.value) == (
        "query engine: 512MB of memory are not enough; or make fewer cells: in cells_1, key column "
        "'kroner' alone has 400 values"
    )
