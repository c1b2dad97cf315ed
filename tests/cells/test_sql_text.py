"""SELECTs for a warehouse: the texts we expect, and in DuckDB the cells that the program builds."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from evaluation.catalogue import catalogue
from evaluation.cells.cell_pass import run_cell_pass
from evaluation.cells.databases import relation_of
from evaluation.cells.frames import sorted_frame
from evaluation.cells.gathered import CellTable
from evaluation.cells.pair_pass import run_pair_passes
from evaluation.cells.plan import MISSING, CellPass, Condition, Plan
from evaluation.cells.planning.plan_cells import plan_cells
from evaluation.cells.settings import Settings
from evaluation.cells.store.pairs import pairs_of_frame
from evaluation.cells.sums import Sums
from evaluation.cli import app
from evaluation.commands.cells_sql import print_sql
from evaluation.commands.locate import locate
from evaluation.data.sources import open_source
from evaluation.errors import SpecError, UsageError
from evaluation.estimators.cell_needs import needs_of
from evaluation.pipeline import run_spec
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.database import Address
from evaluation.spec.loader import read_spec
from evaluation.spec.spec import Spec

GOLDEN = Path(__file__).parent / "golden"
STATEMENT = re.compile(r"-- Save as (\w+)\.parquet\n(.*?);\n", re.S)


def spec_of(name: str, **settings: object) -> Spec:
    own = GOLDEN / f"{name}.toml"
    path = own if own.exists() else locate(name)
    return read_spec(path, catalogue(), settings=settings, with_paths=False)


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "bigquery"])
@pytest.mark.parametrize("name", ["age_did", "release_at_30", "weighted"])
def test_text(name: str, dialect: str) -> None:
    expected = (GOLDEN / f"{name}.{dialect}.sql").read_text(encoding="utf-8")
    where = name if name != "weighted" else "tests/cells/golden/weighted.toml"
    assert print_sql(spec_of(name), dialect).rstrip() + "\n" == expected, (
        f"renew with: activity-duty cells {where} --sql {dialect}"
    )


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "bigquery"])
def test_every_statement_reads_alone(dialect: str) -> None:
    import sqlglot

    for name in ("age_did", "release_at_30", "weighted"):
        parsed = sqlglot.parse(print_sql(spec_of(name), dialect), dialect=dialect)
        statements = [one for one in parsed if one is not None]
        assert statements
        assert all(isinstance(one, sqlglot.exp.Select) for one in statements)
        tables = {t.name for one in statements for t in one.find_all(sqlglot.exp.Table)}
        aliases = {cte.alias for one in statements for cte in one.find_all(sqlglot.exp.CTE)}
        assert tables - aliases == {"panel"}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("age_did", {}),
        ("release_at_30", {}),
        ("release_at_30", {"design.exposure": "exposure_share"}),
        ("parted", {}),
    ],
)
def test_duckdb_gives_the_cells_that_the_program_builds(
    name: str, settings: dict[str, str], tmp_path: Path
) -> None:
    spec = spec_of(name, **{"panel.persons": 3_000, **settings})
    frame = open_source(spec).read(list(columns_of_spec(spec)))
    with duckdb.connect(str(tmp_path / "panel.duckdb")) as base:
        base.register("frame", frame)
        base.execute("CREATE TABLE panel AS SELECT * FROM frame")
    with duckdb.connect(str(tmp_path / "panel.duckdb"), read_only=True) as base:
        text = print_sql(spec, "duckdb")
        found = {
            file: base.execute(query).to_arrow_table() for file, query in STATEMENT.findall(text)
        }
        repeats = text.split("two rows at one time.\n")[1]
        assert base.execute(repeats).fetchall() == [(0,)]
    plan = plan_cells(spec, needs_of(spec), None)
    assert set(found) == {one.name for one in (*plan.passes, *plan.pairs)}
    address = Address("duckdb", ("panel",), path=tmp_path / "panel.duckdb")
    relation = relation_of(address, list(columns_of_spec(spec)), Settings())
    for one in plan.passes:
        table = run_cell_pass(relation, plan, one, Settings())
        returned = sorted_frame(_as_text(found[one.name]), (*one.key, MISSING))
        assert len(returned)
        counts = [*one.key, MISSING, "ad_rows"]
        pd.testing.assert_frame_equal(returned[counts], table.frame[counts], check_dtype=False)
        ours, theirs = _moments(one, table.frame), _moments(one, returned)
        np.testing.assert_allclose(theirs, ours, rtol=1e-13, atol=1e-13)
    for one in plan.pairs:
        built = run_pair_passes(relation, _without_donut(plan), (one,), Settings())[one.name]
        read = pairs_of_frame(found[one.name].to_pandas(), built.variables, one.name)
        for part in ("running", "post", "products", "successive"):
            assert np.array_equal(getattr(read, part), getattr(built, part)), part
        for part in ("third", "apart"):
            mine, theirs = getattr(read, part), getattr(built, part)
            assert (mine is None) == (theirs is None)
            assert mine is None or np.array_equal(mine, theirs)
        assert read.units == built.units > 0


def _without_donut(plan: Plan) -> Plan:
    """Return the plan of rows outside the donut: a SELECT serves one spec, whose donut is known."""
    inside = [flag.filters for flag in plan.flags if flag.name == "ad_donut"]
    left_out = (Condition("donut", filters, negated=True) for filters in inside)
    return replace(plan, conditions=(*plan.conditions, *left_out))


def _moments(one: CellPass, frame: pd.DataFrame) -> np.ndarray:
    """Return every mean and every cross-product about the means, whatever was taken off before."""
    cells = np.arange(len(frame))
    sums = Sums(CellTable(one, (), frame), cells, cells, len(cells))
    means = [sums.mean(at) for at in range(len(one.quantities))]
    pairs = [sums.scatter(pair)[:, 0, 1] for pair in one.products]
    return np.array([*means, *pairs])


def _as_text(table: object) -> object:
    """Return an Arrow table with enumerations as text, as a parquet file of it would be read."""
    import pyarrow as pa

    assert isinstance(table, pa.Table)
    for at, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.string()))
    return table


def test_repeated_rows_are_counted(tmp_path: Path) -> None:
    repeats = print_sql(spec_of("age_did"), "duckdb").split("two rows at one time.\n")[1]
    with duckdb.connect() as base:
        base.execute(
            "CREATE TABLE panel AS SELECT 201701 AS ym, 350 AS age_months, '0301' AS muni_h, "
            "1 AS employed, 0 AS in_education, 0 AS condition_imposed, 0 AS female, "
            "0 AS immigrant, x % 3 AS person_id FROM range(8) AS r(x)"
        )
        assert base.execute(repeats).fetchall() == [(5,)]


def test_names_cannot_leave_their_place() -> None:
    spec = spec_of("age_did", **{"models.main.controls": ['x"; DROP TABLE panel; --\nDROP']})
    text = print_sql(spec, "duckdb", 'own"er.pa"nel')
    assert '"own""er"."pa""nel"' in text and '"x""; DROP TABLE panel; --\nDROP"' in text
    comments = [line for line in text.splitlines() if line.startswith("--")]
    assert r'--   "x\"; DROP TABLE panel; --\nDROP": numbers' in comments


@pytest.mark.parametrize(
    ("dialect", "table", "says"),
    [
        ("oracle", "panel", "cells: --sql: unknown dialect 'oracle'; allowed: duckdb, spark"),
        ("spark", "a.b.c.d", "cells: --table: allowed: TABLE, SCHEMA.TABLE or CATALOGUE"),
        ("spark", "a.", "cells: --table: allowed: TABLE, SCHEMA.TABLE or CATALOGUE"),
    ],
)
def test_refused(dialect: str, table: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        print_sql(spec_of("age_did"), dialect, table)
    assert error.value.faults[0].startswith(says)


def test_a_spec_without_cells_says_why() -> None:
    with pytest.raises(SpecError, match=r"senate: no model of this spec runs from cells .* contin"):
        print_sql(spec_of("senate"), "duckdb")


def test_effects_of_units_ask_for_no_column_that_no_table_has() -> None:
    inside = {"models.main.fixed_effects": ["person_id", "ym"]}
    text = print_sql(spec_of("age_did", **inside), "duckdb")
    assert "main: needs the rows: cells_1 is more than a SELECT" in text
    assert "ad_type" not in text and "-- Save as cells_2.parquet" in text
    spec = spec_of("age_did", **inside, **{"models.path.fixed_effects": ["person_id", "ym"]})
    with pytest.raises(SpecError, match="no SELECT gives the cells of this spec: effects of units"):
        print_sql(spec, "duckdb")


def test_the_command_prints_it() -> None:
    done = CliRunner().invoke(app, ["cells", "age_did", "--sql", "spark", "--table", "lake.rows"])
    assert done.exit_code == 0
    assert "FROM `lake`.`rows` AS `t0`" in done.stdout


@pytest.mark.usefixtures("small_truth")
def test_a_warehouse_and_back(tmp_path: Path) -> None:
    spec = spec_of("release_at_30", **{"panel.persons": 5_000})
    frame = open_source(spec).read(list(columns_of_spec(spec)))
    with duckdb.connect() as base:
        base.register("panel", frame)
        for file, query in STATEMENT.findall(print_sql(spec, "duckdb")):
            base.execute(f"COPY ({query}) TO '{tmp_path / file}.parquet' (FORMAT parquet)")
    spec = spec.model_copy(update={"checks": ()}).bound_to(spec.origin)
    given, rows = run_spec(spec, cells=tmp_path), run_spec(spec, engine="microdata")
    assert given.cells == "given"
    one, other = (pd.DataFrame(record.estimates) for record in (given, rows))
    assert (one["status"] == other["status"]).all()
    assert one["status"].isin({"ok", "warned"}).all()
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        difference = np.abs(one[column] - other[column]) / other["std_error"]
        assert difference.max() < 1e-9, column
