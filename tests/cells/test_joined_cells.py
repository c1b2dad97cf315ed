"""Joined columns: a query's left join gives the values of rows, and models run from cells."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.engines import engine_of
from evaluation.cells.engines.duckdb import relation_of_files
from evaluation.cells.expressions.joined import with_joined
from evaluation.cells.settings import Settings
from evaluation.data.joins.joining import Joining
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError
from evaluation.pipeline import run_spec
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

PERSONS, MONTHS = 600, [201510, 201511, 201512, 201701, 201704, 201705, 201712]
CODES = ["0301", "1103", "1601", "5001", "0219", "0220"]
JOINS: list[dict[str, Any]] = [
    {"path": "survey.csv", "on": ["muni"],
     "columns": {"regime": "Regime", "staff": "fte", "began": "adopted", "centre": "size"}},
    {"path": "by_year.parquet", "on": ["regime", "level"],
     "columns": {"share": "share", "open": "open"}},
]  # fmt: skip


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    generator = np.random.default_rng(5)
    n = PERSONS * len(MONTHS)
    person = np.repeat(np.arange(PERSONS), len(MONTHS))
    muni = np.array([*CODES, None], dtype=object)[person % 7]
    level = (person % 3).astype(float)
    level[generator.random(n) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "person": person,
            "ym": np.tile(MONTHS, PERSONS),
            "muni": muni,
            "level": level,
            "old": (person // 7) % 2,
            "amount": np.round(generator.normal(size=n), 3),
        }
    )


@pytest.fixture(scope="module")
def folder(frame, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("joined")
    frame.to_parquet(path / "rows.parquet", index=False)
    text = "muni;Regime;fte;adopted;size\n0301;strict;1,5;2016-03-01;1\n1103;mild;2;;2\n"
    text += "1601;;0,25;2015-11-01;3\n5001;mild;;2016-01-01;4\n9999;strict;1;;5\n"
    (path / "survey.csv").write_text("\ufeff" + text.replace("strict", "str\u00e6ng"), "utf-8")
    pd.DataFrame(
        {
            "regime": ["str\u00e6ng", "mild", "mild", "unknown"],
            "level": [0, 0, 1, 2],
            "share": [0.1, 0.2, np.nan, 0.4],
            "open": [True, False, True, True],
        }
    ).to_parquet(path / "by_year.parquet", index=False)
    return path


def spec_of(folder: Path, **changes: Any):
    tables: dict[str, Any] = {
        "schema_version": 1,
        "id": "joined",
        "title": "Joined",
        "panel": {"source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
                  "time_unit": "month"},
        "joins": JOINS,
        "outcomes": {"y": {"column": "amount", "kind": "continuous"}},
        "design": {"kind": "did", "reform_date": dt.date(2017, 1, 1),
                   "treated": {"column": "old", "equals": 1}},
        "models": [{"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "person",
                    "variance": "cr1"}],
        **changes,
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=read_settings(()),
        origin=Origin(folder=folder), label="joined",
    )  # fmt: skip


NAMES = ("regime", "staff", "began", "centre", "share", "open", "joined_1", "joined_2")


@pytest.fixture(scope="module", params=["unknown", "drop"])
def both(request, folder, frame):
    joins = [{**one, "missing": request.param} for one in JOINS]
    if request.param == "drop":
        joins[1]["on"] = ["level"]
        pd.read_parquet(folder / "by_year.parquet").iloc[[0, 2, 3]].to_parquet(
            folder / "by_level.parquet"
        )
        joins[1]["path"] = "by_level.parquet"
    spec = spec_of(folder, joins=joins)
    joining = Joining(Frame(frame), spec)
    relation = relation_of_files([folder / "rows.parquet"], list(frame.columns), {}, Settings())
    made = with_joined(relation, joining, NAMES, Settings())
    found = engine_of(made).fetch(made, made.table.select("person", "ym", *NAMES), Settings())
    found = found.to_pandas().sort_values(["person", "ym"]).reset_index(drop=True)
    return found, joining.read(NAMES), made.columns, request.param


@pytest.mark.parametrize("name", NAMES)
def test_a_query_gives_the_values_of_rows(both, name: str) -> None:
    found, rows, facts, _ = both
    assert (found[name].isna() == rows[name].isna()).all()
    known = rows[name].notna()
    assert (found[name][known] == rows[name][known]).all()
    if facts[name].nulls is not None:
        assert int(rows[name].isna().sum()) in (facts[name].nulls, 0)
    if facts[name].low is not None:
        assert rows[name].min() >= facts[name].low and rows[name].max() <= facts[name].high


def test_values_by_hand(both, frame) -> None:
    _, rows, _, missing = both
    oslo, trondheim, none = (
        rows.loc[(frame["muni"] == code).to_numpy()].iloc[0] for code in ("0301", "1601", "0219")
    )
    assert (oslo["regime"], oslo["staff"], oslo["began"]) == ("str\u00e6ng", 1.5, 201603)
    assert trondheim["joined_1"] == 1
    for one in (trondheim, none):
        assert one["regime"] == "unknown" if missing == "unknown" else pd.isna(one["regime"])
    assert (pd.isna(none["staff"]), none["joined_1"]) == (True, 0)


def test_models_run_from_cells(folder) -> None:
    spec = spec_of(
        folder,
        derive={"twice": {"op": "sum", "columns": ["centre", "centre"]}},
        sample={"keep": [{"column": "regime", "not_equals": "mild"}]},
        models=[{"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "person",
                 "variance": "cr1", "fixed_effects": ["regime"], "controls": ["twice"]}],
    )  # fmt: skip
    cells, rows = run_spec(spec), run_spec(spec, engine="microdata")
    assert cells.detail("main", "y", "engine") == "cells"
    assert rows.detail("main", "y", "engine") == "microdata"
    one, other = cells.estimates[0], rows.estimates[0]
    assert one.n_obs == other.n_obs > 0
    assert one.estimate == pytest.approx(other.estimate, abs=1e-12)
    assert one.std_error == pytest.approx(other.std_error, rel=1e-9)
    assert cells.flow == rows.flow
    assert set(cells.inputs) == {"rows.parquet", "joins.1:survey.csv", "joins.2:by_year.parquet"}


def test_rows_without_a_match_leave_and_are_counted(folder, frame) -> None:
    spec = spec_of(folder, joins=[{**JOINS[0], "missing": "drop"}])
    flows = [run_spec(spec, engine=engine).flow for engine in ("auto", "microdata")]
    assert flows[0] == flows[1]
    step = next(one for one in flows[0] if one.step == "join survey.csv: rows with a match")
    matched = frame["muni"].isin(["0301", "1103", "1601", "5001"])
    assert (step.rows, step.units) == (int(matched.sum()), frame.person[matched].nunique())


def test_a_changed_file_is_another_input(folder, tmp_path) -> None:
    before = run_spec(spec_of(folder), memory=tmp_path)
    again = run_spec(spec_of(folder), memory=tmp_path)
    assert (before.cells, again.cells) == ("built", "reused")
    path = folder / "survey.csv"
    text = path.read_text("utf-8")
    try:
        path.write_text(text.replace("1103;mild", "1103;none"), "utf-8")
        assert run_spec(spec_of(folder), memory=tmp_path).cells == "built"
    finally:
        path.write_text(text, "utf-8")


def test_coverage_by_size_and_earlier_outcome(folder, frame) -> None:
    made = run_spec(spec_of(folder)), run_spec(spec_of(folder), engine="microdata")
    assert made[0].coverage == made[1].coverage
    found = {(one.join, one.by, one.group): one for one in made[0].coverage}
    whole = found[1, "all", ""]
    matched = frame["muni"].isin(["0301", "1103", "1601", "5001"])
    assert (whole.keys, whole.keys_matched) == (7, 4)
    assert (whole.rows, whole.rows_matched) == (len(frame), int(matched.sum()))
    assert found[1, "file", "keys in the file alone"].keys == 1
    for by in ("rows of the key", "y before the reform"):
        parts = [one for key, one in found.items() if key[:2] == (1, by)]
        assert sum(one.rows for one in parts) == whole.rows
        assert sum(one.keys_matched for one in parts) == 4
    before = frame[frame["ym"] < 201701].groupby("muni", dropna=False)["amount"].mean()
    lowest = before.sort_values().index[0]
    low = found[1, "y before the reform", "lowest quarter"]
    assert low.keys >= 1 and (low.keys_matched >= 1) == bool(
        set(before.sort_values().index[: low.keys]) & {"0301", "1103", "1601", "5001"}
    ), lowest
    assert any("survey.csv (join 1) answers for 4 of 7 keys" in note for note in made[0].notes)


CHANGES = "code_from,code_to,valid_ym,weight\n0219,3024,202001,1\n0220,3024,202001,1\n"


@pytest.mark.parametrize(
    ("conflict", "regime", "same"), [("missing", "unknown", 7), ("largest", "strict", 7)]
)
def test_codes_of_a_date(folder, frame, conflict: str, regime: str, same: int) -> None:
    now = frame.assign(muni=frame["muni"].replace({"0219": "3024", "0220": "3024"}))
    text = "muni,regime,staff,people\n0219,mild,7,10\n0220,strict,7,20\n0301,mild,1,99\n"
    (folder / "dated.csv").write_text(text, "utf-8")
    (folder / "changes.csv").write_text(CHANGES, "utf-8")
    join = {
        "path": "dated.csv", "on": ["muni"], "codes_of": dt.date(2016, 1, 1), "size": "people",
        "correspondence": "changes.csv", "columns": {"regime": "regime", "staff": "staff"},
    }  # fmt: skip
    spec = spec_of(folder, joins=[{**join, "conflict": conflict}])
    joining = Joining(Frame(now), spec)
    rows = joining.read(["muni", "regime", "staff"])
    merged = rows.loc[rows["muni"] == "3024"].drop_duplicates()
    assert merged.values.tolist() == [["3024", regime, same]]
    assert set(rows.loc[rows["muni"] == "0301", "regime"]) == {"mild"}
    assert set(joining.joined_inputs()) == {"joins.1:dated.csv", "joins.1:changes.csv"}
    refusing = spec_of(folder, joins=[join])
    with pytest.raises(DataError, match=r"regime: units that are one .* disagree in 1 of 2; set"):
        Joining(Frame(now), refusing).read(["regime"])


def test_a_table_of_a_database_is_joined_where_it_lies(folder) -> None:
    import duckdb

    with duckdb.connect(str(folder / "rows.duckdb")) as base:
        base.execute(
            "CREATE TABLE IF NOT EXISTS t AS SELECT * FROM read_parquet(?)",
            [str(folder / "rows.parquet")],
        )
    table = {"source": "sql", "url": "duckdb:///rows.duckdb", "table": "t", "unit": "person",
             "time": "ym", "time_unit": "month"}  # fmt: skip
    keep = {"sample": {"keep": [{"column": "regime", "not_equals": "mild"}]}}
    found = run_spec(spec_of(folder, panel=table, **keep))
    assert found.detail("main", "y", "engine") == "cells"
    assert found.estimates == run_spec(spec_of(folder, **keep)).estimates
    assert "joins.1:survey.csv" in found.inputs


def test_adoption_intervals_of_a_survey(folder, frame) -> None:
    """Dates of a file become months; a municipality that did not answer is left out."""
    spans = {
        "0301": ("2015-12-10", "2015-12-20"),
        "1103": ("2017-04-01", "2017-04-30"),
        "1601": ("2015-12-01", "2017-05-31"),
        "5001": ("", ""),
        "0219": ("never", "never"),
    }
    lines = [f"{code},{low},{high}" for code, (low, high) in spans.items() if low != "never"]
    (folder / "adopted.csv").write_text("\n".join(["muni,from,to", *lines]) + "\n", "utf-8")
    spec = spec_of(
        folder,
        joins=[{"path": "adopted.csv", "on": ["muni"], "columns": {"a": "from", "b": "to"}}],
        design={"kind": "staggered_did", "control_group": "not_yet_treated",
                "cohort": {"earliest": "a", "latest": "b", "unknown": "exclude", "by": "muni",
                           "before_window": "always_treated"}},
        sample={"keep": [{"column": "muni", "missing": False}]},
        models=[{"id": "main", "estimand": "att", "estimator": "group_time_att",
                 "cluster": "person"}],
    )  # fmt: skip
    rows = Joining(Frame(frame), spec).read(["muni", "a", "b"]).drop_duplicates()
    known = {row.muni: (row.a, row.b) for row in rows.itertuples() if row.a == row.a}
    assert known == {"0301": (201512, 201512), "1103": (201704, 201704), "1601": (201512, 201705)}
    record = run_spec(spec, engine="microdata")
    assert record.estimates[0].status in ("ok", "warned"), record.estimates[0].reason
