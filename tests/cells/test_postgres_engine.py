"""A Postgres server of our own: the same estimates as DuckDB's, and nothing written."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.databases import relation_of
from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.derived import with_derived
from evaluation.cells.settings import Settings
from evaluation.commands.locate import locate
from evaluation.data.derive.deriving import Deriving
from evaluation.data.sources import open_source
from evaluation.data.sources.sql import Sql
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.pipeline import run_spec
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.database import Address
from evaluation.spec.loader import build_spec, read_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

TYPES = {"int64": "bigint", "int32": "int", "int16": "smallint", "int8": "smallint"}


@pytest.fixture(scope="module")
def server(require, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start a server on a socket in a folder; yield the folder."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    require("postgres", bool(found), "no Postgres server (Debian: postgresql)")
    require("postgres", find_spec("psycopg") is not None, "no psycopg (activity-duty[postgres])")
    programs = found[-1].parent
    # Short, since the name of a socket has room for 107 letters.
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        # Its log must not hold the pipe open.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)

    data = str(folder / "data")
    run(str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "owner", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    log = str(folder / "log")
    run(str(programs / "pg_ctl"), "-D", data, "-w", "-o", options, "-l", log, "start")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGHOST", str(folder))
        patch.setenv("PGUSER", "reader")
        execute("CREATE ROLE reader LOGIN")
        yield folder
    run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def execute(*statements: str) -> None:
    import psycopg

    with psycopg.connect(user="owner", dbname="postgres", autocommit=True) as base:
        for statement in statements:
            base.execute(statement)


def table(name: str) -> Sql:
    return Sql(Address("postgres", (name,), database="postgres"))


def test_types_order_and_digest(server: Path) -> None:
    execute(
        "CREATE TABLE plain AS SELECT g AS unit, g::numeric(9, 2) / 4 AS money, g::numeric(9) "
        "AS whole, DATE '2017-01-31' AS day, CASE WHEN g > 1 THEN 0.1::float8 END AS x, "
        "'a' || g AS t "
        "FROM generate_series(1, 3) AS g",
        "GRANT SELECT ON plain TO reader",
    )
    frame = table("plain").read(["unit", "money", "whole", "day", "x", "t"])
    assert frame["money"].tolist() == [0.25, 0.5, 0.75]
    assert frame["whole"].dtype == "int64"
    assert frame["x"].isna().tolist() == [True, False, False] and frame["x"].iloc[1] == 0.1
    before = table("plain").inputs()
    assert list(before) == ["postgres:plain"] and table("plain").inputs() == before
    execute("CREATE TABLE other AS SELECT * FROM plain ORDER BY unit DESC",
            "GRANT SELECT ON other TO reader")  # fmt: skip
    assert list(table("other").inputs().values()) == list(before.values())
    execute("UPDATE plain SET x = 0.1000000000000001 WHERE unit = 3")
    assert table("plain").inputs() != before


def test_one_source_sees_one_state(server: Path) -> None:
    execute("CREATE TABLE moving AS SELECT 1 AS x", "GRANT SELECT ON moving TO reader")
    source = table("moving")
    before = source.inputs()
    execute("UPDATE moving SET x = 2")
    assert source.read(["x"])["x"].tolist() == [1] and source.inputs() == before
    assert table("moving").inputs() != before


def test_refusals(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    execute("CREATE TABLE hidden AS SELECT 1 AS x")
    with pytest.raises(DataError, match=r"panel\.table 'hidden': no right to read it; ask for SEL"):
        table("hidden").read(["x"])
    with pytest.raises(DataError, match=r"panel\.table: no table 'absent' in the database"):
        table("absent").columns()
    execute("CREATE TABLE open AS SELECT 1 AS x", "GRANT ALL ON open TO reader")
    source = table("open").database
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        source.connection.con.execute("INSERT INTO open VALUES (2)")
    monkeypatch.setenv("PGUSER", "nobody_here")
    with pytest.raises(EnvironmentProblem, match="the Postgres server does not let us in; check"):
        table("open").columns()


def test_means_by_group_travel_with_the_query(server: Path, tmp_path: Path) -> None:
    execute(
        "CREATE TABLE met AS SELECT g % 40 AS person, "
        "201601 + g / 40 % 12 + 100 * (g / 480) AS ym, "
        "CASE WHEN g % 3 > 0 THEN 'm ' || g % 5 END AS muni, NULLIF(g * g % 11, 3) AS hours, "
        "g * g % 13 < 4 AS flag FROM generate_series(0, 959) AS g",
        "GRANT SELECT ON met TO reader",
    )
    means = {"op": "pre_mean", "column": "hours", "before": dt.date(2017, 1, 1)}
    derive = {
        "own": means,
        "near": {**means, "by": "muni"},
        "use": {**means, "column": "flag", "by": "muni"},
    }
    spec = build_spec(
        {
            "schema_version": 1, "id": "met", "title": "Met", "derive": derive,
            "panel": {"source": "sql", "url": "postgres:///postgres", "table": "met",
                      "unit": "person", "time": "ym", "time_unit": "month"},
            "outcomes": {"y": {"column": "hours", "kind": "count"}},
            "design": {"kind": "did", "reform_date": dt.date(2017, 1, 1),
                       "treated": {"column": "person", "at_least": 20}},
            "models": [{"id": "main", "estimand": "att", "estimator": "twfe",
                        "cluster": "person"}],
        },
        catalogue(), settings=read_settings(()), origin=Origin(folder=tmp_path), label="met",
    )  # fmt: skip
    names = ["person", "ym", "muni", "hours", "flag"]
    relation = relation_of(Address("postgres", ("met",), database="postgres"), names, Settings())
    made = with_derived(relation, spec, tuple(derive), Settings())
    assert made is not None
    asked = made.table.select("person", "ym", *derive)
    found = engine_of(made).fetch(made, asked, Settings()).to_pandas()
    rows = Deriving(table("met"), spec).read(["person", "ym", *derive])
    key = ["person", "ym"]
    found, rows = (one.sort_values(key).reset_index(drop=True) for one in (found, rows))
    assert rows["near"].isna().any() and rows["near"].nunique() > 3
    pd.testing.assert_frame_equal(found[[*derive]], rows[[*derive]], check_exact=True)


@cache
def rows_of(name: str) -> pd.DataFrame:
    """Return the rows of a shipped spec, and make them the server's table."""
    import psycopg

    spec = read_spec(locate(name), catalogue(), settings={"panel.persons": 3_000})
    frame = open_source(spec).read(list(columns_of_spec(spec)))
    types = {str(c): TYPES.get(str(frame[c].dtype), "text") for c in frame}
    types |= {str(c): "float8" for c in frame.select_dtypes("float")}
    columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
    execute(f"CREATE TABLE {name} ({columns})", f"GRANT SELECT ON {name} TO reader")
    with (
        psycopg.connect(user="owner", dbname="postgres", autocommit=True) as base,
        base.cursor().copy(f"COPY {name} FROM STDIN") as copy,
    ):
        for row in frame.itertuples(index=False):
            copy.write_row([None if pd.isna(value) else value for value in row])
    return frame


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("age_did", {}),
        ("age_did", {"models.main.cluster": "person_id"}),
        ("age_did", {"models.main.fixed_effects": ["person_id", "ym"]}),
        ("release_at_30", {}),
    ],
)
def test_estimates_are_those_of_duckdb(
    name: str, settings: dict[str, object], server: Path, tmp_path: Path
) -> None:
    frame = rows_of(name)
    with duckdb.connect(str(tmp_path / "panel.duckdb")) as base:
        base.register("frame", frame)
        base.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
    found = []
    for url in ("duckdb:///panel.duckdb", "postgres:///postgres"):
        text = locate(name).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines()
                 if not line.startswith(("world", "persons", "seed", "ages"))]  # fmt: skip
        path = tmp_path / "own.toml"
        own = "\n".join(lines).replace(
            'source = "synthetic"', f'source = "sql"\nurl = "{url}"\ntable = "{name}"'
        )
        path.write_text(own, encoding="utf-8")
        # Checks that estimate again would only do the same more often.
        record = run_spec(read_spec(path, catalogue(), settings={**settings, "checks": []}))
        assert record.cells == "built"
        found.append(pd.DataFrame(record.estimates))
    one, other = found
    assert (one["status"] == other["status"]).all() and (one["status"] != "failed").all()
    assert np.allclose(one["estimate"], other["estimate"], rtol=1e-12, atol=0)
    assert np.allclose(one["std_error"], other["std_error"], rtol=1e-10, atol=0)
