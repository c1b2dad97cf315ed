"""Files and frames as relations: what is known without a scan, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.cells.cell_pass import run_cell_pass
from evaluation.cells.engines.duckdb import relation_of_files, relation_of_frame
from evaluation.cells.plan import CellPass, Plan, Quantity
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.settings import Settings
from evaluation.errors import DataError, EnvironmentProblem, UserError

SETTINGS = Settings()
PLAN = Plan((), (), (), (), None, None, (), ())
TABLE = pa.table(
    {
        "muni_h": pa.array(["0301", "1103", None]),
        "employed": pa.array([0, 1, None], pa.int8()),
        "kroner": pa.array([-5, 7, 2], pa.int64()),
        "young": pa.array([True, False, True]),
        "hours": pa.array([1.5, float("nan"), 2.0]),
        "day": pa.array([dt.date(2017, 1, 1)] * 3),
        "nothing": pa.nulls(3),
        "pay": pa.array([1, 2, 3], pa.int32()).cast(pa.decimal128(21, 2)),
    }
)
FACTS = {
    "muni_h": ColumnFacts("text"),
    "employed": ColumnFacts("integer", 0, 1, 1),
    "kroner": ColumnFacts("integer", -5, 7, 0),
    "young": ColumnFacts("boolean", 0, 1, 0),
    "hours": ColumnFacts("float"),
    "day": ColumnFacts("date"),
    "nothing": ColumnFacts("integer", None, None, 3),
    "pay": ColumnFacts("float"),
}


def written(folder: Path, *tables: pa.Table, **options: Any) -> list[Path]:
    files = [folder / f"{at}.parquet" for at in range(len(tables))]
    for file, table in zip(files, tables, strict=True):
        pq.write_table(table, file, **options)
    return files


def cells(relation: Any, key: str, *quantities: str) -> pd.DataFrame:
    one = CellPass("cells_1", (key,), tuple(Quantity(name, name) for name in quantities), ())
    return run_cell_pass(relation, PLAN, one, SETTINGS).frame


@pytest.mark.parametrize("said", [True, False], ids=["footers speak", "footers are silent"])
def test_facts_of_columns(tmp_path: Path, said: bool) -> None:
    files = written(tmp_path, TABLE, TABLE.slice(0, 0), write_statistics=said)
    relation = relation_of_files(files, TABLE.column_names, {"rows": "digest"}, SETTINGS)
    kinds = {name: facts.kind for name, facts in relation.columns.items()}
    assert kinds == {name: facts.kind for name, facts in FACTS.items()}
    for name in ("employed", "kroner", "young", "nothing"):
        assert relation.columns[name] == FACTS[name]
    assert relation.inputs == {"rows": "digest"} and relation.engine == "duckdb"


def test_facts_of_a_frame() -> None:
    frame = TABLE.drop_columns(["nothing", "pay"]).to_pandas()
    frame["whole"] = [1.0, np.nan, -3.0]
    relation = relation_of_frame(frame, {}, SETTINGS)
    assert relation.columns["whole"] == ColumnFacts("float", -3, 1, 1, True)
    assert relation.columns["employed"] == ColumnFacts("float", 0, 1, 1, True)
    assert relation.columns["hours"] == ColumnFacts("float", None, None, 1, False)
    assert relation.columns["muni_h"].kind == "text"


def test_files_with_wider_numbers_are_one_panel(tmp_path: Path) -> None:
    wide = TABLE.set_column(1, "employed", pa.array([0, 1, 300], pa.int64()))
    relation = relation_of_files(written(tmp_path, TABLE, wide), ("employed",), {}, SETTINGS)
    assert relation.columns["employed"] == ColumnFacts("integer", 0, 300, 1)
    assert cells(relation, "employed")["ad_rows"].tolist() == [2, 2, 1, 1]


def test_a_key_of_every_kind_with_what_is_missing_last(tmp_path: Path) -> None:
    relation = relation_of_files(written(tmp_path, TABLE), TABLE.column_names, {}, SETTINGS)
    for name, levels in (("young", [False, True]), ("hours", [1.5, 2.0, None]), ("pay", [1, 2, 3])):
        found = cells(relation, name, "kroner")
        assert [None if pd.isna(one) else one for one in found[name]] == levels
        assert found["ad_sum_kroner"].sum() == 4
    assert cells(relation, "day")["ad_rows"].tolist() == [3]
    assert cells(relation, "muni_h", "young", "nothing")["ad_sum_young"].tolist() == [1, 0, 1]


def table(**columns: Any) -> pa.Table:
    return pa.table({"a": [1, 2], **columns})


# The second file, and the words of the line; the first holds a and b as whole numbers.
FILES: list[tuple[pa.Table, str]] = [
    (table(), "1.parquet: no column 'b' in this file"),
    (table(B=[1, 2]), "1.parquet: no column 'b' in this file"),
    (table(b=[1, 2], B=[1, 2]), "columns 'b' and 'B' differ in capitals alone"),
    (table(b=["1", "2"]), "1.parquet: column 'b' holds text, in 0.parquet whole numbers"),
    (table(b=[0.5, 1.0]), "1.parquet: column 'b' holds numbers with decimals, in 0.parquet"),
    (table(b=[[1], [2]]), "column 'b' holds lists, tables or durations"),
    (
        table(b=pa.array([0, 1], pa.timestamp("us", "Europe/Oslo"))),
        "column 'b' holds time stamps of a time zone",
    ),
]


@pytest.mark.parametrize(("other", "words"), FILES)
def test_files_that_are_refused(tmp_path: Path, other: pa.Table, words: str) -> None:
    files = written(tmp_path, table(b=[1, 2]), other)
    with pytest.raises(DataError) as caught:
        relation_of_files(files, ("a", "b"), {}, SETTINGS)
    assert words in str(caught.value) and "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _overwritten(content: bytes) -> bytes:
    """Return a file whose footer is whole and whose pages are not."""
    return content[:4] + b"\xff" * 3000 + content[3004:]


@pytest.mark.parametrize(
    "damage", [_cut, _overwritten, lambda content: b"", lambda content: b"PAR1"]
)
def test_damaged_files(tmp_path: Path, damage: Any) -> None:
    numbers = np.random.default_rng(0).integers(0, 10**9, 4000)
    files = written(tmp_path, pa.table({"a": numbers}), pa.table({"a": numbers}))
    files[1].write_bytes(damage(files[1].read_bytes()))
    with pytest.raises(DataError) as caught:
        cells(relation_of_files(files, ("a",), {}, SETTINGS), "a")
    assert str(caught.value) == "1.parquet: is not a whole parquet file; write it again"


def test_a_name_that_would_be_a_pattern(tmp_path: Path) -> None:
    file = tmp_path / "rows[1].parquet"
    pq.write_table(TABLE, file)
    with pytest.raises(DataError, match=r"rows\[1\]\.parquet: its name or folder holds"):
        relation_of_files([file], ("employed",), {}, SETTINGS)


def test_a_frame_that_mixes_types() -> None:
    mixed = pd.DataFrame({"a": pd.Series([1, "b"], dtype=object)})
    with pytest.raises(DataError, match="column 'a' mixes text, numbers or dates"):
        relation_of_frame(mixed, {}, SETTINGS)
    with pytest.raises(DataError, match="'a' and 'A' differ in capitals alone"):
        relation_of_frame(pd.DataFrame({"a": [1], "A": [2]}), {}, SETTINGS)


@pytest.mark.parametrize(
    "settings", [Settings(memory_limit="much"), Settings(threads=0)], ids=["memory", "threads"]
)
def test_limits_that_the_engine_does_not_take(settings: Settings) -> None:
    with pytest.raises(EnvironmentProblem, match="does not take memory"):
        relation_of_frame(pd.DataFrame({"a": [1]}), {}, settings)


def test_memory_that_is_not_enough_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.arange(400_000)
    files = written(tmp_path, pa.table({"a": numbers, "b": numbers.astype(str)}))
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    monkeypatch.setattr("evaluation.cells.engines.duckdb.own_spill", lambda above: nowhere)
    settings = Settings(memory_limit="4MB")
    with pytest.raises(UserError) as caught:
        run_cell_pass(
            relation_of_files(files, ("a", "b"), {}, settings),
            PLAN,
            CellPass("cells_1", ("a", "b"), (), ()),
            settings,
        )
    assert isinstance(caught.value, EnvironmentProblem)
    assert "allow more memory, or name a spill folder" in str(caught.value)


def test_little_memory_spills_to_the_folder(tmp_path: Path) -> None:
    numbers = np.arange(300_000)
    files = written(tmp_path, pa.table({"a": numbers, "b": numbers.astype(str)}))
    settings = Settings(memory_limit="16MB", spill=tmp_path / "spill")
    relation = relation_of_files(files, ("a", "b"), {}, settings)
    one = CellPass("cells_1", ("a", "b"), (), ())
    assert len(run_cell_pass(relation, PLAN, one, settings).frame) == 300_000


def test_no_two_connections_spill_to_one_folder(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1]})
    settings = Settings(spill=tmp_path)
    bases = [relation_of_frame(frame, {}, settings).table.get_backend() for _ in range(2)]
    asked = "SELECT current_setting('temp_directory')"
    one, other = (Path(base.con.execute(asked).fetchone()[0]) for base in bases)
    assert one != other and one.parent == other.parent
    assert one.parent.parent == tmp_path
