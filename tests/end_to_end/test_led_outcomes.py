"""Outcomes at another month: by brute force, on rows and on cells, in files as in frames."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.settings import Settings as Limits
from evaluation.commands.cells_sql import print_sql
from evaluation.errors import DataError, SpecError
from evaluation.pipeline import run_spec
from evaluation.report.horizons import by_horizon
from evaluation.report.record import Record
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

MAIN: dict[str, Any] = {
    "id": "main", "estimand": "att_relative", "estimator": "twfe",
    "fixed_effects": ["town", "ym"], "cluster": "town",
}  # fmt: skip
TABLES: dict[str, Any] = {
    "schema_version": 1,
    "id": "led",
    "title": "Led outcomes",
    "panel": {
        "source": "file", "path": "panel", "unit": "person", "time": "ym", "time_unit": "month",
        "window": [dt.date(2015, 1, 1), dt.date(2016, 12, 31)],
    },
    "outcomes": {"work": {"column": "work", "kind": "binary", "horizons": [3, 6]}},
    "design": {
        "kind": "did",
        "reform_date": dt.date(2016, 1, 1),
        "treated": {"column": "age_months", "below": 360, "assigned_at": "period_start"},
        "control": {"column": "age_months", "at_least": 363},
    },
    "models": [MAIN],
}  # fmt: skip


def month_of(ym: pd.Series) -> pd.Series:
    return ym // 100 * 12 + ym % 100 - 1


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """Persons with gaps, seen beyond the window, an outcome with holes."""
    draw = np.random.default_rng(5)
    months = np.arange(2014 * 12 + 6, 2017 * 12 + 4)
    person, month = (one.ravel() for one in np.meshgrid(np.arange(300), months, indexing="ij"))
    age = 330 + draw.integers(0, 50, 300)[person] + month - months[0]
    rows = pd.DataFrame(
        {
            "person": person + 1000,
            "ym": month // 12 * 100 + month % 12 + 1,
            "age_months": age,
            "town": np.array(list("abcdefgh"))[(person * 7) % 8],
            "work": draw.integers(0, 2, len(person)).astype(float),
            "earned": draw.integers(0, 500, len(person)),
            "sa_entry": np.nan,
            "sa_exit": np.nan,
        }
    )
    rows.loc[draw.random(len(rows)) < 0.03, "work"] = np.nan
    return rows[draw.random(len(rows)) > 0.05].sample(frac=1, random_state=1, ignore_index=True)


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., Spec]:
    def build(**changes: Any) -> Spec:
        tables = copy.deepcopy(TABLES)
        for name, value in changes.items():
            own = tables.get(name)
            merged = isinstance(own, dict) and name in ("panel", "design")
            tables[name] = {**own, **value} if merged else value
        return build_spec(
            tables, catalogue(), settings=Settings({}, ()), origin=Origin(folder=tmp_path),
            label="led",
        )  # fmt: skip

    return build


def rows_of(panel: pd.DataFrame, column: str, months: int) -> pd.DataFrame:
    """Return the sample with a column so many months later, by a plain merge."""
    rows = panel.assign(month=month_of(panel["ym"]))
    other = rows[["person", "month", column]].assign(month=rows["month"] - months)
    rows = rows.merge(other.rename(columns={column: "later"}), on=["person", "month"], how="left")
    rows["treated"] = (rows["age_months"] - 1 < 360).astype(float)
    rows["post"] = (rows["ym"] >= 201601).astype(float)
    rows = rows[(rows["treated"] == 1) | (rows["age_months"] >= 363)]
    return rows[rows["ym"].between(201501, 201612)]


def coefficient(rows: pd.DataFrame, y: str) -> float:
    """Return treated × post with dummies for town and month, by least squares."""
    town, month = (pd.get_dummies(rows[name], dtype=float) for name in ("town", "ym"))
    x = np.column_stack([rows["treated"] * rows["post"], rows["treated"], town, month])
    return float(np.linalg.lstsq(x, rows[y].to_numpy(float), rcond=None)[0][0])


def numbers(record: Record) -> pd.DataFrame:
    frame = pd.DataFrame([vars_of(row) for row in by_horizon(record.estimates)])
    assert (frame["status"] == "ok").all(), frame["reason"].tolist()
    return frame


def vars_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).__dataclass_fields__}


def same(first: Record, second: Record) -> None:
    one, other = numbers(first), numbers(second)
    error = other["std_error"].to_numpy(float)
    gap = np.abs(one["estimate"] - other["estimate"])
    assert (gap <= 1e-9 * error).all()
    assert np.allclose(one["std_error"], error, rtol=1e-8, atol=0)
    assert one["n_obs"].tolist() == other["n_obs"].tolist()
    assert one["n_units"].tolist() == other["n_units"].tolist()
    lost = [
        {(row.outcome, row.name): row.value for row in record.details if "dropped" in row.name}
        for record in (first, second)
    ]
    assert lost[0] == lost[1]


def test_a_horizon_is_the_units_own_value_so_many_months_later(spec, panel) -> None:
    record = run_spec(spec(), frame=panel)
    found = numbers(record)
    assert found["outcome"].tolist() == ["work", "work"]
    assert found["horizon"].tolist() == [3, 6]
    for at, months in enumerate((3, 6)):
        rows = rows_of(panel, "work", months)
        carried = (rows["ym"] < 201601) & (rows["month"] + months >= 2016 * 12)
        beyond = rows["month"] + months > month_of(panel["ym"]).max()
        kept = rows[~carried & rows["later"].notna()]
        assert found["estimate"][at] == pytest.approx(coefficient(kept, "later"), abs=1e-10)
        assert found["n_obs"][at] == len(kept)
        assert found["n_units"][at] == kept["person"].nunique()
        name = f"work@{months}"
        assert record.detail(
            "main", name, "rows dropped: outcome date on or after the reform, or announced"
        ) == int(carried.sum())
        late = record.detail("main", name, "rows dropped: lead beyond the data") or 0
        assert late == int((~carried & beyond).sum())
        absent = ~carried & ~beyond & rows["later"].isna()
        assert record.detail("main", name, "rows dropped: missing outcome") == int(absent.sum())
    assert record.detail("main", "work@6", "engine") == "cells"
    assert record.detail("main", "work@6", "rows dropped: lead beyond the data")


OUTCOMES: dict[str, dict[str, Any]] = {
    "lead": {"column": "work", "kind": "binary", "lead_months": 6},
    "horizons": {"column": "work", "kind": "binary", "horizons": [0, 3, 9]},
    "difference": {"column": "earned", "kind": "nok", "difference": 3},
    "led_difference": {"column": "earned", "kind": "nok", "difference": 6, "lead_months": 3},
    "at_an_age": {"column": "work", "kind": "binary", "at_age": 370},
}


@pytest.mark.parametrize("announced", [(), ([dt.date(2015, 9, 1), dt.date(2015, 10, 31)],)])
def test_rows_frames_and_files_agree(spec, panel, tmp_path, announced) -> None:
    (tmp_path / "panel").mkdir()
    for at in range(3):
        panel.iloc[at::3].to_parquet(tmp_path / "panel" / f"{at}.parquet", index=False)
    models = [MAIN, {**MAIN, "id": "towns", "variance": "cr3", "controls": ["earned"]}]
    asked = spec(outcomes=OUTCOMES, sample={"drop_periods": list(announced)}, models=models)
    by_rows = run_spec(asked, frame=panel, engine="microdata")
    assert len(by_rows.estimates) == 2 * 7
    same(run_spec(asked, frame=panel), by_rows)
    for threads in (1, 2):
        same(run_spec(asked, settings=Limits(threads=threads)), by_rows)


def test_a_difference_takes_off_the_value_before(spec, panel) -> None:
    outcomes = {"y": {"column": "earned", "kind": "nok", "difference": 3, "lead_months": 6}}
    (row,) = run_spec(spec(outcomes=outcomes), frame=panel).estimates
    rows = rows_of(panel, "earned", 6)
    before = rows_of(panel, "earned", 3)
    assert (rows["person"].to_numpy() == before["person"].to_numpy()).all()
    rows = rows.assign(change=rows["later"] - before["later"])
    carried = (rows["ym"] < 201601) & (rows["month"] + 6 >= 2016 * 12)
    kept = rows[~carried & rows["change"].notna()]
    assert row.n_obs == len(kept)
    assert row.estimate == pytest.approx(coefficient(kept, "change"), abs=1e-9)


def test_at_an_age_is_the_value_in_the_month_of_that_age(spec, panel) -> None:
    outcomes = {"y": {"column": "earned", "kind": "nok", "at_age": 370}}
    record = run_spec(spec(outcomes=outcomes), frame=panel)
    (row,) = record.estimates
    aged = panel[panel["age_months"] == 370].set_index("person")["earned"]
    rows = rows_of(panel, "work", 0)
    rows = rows.assign(later=rows["person"].map(aged))
    date = rows["month"] + 370 - rows["age_months"]
    carried = (rows["ym"] < 201601) & (date >= 2016 * 12)
    kept = rows[~carried & rows["later"].notna()]
    assert row.n_obs == len(kept)
    assert row.estimate == pytest.approx(coefficient(kept, "later"), abs=1e-9)
    assert "differs from row to row" in str(record.detail("main", "y", "engine_reason"))


def test_quarters_average_the_months_at_their_lead(spec, panel) -> None:
    outcomes = {"y": {"column": "earned", "kind": "nok", "lead_months": 3}}
    design = {"treated": {"column": "town", "one_of": ["a", "b"]},
              "control": {"column": "town", "none_of": ["a", "b"]}}  # fmt: skip
    model = {**MAIN, "fixed_effects": ["ym_last"]}
    months = month_of(panel["ym"])
    panel = panel.assign(ym_last=months // 3)
    asked = spec(panel={"period": "quarter"}, outcomes=outcomes, design=design, models=[model])
    (row,) = run_spec(asked, frame=panel).estimates
    rows = panel.assign(month=months)
    other = rows[["person", "month", "earned"]].assign(month=months - 3)
    rows = rows.merge(other.rename(columns={"earned": "later"}), on=["person", "month"], how="left")
    rows = rows[rows["ym"].between(201501, 201612)]
    rows = rows.groupby(["person", "town", "ym_last"], as_index=False)["later"].mean()
    rows = rows[(rows["ym_last"] >= 2016 * 4) | (rows["ym_last"] + 1 < 2016 * 4)].dropna()
    x = np.column_stack([
        rows["town"].isin(["a", "b"]) & (rows["ym_last"] >= 2016 * 4),
        rows["town"].isin(["a", "b"]),
        pd.get_dummies(rows["ym_last"]),
    ]).astype(float)  # fmt: skip
    assert row.n_obs == len(rows)
    assert row.estimate == pytest.approx(
        np.linalg.lstsq(x, rows["later"], rcond=None)[0][0], abs=1e-9
    )


def test_repeated_rows_are_refused(spec, panel) -> None:
    twice = pd.concat([panel, panel.iloc[:2]], ignore_index=True)
    with pytest.raises(DataError, match="2 rows repeat a unit and month"):
        run_spec(spec(), frame=twice, engine="microdata")


def test_whole_numbers_have_no_months(spec, panel) -> None:
    with pytest.raises(SpecError, match=r"counts months, but panel\.time_unit is 'integer'"):
        spec(panel={"time_unit": "integer", "window": [201501, 201612]},
             design={"reform_date": None,
                     "post": {"column": "ym", "at_least": 201601}})  # fmt: skip


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"lead_months": 3, "horizons": [3]}, "horizons: stands beside lead_months"),
    ({"horizons": []}, "horizons: is empty"),
    ({"horizons": [3, 3]}, "a horizon stands twice"),
    ({"horizons": [-3]}, "a month before the row's own"),
    ({"at_age": 300, "lead_months": 3}, "at_age: stands beside lead_months"),
    ({"difference": 3}, "a difference may be negative"),
    ({"difference": 3, "kind": "nok", "transform": "log"}, "no logarithm"),
]


@pytest.mark.parametrize(("keys", "line"), FAULTS)
def test_faults_of_a_date(spec, keys: dict[str, Any], line: str) -> None:
    with pytest.raises(SpecError, match=line):
        spec(outcomes={"y": {"column": "work", "kind": "binary", **keys}})


def test_periods_hold_whole_leads(spec) -> None:
    with pytest.raises(SpecError, match="multiples of 3"):
        spec(panel={"period": "quarter"},
             outcomes={"y": {"column": "work", "kind": "binary", "lead_months": 4}})  # fmt: skip


def test_columns_that_are_not_there(spec, panel) -> None:
    asked = spec(outcomes={"y": {"column": "wrk", "kind": "binary", "lead_months": 3}})
    with pytest.raises(DataError, match=r"outcomes\.y\.column: no column 'wrk' in the panel"):
        run_spec(asked, frame=panel)
    taken = panel.assign(work_lead_3=1)
    asked = spec(outcomes={"y": {"column": "work", "kind": "binary", "lead_months": 3}})
    with pytest.raises(DataError, match="has the name of 'work' at the date asked for"):
        run_spec(asked, frame=taken)


# --- identities -----------------------------------------------------------------------------------

SUM: dict[str, Any] = {
    "outcomes": {
        "total": {"column": "total", "kind": "binary"},
        "one": {"column": "one", "kind": "binary"},
        "other": {"column": "other", "kind": "binary"},
    },
    "identities": [{"total": "total", "parts": ["one", "other"]}],
}


@pytest.fixture
def parted_panel(panel) -> pd.DataFrame:
    """A total in two parts, each with holes of its own."""
    draw = np.random.default_rng(2)
    one = draw.integers(0, 2, len(panel)).astype(float)
    other = (1 - one) * draw.integers(0, 2, len(panel))
    rows = panel.assign(total=one + other, one=one, other=other)
    for name in ("total", "one", "other"):
        rows.loc[draw.random(len(rows)) < 0.04, name] = np.nan
    return rows


@pytest.mark.parametrize("lead", [{}, {"lead_months": 3}])
def test_an_identity_holds_on_one_sample(spec, parted_panel, lead) -> None:
    outcomes = {name: {**one, **lead} for name, one in SUM["outcomes"].items()}
    path = {
        "id": "path", "estimand": "att_by_event_time", "estimator": "twfe_event_study",
        "event_window": [-6, 3], "event_ends": "drop", "reference": -5, "cluster": "town",
    }  # fmt: skip
    asked = spec(**{**SUM, "outcomes": outcomes}, models=[MAIN, path])
    by_rows = run_spec(asked, frame=parted_panel, engine="microdata")
    by_cells = run_spec(asked, frame=parted_panel)
    same(by_cells, by_rows)
    assert by_cells.detail("main", "one", "engine") == "cells"
    for record in (by_rows, by_cells):
        found = [row for row in record.checks if row.check == "identity"]
        assert [(row.model_id, row.outcome, row.verdict) for row in found] == [
            ("main", "total", "holds"), ("path", "total", "holds"),
        ]  # fmt: skip
        assert all(0 <= row.statistic <= 1e-9 for row in found)
        rows = {row.n_obs for row in record.estimates if row.model_id == "main"}
        assert len(rows) == 1


def test_parts_that_do_not_add_up_are_told(spec, parted_panel) -> None:
    wrong = parted_panel.assign(other=parted_panel["other"].where(parted_panel["town"] != "a", 1))
    record = run_spec(spec(**SUM), frame=wrong)
    (row,) = [row for row in record.checks if row.check == "identity"]
    assert row.verdict == "violated" and row.statistic > 1e-9
    by_name = {one.outcome: one.estimate for one in record.estimates}
    gap = abs(by_name["one"] + by_name["other"] - by_name["total"])
    assert record.detail("main", "total", "largest_difference") == pytest.approx(gap)


def test_identities_at_horizons_are_tested_at_each(spec, parted_panel) -> None:
    outcomes = {name: {**one, "horizons": [3, 6]} for name, one in SUM["outcomes"].items()}
    record = run_spec(spec(**{**SUM, "outcomes": outcomes}), frame=parted_panel)
    found = [row for row in by_horizon(record.checks) if row.check == "identity"]
    assert [(row.outcome, row.term, row.verdict) for row in found] == [
        ("total", "horizon 3", "holds"), ("total", "horizon 6", "holds"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"identities": [{"total": "all", "parts": ["one", "other"]}]}, "no outcome 'all'"),
        ({"identities": [{"total": "total", "parts": ["one", "one"]}]}, "stands twice"),
        ({"outcomes": {**SUM["outcomes"], "one": {"column": "one", "kind": "binary",
          "lead_months": 3}}}, "'one' is measured at another date than 'total'"),
    ],
)  # fmt: skip
def test_faults_of_an_identity(spec, change, line) -> None:
    with pytest.raises(SpecError, match=line):
        spec(**{**SUM, **change})


def test_selects_for_a_warehouse_find_the_same_months(spec, panel, tmp_path) -> None:
    import duckdb

    asked = spec()
    folder = tmp_path / "cells"
    folder.mkdir()
    text = print_sql(asked, "duckdb", "panel_rows")
    assert '"work"' in text.split("Save as")[0] and "work_lead_3" not in text.split("Save as")[0]
    with duckdb.connect() as base:
        base.register("panel_rows", panel.astype({"work": "Int32", "ym": "int32"}))
        for name, select in re.findall(r"-- Save as (\w+)\.parquet\n(.*?);\n", text, re.S):
            base.execute(f"COPY ({select}) TO '{folder / name}.parquet' (FORMAT parquet)")
    given = run_spec(asked, cells=folder).estimates
    own = run_spec(asked, frame=panel).estimates
    assert [row.n_obs for row in given] == [row.n_obs for row in own]
    for one, other in zip(given, own, strict=True):
        assert one.estimate == pytest.approx(other.estimate, abs=1e-9 * other.std_error)


def test_bits_in_files_and_databases_say_what_rows_do(spec, panel, tmp_path) -> None:
    import duckdb

    draw = np.random.default_rng(11)
    held = panel.assign(
        work=panel["work"].astype("Int8"), study=draw.integers(0, 2, len(panel)).astype("int8")
    )
    outcomes = {
        "idle": {"column": "idle", "kind": "binary", "horizons": [0, 6]},
        "work": {"column": "work", "kind": "binary", "lead_months": 3},
    }
    derive = {
        "busy": {"op": "any", "columns": ["work", "study"]},
        "idle": {"op": "recode", "column": "busy", "values": {"0": 1, "1": 0}},
    }
    (tmp_path / "panel").mkdir()
    for at in range(2):
        held.iloc[at::2].to_parquet(tmp_path / "panel" / f"{at}.parquet", index=False)
    with duckdb.connect(str(tmp_path / "panel.duckdb")) as base:
        base.execute(f"CREATE TABLE panel AS FROM '{tmp_path}/panel/*.parquet'")
    asked = spec(outcomes=outcomes, derive=derive)
    by_rows = run_spec(asked, engine="microdata")
    found = [run_spec(asked, settings=Limits(threads=threads)) for threads in (1, 2)]
    same(found[0], by_rows)
    assert found[0].detail("main", "idle@6", "engine") == "cells"
    assert found[0].estimates == found[1].estimates
    address = {"source": "sql", "url": "duckdb:///panel.duckdb", "table": "panel", "path": None}
    tables = {name: one for name, one in {**TABLES["panel"], **address}.items() if one is not None}
    asked = build_spec(
        {**TABLES, "panel": tables, "outcomes": outcomes, "derive": derive}, catalogue(),
        settings=Settings({}, ()), origin=Origin(folder=tmp_path), label="led",
    )  # fmt: skip
    assert run_spec(asked).estimates == found[0].estimates
