"""Staged tables are kept under a digest of what they are made of."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

import pytest

from data_synth.shapes.declared.registers import OPTIONAL, REGISTERS
from evaluation.data.registers.contract import Kind
from evaluation.data.registers.tables.registry import TABLES
from evaluation.errors import DataError

TEXT = "person_id;from_ym;to_ym\na;201601;201602\n"


def test_tables_are_staged_once(tmp_path: Path, staging: Any) -> None:
    path = tmp_path / "spells.csv"
    path.write_text(TEXT, encoding="utf-8")
    first = staging(sa_spell=path)
    file = Path(first.staged.folder) / "sa_spell.parquet"
    made = file.stat().st_mtime_ns
    again = staging(sa_spell=path)
    assert again.staged == first.staged
    assert file.stat().st_mtime_ns == made
    other = staging(sa_spell=path, last=dt.date(2017, 12, 1))
    assert other.staged.folder != first.staged.folder
    path.write_text(TEXT + "b;201601;201602\n", encoding="utf-8")
    assert staging(sa_spell=path).staged.tables == {"sa_spell": 2}


def test_nothing_is_left_of_a_delivery_refused(tmp_path: Path, staging: Any) -> None:
    with pytest.raises(DataError):
        staging(sa_spell=TEXT + "b;x;\n")
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) in (
        ["key.secret"],
        ["digests", "key.secret"],
    )


@pytest.mark.parametrize("name", REGISTERS)
def test_tables_are_declared_as_they_are_written(name: str) -> None:
    """The reader's own declarations, against those of the writer."""
    written, read = REGISTERS[name], TABLES[name]
    assert set(written.columns) - set(read.columns) == set()
    assert set(read.columns) - set(written.columns) <= {"office_id"}
    assert read.spell == written.spell
    assert str(read.temporality) == str(written.temporality)
    assert all(not read.columns[column].required for column in OPTIONAL & set(read.columns))
    valid = written.valid_from and written.valid_from // 100 * 12 + written.valid_from % 100 - 1
    assert read.valid_from == valid
    keys = [column for column, one in read.columns.items() if one.kind is Kind.PERSON]
    assert keys == (["person_id"] if "person_id" in written.columns else [])


def test_what_stopped_runs_left_is_removed_a_day_later(tmp_path: Path, staging: Any) -> None:
    cache = tmp_path / "cache"
    for name, age in ((".staging-old", 2 * 86_400), (".staging-new", 60)):
        (cache / name).mkdir(parents=True)
        then = time.time() - age
        os.utime(cache / name, (then, then))
    staging(sa_spell=TEXT)
    assert {path.name for path in cache.glob(".staging-*")} == {".staging-new"}
