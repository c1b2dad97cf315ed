"""Columns of 0 and 1 at another month: words of bits against windows, and against the rows."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.engines.duckdb import close, fetch, relation_of_files
from evaluation.cells.expressions import unit_bits
from evaluation.cells.expressions.dated import MONTH, with_dates
from evaluation.cells.expressions.derived import with_derived
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings as Limits
from evaluation.data.leads import dated_source
from evaluation.data.plain import plain_columns
from evaluation.data.sources.frame import Frame
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

OUTCOMES: dict[str, dict[str, Any]] = {
    "near": {"column": "work", "kind": "binary", "horizons": [0, 1, 12]},
    "far": {"column": "work", "kind": "binary", "lead_months": 75},
    "beyond": {"column": "work", "kind": "binary", "lead_months": 700},
    "back": {"column": "work", "kind": "nok", "difference": 3},
    "far_back": {"column": "work", "kind": "nok", "difference": 62},
    "swing": {"column": "study", "kind": "nok", "difference": 80, "lead_months": 5},
    "study": {"column": "study", "kind": "binary", "lead_months": 2},
    "ill": {"column": "ill", "kind": "binary", "lead_months": 6},
    "either": {"column": "either", "kind": "binary", "lead_months": 4},
    "earned": {"column": "earned", "kind": "nok", "lead_months": 7},
}
TABLES: dict[str, Any] = {
    "schema_version": 1,
    "id": "bits",
    "title": "Bits",
    "panel": {"source": "file", "path": "p.parquet", "unit": "person", "time": "ym",
              "time_unit": "month"},
    "derive": {"either": {"op": "any", "columns": ["work", "study"]}},
    "outcomes": OUTCOMES,
    "design": {
        "kind": "did", "reform_date": dt.date(2010, 1, 1),
        "treated": {"column": "town", "one_of": ["a"]},
        "control": {"column": "town", "one_of": ["b"]},
    },
    "models": [{"id": "main", "estimand": "att_relative", "estimator": "twfe",
                "fixed_effects": ["town", "ym"], "cluster": "town"}],
}  # fmt: skip
HELD = ("work", "study", "ill", "either")
LIMITS = Limits(threads=2)


@pytest.fixture(scope="module")
def spec() -> Spec:
    return build_spec(
        copy.deepcopy(TABLES), catalogue(), settings=Settings({}, ()), origin=Origin(), label="bits"
    )


def panel_of(seed: int, months: int, text: bool) -> pd.DataFrame:
    """Persons with gaps and holes, in any order; the panel begins in the middle of a year."""
    draw = np.random.default_rng(seed)
    first = 2006 * 12 + int(draw.integers(0, 12))
    person, month = (one.ravel() for one in np.meshgrid(np.arange(12), np.arange(months)))
    month = month + first
    rows = pd.DataFrame({
        "person": [f"p{one}" for one in person] if text else person.astype(np.int64) * 10**9,
        "ym": (month // 12 * 100 + month % 12 + 1).astype(np.int32),
        "town": np.where(person % 2, "a", "b"),
        "work": pd.array(draw.integers(0, 2, len(person)), "Int8"),
        "study": draw.integers(0, 2, len(person)),
        "ill": pd.array(draw.random(len(person)) < 0.5, "boolean"),
        "earned": draw.integers(0, 500, len(person)),
    })  # fmt: skip
    for name in ("work", "ill"):
        rows.loc[draw.random(len(rows)) < 0.1, name] = pd.NA
    return rows[draw.random(len(rows)) > 0.2].sample(frac=1, random_state=seed, ignore_index=True)


def opened(tmp_path: Path, spec: Spec, frame: pd.DataFrame) -> Relation:
    file = tmp_path / "p.parquet"
    frame.to_parquet(file, index=False)
    relation = with_derived(
        relation_of_files([file], frame.columns, {}, LIMITS), spec, ("either",), LIMITS
    )
    assert relation is not None
    return relation


def rows_of(relation: Relation) -> pd.DataFrame:
    """Return all rows as numbers, in one order: of two in one month, the fuller one first."""
    found = fetch(relation, relation.table, LIMITS).to_pandas().drop(columns=["town"])
    found = found.assign(**{
        name: found[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        for name in found.columns.drop("person")
    })  # fmt: skip
    return found.sort_values(list(found.columns), ignore_index=True)


def windows_and_bits(
    tmp_path: Path, spec: Spec, frame: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    relation = opened(tmp_path, spec, frame)
    windows = rows_of(with_dates(relation, spec))
    held = with_dates(relation, spec, LIMITS)
    assert unit_bits.TABLE in relation.table.get_backend().list_tables(database=("temp", "main"))
    assert MONTH not in held.table.columns
    found = rows_of(held)
    close(relation)
    return windows, found[windows.columns]


@pytest.mark.parametrize(
    ("seed", "months", "text"), [(1, 9, False), (2, 62, True), (3, 140, False), (4, 150, True)]
)
def test_bits_are_what_rows_and_windows_say(tmp_path, spec, seed, months, text) -> None:
    frame = panel_of(seed, months, text)
    windows, bits = windows_and_bits(tmp_path, spec, frame)
    pd.testing.assert_frame_equal(windows, bits, check_dtype=False)
    made = frame.assign(either=_either(frame))
    led = dated_source(spec, Frame(plain_columns(made)))
    wanted = [name for name in bits.columns if name not in ("person", "either")]
    rows = led.read(["person", *wanted])
    rows = rows.assign(**{name: rows[name].astype(float) for name in wanted})
    order = ["person", "ym"]
    pd.testing.assert_frame_equal(
        rows.sort_values(order, ignore_index=True),
        bits[["person", *wanted]].sort_values(order, ignore_index=True),
        check_dtype=False,
    )
    assert bits["work_lead_12"].notna().any() == (months > 12)
    assert bits["work_lead_75"].notna().any() == (months > 75)
    assert bits["work_lead_700"].isna().all()
    assert bits["work_change_62"].notna().any() == (months > 62)


def _either(frame: pd.DataFrame) -> pd.Series:
    work = frame["work"].to_numpy(np.float64, na_value=np.nan)
    study = frame["study"].to_numpy(np.float64)
    return pd.Series(np.where(study == 1, 1.0, work), frame.index)


def test_repeated_rows_and_units_without_a_name(tmp_path, spec) -> None:
    frame = panel_of(5, 30, text=True)
    frame = pd.concat([frame, frame.iloc[:20].assign(work=1, ill=pd.NA)], ignore_index=True)
    frame.loc[frame["person"] == "p3", "person"] = None
    windows, bits = windows_and_bits(tmp_path, spec, frame)
    assert bits.loc[bits["person"].isna(), "work_lead_1"].notna().any()
    pd.testing.assert_frame_equal(windows, bits, check_dtype=False)


def test_numbers_that_are_no_months_do_no_harm(tmp_path, spec) -> None:
    frame = panel_of(6, 40, text=False)
    frame["ym"] = [200600, 200699, 200899, 200913, *frame["ym"][4:]]
    windows, bits = windows_and_bits(tmp_path, spec, frame)
    proper = windows["ym"].mod(100).between(1, 12)
    near = ["person", "ym", "work_lead_1", "study_lead_2", "ill_lead_6"]
    assert (~proper).sum() == 4
    pd.testing.assert_frame_equal(windows.loc[proper, near], bits.loc[proper, near])


def test_what_lacks_no_value_is_known_to(tmp_path, spec) -> None:
    frame = panel_of(7, 30, text=False)
    filled = frame.assign(work=frame["work"].fillna(0).astype("int8"))
    relation = opened(tmp_path, spec, filled)
    assert relation.columns["either"].nulls is None
    found = with_dates(relation, spec, LIMITS).columns
    assert found["either"].nulls == 0
    assert found["ill"].nulls == int(frame["ill"].isna().sum())
    assert found["either_lead_4"].nulls is None
    close(relation)
    # One of two rows in a month lacks what the other has.
    twice = pd.concat([frame.assign(work=frame["work"].fillna(0)), frame.iloc[:1]])
    twice.iloc[-1, twice.columns.get_loc("work")] = pd.NA
    twice.iloc[-1, twice.columns.get_loc("study")] = 0
    relation = opened(tmp_path, spec, twice)
    assert with_dates(relation, spec, LIMITS).columns["either"].nulls is None
    close(relation)


@pytest.mark.parametrize("bounds", [(None, None), (0, 201001), (101, 999912)])
def test_windows_serve_where_months_are_unknown_or_many(tmp_path, spec, bounds) -> None:
    relation = opened(tmp_path, spec, panel_of(8, 20, text=False))
    months = replace(relation.columns["ym"], low=bounds[0], high=bounds[1])
    doubtful = replace(relation, columns={**relation.columns, "ym": months})
    windows = rows_of(with_dates(relation, spec))
    found = rows_of(with_dates(doubtful, spec, LIMITS))
    assert unit_bits.TABLE not in relation.table.get_backend().list_tables()
    pd.testing.assert_frame_equal(windows, found[windows.columns])
    close(relation)


def test_only_bits_are_held(tmp_path, spec) -> None:
    relation = opened(tmp_path, spec, panel_of(9, 20, text=False))
    names = [name for name in relation.columns if unit_bits.is_bit(relation, name)]
    assert sorted(names) == sorted(HELD)
    close(relation)


def test_the_table_of_units_is_the_side_that_is_hashed(tmp_path, spec) -> None:
    bits = panel_of(10, 4, text=False).drop(columns="earned")
    relation = opened(tmp_path, spec, bits)
    held = with_dates(relation, spec, LIMITS).table
    base = relation.table.get_backend().con
    query = ibis.to_sql(held.filter(held.ym > 200601, held.town == "a"), dialect="duckdb")
    plan = "EXPLAIN " + query
    assert "Join Type: LEFT" in base.execute(plan).fetchall()[0][1]
    base.execute("RESET disabled_optimizers")
    assert "Join Type: RIGHT" in base.execute(plan).fetchall()[0][1]
    close(relation)
