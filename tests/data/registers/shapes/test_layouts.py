"""Layouts beyond what the synthetic deliveries have: other years, other forms, wrong forms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
import yaml

from evaluation.data.registers.mapping import Reading, TableMapping
from evaluation.data.registers.reading.text import header
from evaluation.data.registers.shapes import _form_11f as form
from evaluation.data.registers.shapes._wide import monthly, stems
from evaluation.data.registers.shapes.registry import shape
from evaluation.data.registers.sql import quoted
from evaluation.errors import DataError

Rows = list[dict[str, str | None]]


def told(name: str, entry: str, rows: Rows, **mapping: object) -> Rows:
    """Return the canonical rows of one entry."""
    one = TableMapping(file="x", **mapping)  # type: ignore[arg-type]
    with duckdb.connect() as connection:
        columns = make_raw(connection, rows)
        query = shape(name).canonical(entry, one, columns)
        found = connection.execute(query)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def broken(name: str, entry: str, rows: Rows, **mapping: object) -> list[int]:
    """Return how many rows meet each condition that none may meet."""
    one = TableMapping(file="x", **mapping)  # type: ignore[arg-type]
    with duckdb.connect() as connection:
        columns = make_raw(connection, rows)
        conditions = shape(name).faulty(entry, one, columns).values()
        counts = (connection.execute(f"SELECT count(*) FROM raw WHERE {c}") for c in conditions)
        return [int(count.fetchall()[0][0]) for count in counts]


def make_raw(connection: duckdb.DuckDBPyConnection, rows: Rows) -> list[str]:
    names = ", ".join(f"{quoted(name)} VARCHAR" for name in rows[0])
    connection.execute(f"CREATE TABLE raw ({names})")
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO raw VALUES ({places})", [list(r.values()) for r in rows])
    return list(rows[0])


def record(**held: str) -> dict[str, str | None]:
    """Return a record of the form with some fields filled in."""
    empty: dict[str, str | None] = dict.fromkeys(form.FIELDS)
    return {**empty, "KOMMUNE_NR": "0301", "VERSION": "24", **held}


def fixed(**held: str) -> dict[str, str | None]:
    """Return the same record as one line."""
    values = record(**held)
    cells = ((values[name] or "").ljust(length) for name, length in form.FIELDS.items())
    return {"line": "".join(cells)}


FILLED = {
    "PERSON_FODSELSNR": "k",
    "VKLO": "5",
    "STMND_3": "03",
    "BIDRAG": "700",
    "BIDRAG_MARS": "700",
    "VILKARSOSLOV": "1",
    "VILKARARBEID": "16",
    "VILKARSAMT": "08",
    "UTBETDATO": "010324",
}


def test_form_of_2024_is_as_documented(shared_data: Path) -> None:
    text = (shared_data / "kostra_11F_2024.yaml").read_text(encoding="utf-8")
    fields = yaml.safe_load(text)["fields"]
    assert dict(form.places()) == {one["name"]: (one["from"], one["size"]) for one in fields}
    coded = {one["name"]: [c["code"] for c in one["codeList"]] for one in fields}
    for boxes in (form.CONDITIONS, form.EXEMPTIONS, form.SANCTIONS):
        assert all(coded[name] == [code] for name, code in boxes.items())


@pytest.mark.parametrize("entry", ["person", "sa_month", "sa_year", "sa_condition"])
def test_form_at_fixed_places_is_the_form_by_name(entry: str) -> None:
    held = {**FILLED, "KJONN": "2"}
    by_name = told("kostra_11f", entry, [record(**held)])
    assert told("kostra_11f", entry, [fixed(**held)]) == by_name
    assert len(by_name) == 1 and by_name[0]["person_key"] == "k"
    assert broken("kostra_11f", entry, [fixed(**held)])[0] == 0
    assert broken("kostra_11f", entry, [fixed(**{**held, "VERSION": "17"})])[0] == 1


def test_fields_of_another_year_are_named_by_the_mapping() -> None:
    row = record(**FILLED)
    row["HOVEDKILDE"] = row.pop("VKLO")
    (found,) = told("kostra_11f", "sa_year", [row], columns={"VKLO": "HOVEDKILDE"})
    assert found["main_source"] == "5" and found["year"] == "2024" and found["months"] == "1"
    with pytest.raises(
        DataError, match=r"columns\.VKLO: the files have no column 'HOVEDKLDE'; did"
    ):
        told("kostra_11f", "sa_year", [row], columns={"VKLO": "HOVEDKLDE"})
    with pytest.raises(DataError, match=r"columns\.VKL: is no field of the form 11F; did you mean"):
        told("kostra_11f", "sa_year", [row], columns={"VKL": "HOVEDKILDE"})


def test_months_of_zero_and_one_are_not_taken_for_their_number() -> None:
    """A 1 in January is its number; in March it is not."""
    rows = [record(STMND_1="1"), record(STMND_3="03"), record(STMND_3="1"), record(STMND_2="0")]
    assert broken("kostra_11f", "sa_month", rows) == [2]
    assert broken("kostra_11f", "sa_condition", [record(VILKARSAMT="16"), record()]) == [1]


def test_several_records_of_a_person_are_counted() -> None:
    rows = [record(PERSON_DUF="d", BIDRAG="1"), record(PERSON_DUF="d", BIDRAG="2")]
    rows[1]["KOMMUNE_NR"] = "1103"
    found = told("kostra_11f", "sa_year", rows)
    assert [one["n_municipalities"] for one in found] == ["2", "2"]
    assert {one["person_key"] for one in found} == {"d"}
    assert told("kostra_11f", "person", [{**rows[0], "KJONN": "1"}]) == []  # a DUF links nobody


@pytest.mark.parametrize(
    "names",
    [
        [f"BIDRAG_{k:02d}" for k in range(1, 13)],
        [f"bidrag_{k}" for k in range(1, 13)],
        [f"Bidrag{k:02d}" for k in range(1, 13)],
        [f"BIDRAG_{word}" for word in form.MONTHS],
    ],
)
def test_wide_months_in_any_spelling(names: Sequence[str]) -> None:
    months = monthly("BIDRAG", ["AAR", *names, "BIDRAG_13", "BIDRAGET"])
    assert months == dict(enumerate(names, start=1))
    assert [one.upper().rstrip("_") for one in stems(["AAR", *names])] == ["BIDRAG"]
    row: dict[str, str | None] = dict.fromkeys(["w19_0001_LOPENR_PERSON", "AAR", *names])
    row |= {"w19_0001_LOPENR_PERSON": "k", "AAR": "2016", names[4]: "50"}
    found = told(
        "research_extract", "sa_month", [row], columns={"ym": "AAR", "grant_nok": "BIDRAG"}
    )
    assert found == [{"person_key": "k", "ym": "201605", "grant_nok": "50"}]


def test_months_in_rows_are_read_as_they_are() -> None:
    row: dict[str, str | None] = {"lopenr_person": "k", "AARMND": "201605", "BIDRAG": "50"}
    columns = {"ym": "AARMND", "grant_nok": "BIDRAG"}
    found = told("research_extract", "sa_month", [row], columns=columns)
    assert found == [{"person_key": "k", "ym": "201605", "grant_nok": "50"}]


def test_a_year_that_lacks_a_month_is_refused() -> None:
    row: dict[str, str | None] = {"lopenr_person": "k", "AAR": "2016"}
    row |= {f"BIDRAG_{k}": "1" for k in range(1, 12)}
    with pytest.raises(DataError, match=r"grant_nok: 11 columns of the files are a month of"):
        told("research_extract", "sa_month", [row], columns={"ym": "AAR", "grant_nok": "BIDRAG"})


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["person"], "0 columns of the files are named lopenr_person"),
        (["lopenr_person", "w21_0001_lopenr_person"], "2 columns of the files are named lopenr"),
    ],
)
def test_the_key_must_be_clear(keys: list[str], message: str) -> None:
    row: dict[str, str | None] = {**dict.fromkeys(keys, "k"), "NUDB_BU": "4", "FRA_DATO": "x"}
    columns = {"nus2000": "NUDB_BU", "from": "FRA_DATO"}
    with pytest.raises(DataError, match=message):
        told("research_extract", "education", [row], columns=columns)
    (found,) = told("research_extract", "education", [row], columns=columns, key=keys[-1])
    assert found["person_key"] == "k"


def test_names_and_constants_are_data_not_sql() -> None:
    name = 'a" FROM raw; DROP TABLE raw; --'
    row: dict[str, str | None] = {"person_id": "k", name: "1", "from": "2016-01-01"}
    (found,) = told(
        "tables", "charge", [row], columns={"date": name}, constants={"type": "'); DROP"}
    )
    assert found == {"person_key": "k", "date": "1", "type": "'); DROP"}


def test_variables_of_one_unit_meet_and_duplicates_stay() -> None:
    parts = {
        "grant_nok": ["person_key", "ym", "payer_municipality", "grant_nok"],
        "loan_nok": ["person_key", "ym", "loan_nok"],
    }
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE grant_nok AS SELECT * FROM (VALUES ('a', '1', NULL, '10'), "
            "('a', '1', NULL, '11'), ('b', '1', NULL, '12')) t(person_key, ym, "
            "payer_municipality, grant_nok)"
        )
        connection.execute(
            "CREATE TABLE loan_nok AS SELECT * FROM (VALUES ('b', '1', '5'), ('c', '2', '6')) "
            "t(person_key, ym, loan_nok)"
        )
        query = shape("microdata_event").together("sa_month", parts)
        found = connection.execute(f"SELECT * FROM ({query}) ORDER BY ALL").fetchall()
    assert found == [
        ("a", "1", None, "10", None),
        ("a", "1", None, "11", None),
        ("b", "1", None, "12", "5"),
        ("c", "2", None, None, "6"),
    ]


def test_an_event_file_must_say_which_column_it_is() -> None:
    row: dict[str, str | None] = dict.fromkeys(shape("microdata_event").FIELDS, "1")
    with pytest.raises(DataError, match=r"tables\.person: says not which column the variable is"):
        told("microdata_event", "person", [row])
    (found,) = told("microdata_event", "person", [row], columns={"sex": "value"})
    assert found == {"person_key": "1", "sex": "1"}
    with pytest.raises(DataError, match=r"0 entries say whose job it is"):
        shape("microdata_event").together("job_month", {"a": ["job_id"], "b": ["job_id"]})


def test_a_first_line_of_values_is_no_line_of_names(tmp_path: Path) -> None:
    """A day's start and stop are alike, which names may not be."""
    fields = shape("microdata_event").FIELDS
    path = tmp_path / "SIKTELSE_TYPE.csv"
    path.write_text("k;theft;2016-01-01;2016-01-01;\n", encoding="utf-8")
    found = header(path, Reading(), fields, False, tmp_path)
    assert (found.columns, found.headed) == (fields, False)
    path.write_text("ID;Value;START;stop;attributes\n", encoding="utf-8")
    assert header(path, Reading(), fields, False, tmp_path).headed
