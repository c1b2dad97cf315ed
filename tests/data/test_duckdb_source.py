"""Tables of a DuckDB file: the rows that a file gives, never another file's, never written to."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from evaluation.data.sources.sql import Sql
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.spec.database import Address


def base(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def table(path: Path, name: Sequence[str] = ("rows",)) -> Sql:
    return Sql(Address("duckdb", tuple(name), path=path))


def test_types_are_those_of_files(tmp_path: Path) -> None:
    path = base(
        tmp_path / "a.duckdb",
        "CREATE TYPE place AS ENUM ('0301', '1103')",
        "CREATE TABLE rows AS SELECT 1::TINYINT AS small, 2::HUGEINT AS huge, 1.25::DECIMAL(6,2) "
        "AS money, '0301'::place AS muni, DATE '2017-01-31' AS day, true AS yes, 0.5::FLOAT AS "
        "half, TIMESTAMPTZ '2017-01-31 12:00:00+00' AS moment, [1] AS list, "
        "'2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d'::UUID AS id",
    )
    source = table(path)
    names = ["small", "huge", "money", "muni", "day", "yes", "half", "moment", "id"]
    frame = source.read(names)
    assert list(frame.columns) == names
    assert frame["huge"].dtype == "int64" and frame["small"].dtype == "int8"
    assert frame["money"].tolist() == [1.25]
    assert pd.api.types.is_string_dtype(frame["muni"]) and frame["muni"].tolist() == ["0301"]
    assert frame["day"].tolist() == [dt.date(2017, 1, 31)]
    assert frame["moment"].dt.tz is None
    assert source.columns() == (*names[:-1], "list", "id")
    with pytest.raises(DataError, match="column 'list' holds array values; allowed: numbers, text"):
        source.read(["list"])


def test_schemas_and_missing_tables(tmp_path: Path) -> None:
    path = base(
        tmp_path / "a.duckdb",
        "CREATE SCHEMA s",
        "CREATE TABLE s.rows AS SELECT 1 AS x",
        'CREATE TABLE "drop table" AS SELECT 2 AS x',
    )
    assert table(path, ("s", "rows")).read(["x"])["x"].tolist() == [1]
    assert table(path, ("drop table",)).read(["x"])["x"].tolist() == [2]
    with pytest.raises(DataError, match=r"panel.table: no table 'rows' in a.duckdb"):
        table(path).columns()


def test_digest_follows_every_change(tmp_path: Path) -> None:
    path = base(
        tmp_path / "a.duckdb",
        "CREATE TABLE rows AS SELECT range AS x FROM range(9)",
        "CREATE VIEW half AS SELECT x FROM rows WHERE x < 5",
    )
    before = table(path).inputs(), table(path, ("half",)).inputs()
    assert before == (table(path).inputs(), table(path, ("half",)).inputs())
    assert set(before[0]) == {"a.duckdb"} and set(before[1]) == {"a.duckdb", "a.duckdb:half"}
    base(path, "UPDATE rows SET x = 7 WHERE x = 8")
    after = table(path).inputs(), table(path, ("half",)).inputs()
    assert after[0] != before[0] and after[1] != before[1]


def test_a_view_that_moves_by_itself_has_a_digest_of_its_content(tmp_path: Path) -> None:
    path = base(tmp_path / "a.duckdb", "CREATE VIEW rows AS SELECT random() AS x")
    assert table(path).inputs() != table(path).inputs()


def test_what_a_log_holds_is_read_and_digested(tmp_path: Path) -> None:
    path = base(tmp_path / "a.duckdb", "CREATE TABLE rows AS SELECT 1 AS x")
    before = table(path).inputs()
    with duckdb.connect(str(path)) as writer:
        writer.execute("SET checkpoint_threshold = '1GB'")
        writer.execute("PRAGMA disable_checkpoint_on_shutdown")
        writer.execute("INSERT INTO rows VALUES (2)")
    assert (tmp_path / "a.duckdb.wal").exists()
    after = table(path)
    assert after.inputs().keys() == {"a.duckdb", "a.duckdb.wal"} and after.inputs() != before
    assert sorted(after.read(["x"])["x"]) == [1, 2]


def test_no_other_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("x\n1\n", encoding="utf-8")
    path = base(
        tmp_path / "a.duckdb", f"CREATE VIEW rows AS SELECT * FROM '{tmp_path / 'other.csv'}'"
    )
    with pytest.raises(DataError, match=r"a\.duckdb: the view reads other files; read those with"):
        table(path).read(["x"])


def test_nothing_is_written(tmp_path: Path) -> None:
    path = base(tmp_path / "a.duckdb", "CREATE TABLE rows AS SELECT 1 AS x")
    path.chmod(0o444)
    before = path.read_bytes()
    source = table(path)
    source.read(["x"])
    source.inputs()
    with pytest.raises(duckdb.Error, match="read-only"):
        source.database.connection.con.execute("INSERT INTO source.main.rows VALUES (2)")
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.duckdb"]


def test_open_for_writing_elsewhere(tmp_path: Path) -> None:
    path = base(tmp_path / "a.duckdb", "CREATE TABLE rows AS SELECT 1 AS x")
    with (
        duckdb.connect(str(path)),
        pytest.raises(
            EnvironmentProblem, match=r"a\.duckdb: is open for writing, here or in another"
        ),
    ):
        table(path).read(["x"])


def test_rows_are_never_spilled_to_the_working_folder(tmp_path: Path) -> None:
    path = base(tmp_path / "a.duckdb", "CREATE TABLE rows AS SELECT range AS a FROM range(900_000)")
    source = table(path)
    con = source.database.connection.con
    ((folder,),) = con.execute("SELECT current_setting('temp_directory')").fetchall()
    assert Path(folder).parent.parent == Path(tempfile.gettempdir())
    con.execute("SET memory_limit = '20MB'")
    # No other file may be read, and yet it can spill.
    reader = con.execute("SELECT * FROM source.rows ORDER BY hash(a)").to_arrow_reader(1000)
    reader.read_next_batch()
    assert any(Path(folder).iterdir())
    assert sum(batch.num_rows for batch in reader) == 899_000
