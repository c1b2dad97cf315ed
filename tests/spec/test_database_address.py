"""Addresses of databases: what they say, and what they are refused for."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.errors import SpecError
from evaluation.spec.database import Address, address_of
from evaluation.spec.origin import Origin
from evaluation.spec.panel import SqlPanel


def address(url: str, table: str, folder: Path, **values: str) -> Address:
    panel = SqlPanel(source="sql", url=url, table=table)
    return address_of(panel, Origin(folder=folder, values=values))


def test_duckdb_path_is_relative_to_the_spec(tmp_path: Path) -> None:
    found = address("duckdb:///sub/a.duckdb", "s.t", tmp_path)
    assert found == Address("duckdb", ("s", "t"), path=tmp_path.resolve() / "sub/a.duckdb")


def test_placeholders_are_filled_and_open_their_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    found = address("duckdb:///${DATA}/a.duckdb", "t", tmp_path / "specs", DATA=str(data))
    assert found.path == data.resolve() / "a.duckdb"
    found = address("spark://local[3]", "${DATA}/rows", tmp_path / "specs", DATA=str(data))
    assert (found.path, found.cores) == (data.resolve() / "rows", 3)


def test_server_and_port(tmp_path: Path) -> None:
    found = address("postgres://Host.example:5433/base", "t", tmp_path)
    assert (found.host, found.port, found.database) == ("host.example", 5433, "base")
    found = address("postgres:///${BASE}", "t", tmp_path, BASE="other")
    assert (found.host, found.port, found.database) == (None, None, "other")


@pytest.mark.parametrize(
    ("url", "table", "says"),
    [
        ("mysql://host/base", "t", "panel.url: is no address this program reads; allowed: duckdb"),
        ("duckdb:a.duckdb", "t", "panel.url: allowed for DuckDB: duckdb:///"),
        ("duckdb:///", "t", "panel.url: allowed for DuckDB: duckdb:///"),
        ("duckdb:///../a.duckdb", "t", "panel.url: lies outside the folders"),
        ("duckdb:///${NONE}/a.duckdb", "t", "panel.url: ${NONE} is not set"),
        ("postgres://me@host/base", "t", "panel.url: holds a user, a password or options"),
        ("postgres://me:secret@host/base", "t", "panel.url: holds a user, a password or options"),
        ("postgres://host/base?password=secret", "t", "panel.url: holds a user, a password"),
        ("postgres://host", "t", "panel.url: allowed for Postgres: postgres://HOST"),
        ("postgres://host:99999/base", "t", "panel.url: the port is no number"),
        ("postgres://[host/base", "t", "panel.url: allowed for Postgres: postgres://HOST"),
        ("spark://cluster:7077", "t", "panel.url: allowed for Spark: spark://local"),
        ("spark://local", "../t", "panel.table: lies outside the folders"),
        ("duckdb:///a.duckdb", "a.b.c.d", "panel.table: allowed: a table's name"),
        ("postgres://host/base", "a..b", "panel.table: allowed: a table's name"),
    ],
)
def test_refused(url: str, table: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as error:
        address(url, table, tmp_path)
    (line,) = error.value.faults
    assert line.startswith(says)
    assert "secret" not in line
