"""Spark on this machine: keys and whole sums identical to DuckDB's, estimates equal, and quiet.

One session serves the module; its start takes some ten seconds.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.cell_pass import run_cell_pass
from evaluation.cells.databases import relation_of
from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.derived import with_derived
from evaluation.cells.frames import sorted_frame
from evaluation.cells.plan import MISSING, CellPass, Condition, Flag, Plan, Quantity
from evaluation.cells.planning.plan_cells import plan_cells
from evaluation.cells.settings import Settings
from evaluation.cells.store.pairs import pairs_of_frame
from evaluation.commands.cells_sql import print_sql
from evaluation.commands.locate import locate
from evaluation.data.derive.deriving import Deriving
from evaluation.data.periods import Calendar
from evaluation.data.sources import open_source
from evaluation.data.sources.sql import Sql
from evaluation.errors import DataError
from evaluation.estimators.cell_needs import needs_of
from evaluation.pipeline import run_spec
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.database import Address
from evaluation.spec.filters import Filter
from evaluation.spec.loader import build_spec, read_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

pytestmark = pytest.mark.slow
ROWS = 4_000
STATEMENT = re.compile(r"-- Save as (\w+)\.parquet\n(.*?);\n", re.S)


@pytest.fixture(scope="module")
def folder(require, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Write the same rows as parquet files and as a DuckDB file; work in their folder."""
    require("spark", shutil.which("java") is not None, "no Java (Debian: openjdk-17-jre-headless)")
    require("spark", find_spec("pyspark") is not None, "no pyspark (activity-duty[spark])")
    folder = tmp_path_factory.mktemp("spark")
    draw = np.random.default_rng(20170101)
    at = np.arange(ROWS)
    rows = pa.table(
        {
            "person": at % 200,
            "ym": 201601 + (at // 200) % 12 + 100 * (at // 2400),
            "muni": pa.array(np.array(["0301", "1103", None])[draw.integers(0, 3, ROWS)]),
            "age_months": draw.integers(300, 420, ROWS),
            "employed": draw.integers(0, 2, ROWS).astype(np.int8),
            "amount": draw.integers(-(2**40), 2**40, ROWS),
            "wage": pa.array(draw.normal(size=ROWS), mask=draw.random(ROWS) < 0.1),
            "schooling": pa.array(draw.integers(0, 2, ROWS), mask=draw.random(ROWS) < 0.1),
        }
    )
    (folder / "rows").mkdir()
    pq.write_table(rows.slice(0, 2500), folder / "rows" / "a.parquet")
    pq.write_table(rows.slice(2500), folder / "rows" / "b.parquet")
    with duckdb.connect(str(folder / "panel.duckdb")) as base:
        base.register("rows", rows)
        base.execute("CREATE TABLE panel AS SELECT * FROM rows")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def columns(*names: str) -> tuple[Quantity, ...]:
    return tuple(Quantity(name, name) for name in names)


PLAN = Plan(
    conditions=(
        Condition("keep", (Filter(column="age_months", at_least=310),)),
        Condition("window", moments=(2016 * 12 + 1, 2017 * 12 + 3)),
    ),
    flags=(
        Flag("ad_treated", "design.treated", (Filter(column="age_months", below=360),), 1),
        Flag("ad_post", "design.reform_date", from_period=2017 * 12),
    ),
    passes=(),
    pairs=(),
    units=None,
    weight=None,
    watched=(),
    routes=(),
    time="ym",
    calendar=Calendar("month", 1),
)
WHOLE = CellPass(
    "cells_1",
    ("muni", "ym", "ad_treated", "ad_post"),
    columns("employed", "schooling", "amount"),
    ((0, 0), (0, 1), (1, 1), (0, 2), (2, 2)),
)
FLOAT = CellPass("cells_2", ("muni",), columns("wage", "employed"), ((0, 0), (0, 1)))


def test_cells_are_those_of_duckdb(folder: Path) -> None:
    named = ["muni", "ym", "age_months", "employed", "schooling", "amount", "wage"]
    limits = Settings()
    spark = relation_of(Address("spark", path=folder / "rows"), named, limits)
    embedded = relation_of(
        Address("duckdb", ("panel",), path=folder / "panel.duckdb"), named, limits
    )
    assert spark.columns == embedded.columns
    one = run_cell_pass(embedded, PLAN, WHOLE, limits).frame
    assert one["ad_sum_amount_amount"].dtype == object, "the squares are to leave 64 bits"
    pd.testing.assert_frame_equal(run_cell_pass(spark, PLAN, WHOLE, limits).frame, one)
    one, other = (run_cell_pass(base, PLAN, FLOAT, limits).frame for base in (embedded, spark))
    whole = ["muni", MISSING, "ad_rows", "ad_sum_employed"]
    pd.testing.assert_frame_equal(other[whole], one[whole])
    assert np.allclose(other.drop(columns="muni"), one.drop(columns="muni"), rtol=1e-13, atol=0)
    again = run_cell_pass(spark, PLAN, FLOAT, limits).frame
    pd.testing.assert_frame_equal(again, other, check_exact=True)


def test_means_by_group_are_those_of_rows(folder: Path) -> None:
    means = {"op": "pre_mean", "column": "schooling", "before": dt.date(2017, 1, 1)}
    derive = {"own": means, "near": {**means, "by": "muni"}}
    spec = build_spec(
        {
            "schema_version": 1, "id": "met", "title": "Met", "derive": derive,
            "panel": {"source": "sql", "url": "spark://local", "table": "rows",
                      "unit": "person", "time": "ym", "time_unit": "month"},
            "outcomes": {"y": {"column": "employed", "kind": "binary"}},
            "design": {"kind": "did", "reform_date": dt.date(2017, 1, 1),
                       "treated": {"column": "age_months", "below": 360}},
            "models": [{"id": "main", "estimand": "att", "estimator": "twfe",
                        "cluster": "person"}],
        },
        catalogue(), settings=read_settings(()), origin=Origin(folder=folder), label="met",
    )  # fmt: skip
    key = ["person", "ym"]
    address, named = Address("spark", path=folder / "rows"), [*key, "muni", "schooling"]
    made = with_derived(relation_of(address, named, Settings()), spec, tuple(derive), Settings())
    assert made is not None
    asked = made.table.select(*key, *derive)
    found = engine_of(made).fetch(made, asked, Settings()).to_pandas()
    rows = Deriving(Sql(address), spec).read([*key, *derive])
    found, rows = (one.sort_values(key).reset_index(drop=True) for one in (found, rows))
    assert rows["near"].nunique() == 2 and rows["own"].nunique() > 9
    pd.testing.assert_frame_equal(found, rows, check_exact=True)


def test_rows_are_those_of_files(folder: Path) -> None:
    source = Sql(Address("spark", path=folder / "rows" / "a.parquet"))
    names = ["ym", "muni", "schooling", "amount"]
    expected = pq.read_table(folder / "rows" / "a.parquet", columns=names).to_pandas()
    pd.testing.assert_frame_equal(source.read(names), expected)


def test_estimates_text_and_silence(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    name = "age_did"
    made = read_spec(locate(name), catalogue(), settings={"panel.persons": 1_500})
    frame = open_source(made).read(list(columns_of_spec(made)))
    frame["muni_h"] = frame["muni_h"].astype(str)
    frame.to_parquet(folder / "panel.parquet")
    with duckdb.connect(str(folder / "reform.duckdb")) as base:
        base.register("frame", frame)
        base.execute("CREATE TABLE panel AS SELECT * FROM frame")
    estimates = []
    for url, table in (
        ("duckdb:///reform.duckdb", "panel"),
        ("spark://local", "panel.parquet"),
    ):
        text = locate(name).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines()
                 if not line.startswith(("world", "persons", "seed", "ages"))]  # fmt: skip
        (folder / "own.toml").write_text(
            "\n".join(lines).replace(
                'source = "synthetic"', f'source = "sql"\nurl = "{url}"\ntable = "{table}"'
            ),
            encoding="utf-8",
        )
        spec = read_spec(
            folder / "own.toml",
            catalogue(),
            # Checks that estimate again would only do the same more often.
            settings={"models.main.cluster": "person_id", "checks": []},
        )
        record = run_spec(spec)
        assert record.cells == "built"
        estimates.append(pd.DataFrame(record.estimates))
    one, other = estimates
    assert (one["status"] == other["status"]).all() and (one["status"] != "failed").all()
    assert np.allclose(other["estimate"], one["estimate"], rtol=1e-12, atol=0)
    assert np.allclose(other["std_error"], one["std_error"], rtol=1e-10, atol=0)
    assert capfd.readouterr() == ("", "")
    left = {path.name for path in folder.iterdir()}
    assert not left & {"spark-warehouse", "metastore_db", "derby.log", "artifacts"}


@pytest.mark.parametrize("name", ["age_did", "release_at_30"])
def test_printed_statements_run_on_spark(name: str, folder: Path) -> None:
    spec = read_spec(locate(name), catalogue(), settings={"panel.persons": 1_500})
    frame = open_source(spec).read(list(columns_of_spec(spec)))
    for column in frame.select_dtypes("category"):
        frame[column] = frame[column].astype(str)
    frame.to_parquet(folder / f"{name}.parquet")
    database = Sql(Address("spark", path=folder / f"{name}.parquet")).database
    database.table.get_backend()._session.read.parquet(
        (folder / f"{name}.parquet").as_uri()
    ).createOrReplaceTempView("panel")
    plan = plan_cells(spec, needs_of(spec), None)
    with duckdb.connect() as base:
        base.register("panel", frame)
        for dialect_text, text in zip(
            STATEMENT.findall(print_sql(spec, "spark")),
            STATEMENT.findall(print_sql(spec, "duckdb")),
            strict=True,
        ):
            file, query = dialect_text
            found = database.table.get_backend()._session.sql(query).toArrow()
            expected = base.execute(text[1]).to_arrow_table()
            keys = {one.name: (*one.key, MISSING) for one in plan.passes}
            if file in keys:
                pd.testing.assert_frame_equal(
                    sorted_frame(found, keys[file]),
                    sorted_frame(expected, keys[file]),
                    check_dtype=False,
                )
                continue
            one, other = (
                pairs_of_frame(t.to_pandas(), ("one", "y"), file) for t in (found, expected)
            )
            assert np.array_equal(one.products, other.products) and one.units == other.units
            assert np.array_equal(one.running, other.running)


def test_refusals(folder: Path) -> None:
    broken = folder / "text.parquet"
    pq.write_table(pa.table({"day": ["2017-01-31", "yesterday"]}), broken)
    source = Sql(Address("spark", path=broken))
    with pytest.raises(
        DataError, match=r"text\.parquet: Spark cannot read it \(CAST_INVALID_INPUT"
    ):
        source.database.fetch(
            source.database.table.select(day=source.database.table.day.cast("date"))
        )
