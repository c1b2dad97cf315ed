"""Months that a table does not cover are missing, and never months in which nothing happened."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from evaluation.data.registers.built import Built
from evaluation.data.registers.cache import panel_of
from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.report import report_rows
from evaluation.errors import SpecError
from evaluation.spec.origin import Origin
from tests.data.registers.panel.conftest import Deliveries, placed_at

FIRST, LAST = 201103, 201206
OF_SPELLS = (
    "sa_received", "sa_entry", "sa_exit", "sa_exit_disability", "sa_spell_months",
    "sa_spell_number", "sa_exit_in_education", "neet_on_benefit",
)  # fmt: skip
OTHERS = ("in_education", "sa_nok", "on_disability", "muni_h", "jobseeker")


def mapped(deliveries: Deliveries, tmp_path: Path, old: str, new: str) -> Path:
    """Write the mapping with something else said beside the drafted one's folder."""
    own = deliveries.mappings["tables"]
    text = own.read_text(encoding="utf-8")
    assert old in text
    path = own.parent / f"{tmp_path.name}.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def panel(path: Path, cache: Path) -> tuple[Built, pd.DataFrame]:
    built = panel_of(placed_at(path), (*OF_SPELLS, *OTHERS), cache=cache)
    return built, duckdb.sql(f"FROM '{built.folder}/*.parquet' ORDER BY person_id, ym").df()


def test_columns_are_those_of_a_delivery_of_these_months(
    deliveries: Deliveries, tmp_path: Path
) -> None:
    said = "[tables.sa_spell]\ncovers = [2011-03-01, 2012-06-30]\n"
    fewer = mapped(deliveries, tmp_path, "[tables.sa_spell]\n", said)
    built, found = panel(fewer, deliveries.cache)
    _, whole = panel(deliveries.mappings["tables"], deliveries.cache)
    inside = found["ym"].between(FIRST, LAST)
    assert (~inside).any() and found.loc[~inside, list(OF_SPELLS)].isna().all(axis=None)
    pd.testing.assert_frame_equal(found[["ym", *OTHERS]], whole[["ym", *OTHERS]])
    text = fewer.read_text(encoding="utf-8").replace(said, "[tables.sa_spell]\n")
    for key, month in (("first", "2011-03-01"), ("last", "2012-06-01")):
        old = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
        text = text.replace(old, f"{key} = {month}", 1)
    cut = fewer.with_name("cut.toml")
    cut.write_text(text, encoding="utf-8")
    _, short = panel(cut, deliveries.cache)
    same = ["person_id", "ym", *OF_SPELLS]
    pd.testing.assert_frame_equal(
        found.loc[inside, same].reset_index(drop=True), short[same], check_dtype=False
    )
    assert short["sa_received"].sum() > 100 and (short["sa_exit"] == 1).any()
    persons = found.loc[~inside, "person_id"].nunique()
    (line,) = [row for row in report_rows(built) if row[1] == "covers"]
    assert (line[0], line[3:]) == ("sa_spell", (str(persons), str(int((~inside).sum()))))
    assert any("sa_spell covers 2011-03 to 2012-06" in one for one in built.remarks)


@pytest.mark.parametrize(
    ("table", "covers", "line"),
    [
        ("sa_spell", "[2012-01-01, 2011-01-01]", "first and last month, such as"),
        ("sa_spell", "[2015-01-01, 2016-01-01]", "has no month of the panel"),
        ("residence", "[2011-01-01, 2012-01-01]", "residence says who is observed at all"),
        ("person", "[2011-01-01, 2012-01-01]", "person is of no months that it could lack"),
        ("office", "[2011-01-01, 2012-01-01]", "office is of no months that it could lack"),
    ],
)
def test_what_no_table_can_cover_is_refused(
    deliveries: Deliveries, tmp_path: Path, table: str, covers: str, line: str
) -> None:
    head = f"[tables.{table}]\n"
    path = mapped(deliveries, tmp_path, head, f"{head}covers = {covers}\n")
    with pytest.raises(SpecError) as caught:
        load_delivery(path, Origin(folder=path.parent, allowed=(path.parents[1],)))
    assert any(f"tables.{table}.covers: {line}" in one for one in caught.value.faults)


def test_entries_of_a_table_cover_the_same_months(deliveries: Deliveries, tmp_path: Path) -> None:
    text = deliveries.mappings["tables"].read_text(encoding="utf-8")
    start = text.index("[tables.sa_spell]\n")
    entry = text[start : text.find("\n[", start) + 1]
    both = "".join(
        entry.replace("[tables.sa_spell]\n", f"[tables.sa_spell.{word}]\n{further}")
        for word, further in (("a", ""), ("b", "covers = [2011-01-01, 2012-01-01]\n"))
    )
    path = mapped(deliveries, tmp_path, entry, both)
    with pytest.raises(SpecError, match=r"sa_spell\.b\.covers: is of the table as a whole"):
        load_delivery(path, Origin(folder=path.parent, allowed=(path.parents[1],)))
