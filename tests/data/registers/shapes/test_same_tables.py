"""Every shape gives back, row for row, the canonical tables that it carries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from data_synth.shapes.registry import shape as written_shape
from evaluation.data.registers.shapes.registry import shape, shape_names
from evaluation.data.registers.sql import quoted

Read = Callable[[str, str], Mapping[str, pa.Table]]
Deliver = Callable[[str, str], Path]
FORMATS = [
    pytest.param(name, format, marks=() if format == "csv" else pytest.mark.slow)
    for name in shape_names()
    for format in written_shape(name).FORMATS
    if (name, format) != ("tables", "parquet")
]

_FIRST_DAY = "{0}[:4] || '-' || {0}[5:] || '-01'"
_LAST_DAY = "CAST(last_day(CAST({0}[:4] || '-' || {0}[5:] || '-01' AS DATE)) AS VARCHAR)"
_FORM_DATE = "{0}[9:10] || {0}[6:7] || {0}[3:4]"

# How a layout writes the dates of the canonical columns.
DATED: Mapping[tuple[str, str], Mapping[str, str]] = {
    **{
        ("microdata_event", table): {"from_ym": _FIRST_DAY, "to_ym": _LAST_DAY}
        for table in ("benefit_spell", "sa_spell")
    },
    ("microdata_event", "sa_month"): {"ym": _FIRST_DAY},
    ("microdata_event", "sa_year"): {"year": "{0} || '-01-01'"},
    ("microdata_event", "income_year"): {"year": "{0} || '-01-01'"},
    ("microdata_event", "employment_nov"): {"year": "{0} || '-11-16'"},
    ("microdata_event", "job_month"): {"ym": "{0}[:4] || '-' || {0}[5:] || '-16'"},
    ("kostra_11f", "sa_condition"): dict.fromkeys(
        ("decision_from", "decision_to", "exemption_date"), _FORM_DATE
    ),
}

# What a layout has no place for.
ABSENT: Mapping[tuple[str, str], str] = {
    ("microdata_event", "person"): "SELECT * EXCLUDE (birth_date) FROM wanted",
    ("microdata_event", "sa_month"): "SELECT * EXCLUDE (paid) FROM wanted",
    # The platform has one row a unit and period: amounts of a year are summed over municipalities,
    # answers those of the last.
    ("microdata_event", "sa_year"): """
        SELECT person_key, year, sum(months::INT)::VARCHAR AS months,
            sum(grant_nok::INT)::VARCHAR AS grant_nok, sum(loan_nok::INT)::VARCHAR AS loan_nok,
            last(main_source) AS main_source, last(work_status) AS work_status,
            last(housing) AS housing
        FROM wanted GROUP BY ALL""",
    (
        "kostra_11f",
        "person",
    ): "SELECT person_key, sex FROM wanted SEMI JOIN paid USING (person_key)",
    ("kostra_11f", "sa_condition"): "SELECT * EXCLUDE (hours_week) FROM wanted",
}


@pytest.mark.parametrize(("name", "format"), FORMATS)
def test_tables_are_those_written(
    name: str, format: str, read_back: Read, delivery_folder: Deliver
) -> None:
    told, truth = read_back(name, format), read_back("tables", "parquet")
    said = json.loads((delivery_folder(name, format) / "delivery.json").read_text())
    # The form is filled in from two more tables, and does not hold them.
    other = {"residence", "household"} if name == "kostra_11f" else set()
    assert set(told) == set(said["tables"]) & set(shape(name).TABLES) - other
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("person", truth["person"])
        connection.register("paid", truth["sa_month"])
        for table, rows in told.items():
            connection.register("wanted", truth[table])
            connection.register("found", rows)
            wanted = _plain(connection, _dated(name, table), name)
            found = _plain(connection, "SELECT * FROM found", name)
            assert truth[table].num_rows
            # As many, and none that is not wanted as often: then none is lacking, either.
            counts = f"SELECT (SELECT count(*) FROM ({wanted})), (SELECT count(*) FROM ({found}))"
            assert len(set(connection.execute(counts).fetchone() or ())) == 1, table
            more = f"SELECT count(*) FROM (({found}) EXCEPT ALL ({wanted}))"
            assert connection.execute(more).fetchone() == (0,), table


def test_traps_are_among_what_is_compared(delivery_folder: Deliver) -> None:
    said = json.loads((delivery_folder("tables", "parquet") / "delivery.json").read_text())
    traps = {"open_end", "overlap", "two_municipalities", "unlinked", "missing_adoption"}
    assert traps <= {one.partition("/")[0] for one in said["traps"]}


def _dated(name: str, table: str) -> str:
    query = ABSENT.get((name, table), "SELECT * FROM wanted")
    dates = DATED.get((name, table))
    if dates is None:
        return query
    written = ", ".join(f"{form.format(column)} AS {column}" for column, form in dates.items())
    return f"SELECT * REPLACE ({written}) FROM ({query})"


def _plain(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> str:
    """Return columns by name, as text in which formats do not differ."""
    columns = sorted(connection.sql(query).columns)
    # The form knows those whom no register knows by DUF numbers: all of them get one mark.
    unlinked = "CASE WHEN person_key IN (SELECT person_key FROM person) THEN person_key END"
    shown = [
        f"{unlinked} AS person_key"
        if column == "person_key" and name == "kostra_11f"
        else f"CASE WHEN regexp_full_match({quoted(column)}, '-?\\d+\\.\\d+') "
        f"THEN rtrim(rtrim({quoted(column)}, '0'), '.') ELSE {quoted(column)} END "
        f"AS {quoted(column)}"
        for column in columns
    ]
    return f"SELECT {', '.join(shown)} FROM ({query})"
