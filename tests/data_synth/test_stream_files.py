"""Parts on disk: the panel as a frame, part by part, the same bytes by one process or two."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import data_synth
from data_synth.life.plan import Chunk, plan_chunks
from data_synth.life.simulate import simulate_chunk
from data_synth.panel.columns import COLUMNS
from data_synth.panel.files import write_rows
from data_synth.panel.makers import LABELS
from data_synth.panel.rows import Rows, take_rows
from data_synth.panel.transpose import by_person
from data_synth.stream.parts import part_names, write_parts
from data_synth.stream.request import Request
from data_synth.stream.space import planned_rows
from data_synth.stream.writers import File, Made

WORLD = "published_null"
WINDOW = (date(2016, 11, 1), date(2017, 4, 1))
AGES = (29, 30)
PERSONS, SEED = 6_000, 5


def request(**changes: object) -> Request:
    given = {"columns": tuple(COLUMNS), **changes}
    return Request(data_synth.load_world(WORLD), PERSONS, SEED, WINDOW, AGES, **given)


def chunks(asked: Request) -> tuple[Chunk, ...]:
    """Return a chunk a birth year: more than one, of few persons."""
    planned = plan_chunks(asked.world, PERSONS, AGES, (asked.first, asked.last))
    return tuple(Chunk(year, 0, count) for chunk in planned for year, count in chunk.births)


def write(asked: Request, folder: Path, jobs: int) -> list[Made]:
    folder.mkdir()
    made = dict(write_parts(asked, chunks(asked), folder, jobs))
    return [made[place] for place in sorted(made)]


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Made]]:
    folder = tmp_path_factory.mktemp("stream") / "one"
    return folder, write(request(), folder, 1)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world(WORLD), persons=PERSONS, seed=SEED, window=WINDOW, ages=AGES
    )


@pytest.fixture(scope="module")
def rows() -> Rows:
    asked = request()
    lives = simulate_chunk(asked.world, chunks(asked)[1], SEED, "actual", asked.first, asked.last)
    return take_rows(lives, AGES)


def test_files_hold_the_frame(written: tuple[Path, list[Made]], frame: pd.DataFrame) -> None:
    folder, made = written
    paths = [folder / file.path for part in made for file in part.files]
    read = pa.concat_tables([pq.read_table(path) for path in paths], promote_options="none")
    assert read.column_names == list(COLUMNS)
    assert len(read) == len(frame) > 500
    for name in COLUMNS:
        got, wanted = read[name].to_pandas(), frame[name]
        missing = wanted.isna().to_numpy()
        assert (got.isna().to_numpy() == missing).all(), name
        np.testing.assert_array_equal(
            got.to_numpy()[~missing].astype(str if name in LABELS else np.float64),
            wanted.to_numpy()[~missing].astype(str if name in LABELS else np.float64),
            err_msg=name,
        )


def test_some_rows_have_missing_flows_and_they_are_whole_numbers(
    written: tuple[Path, list[Made]],
) -> None:
    folder, made = written
    table = pq.read_table(folder / made[1].files[0].path)
    for name, kind in (("sa_entry", pa.int8()), ("adopted_earliest", pa.int32())):
        assert table.schema.field(name).type == kind
        assert 0 < table[name].null_count < len(table), name


def test_parts_are_counted_and_named_by_birth_year(written: tuple[Path, list[Made]]) -> None:
    folder, made = written
    asked = request()
    names = [f"person_month/{name}.parquet" for name in part_names(chunks(asked))]
    assert [file.path for part in made for file in part.files] == names
    assert names[0] == "person_month/1985-000.parquet"
    for part, chunk in zip(made, chunks(asked), strict=True):
        (file,) = part.files
        table = pq.read_table(folder / file.path)
        persons = table["person_id"].to_numpy()
        assert file == File(
            file.path, (folder / file.path).stat().st_size, len(table), len(np.unique(persons))
        )
        assert (part.rows, part.persons) == (file.rows, file.persons)
        assert set(persons // 1_000_000) == {year for year, _ in chunk.births}
        assert part.rows <= planned_rows(asked, chunk)
    planned = sum(planned_rows(asked, chunk) for chunk in chunks(asked))
    assert 0.8 * planned < sum(part.rows for part in made)


def test_two_processes_write_the_same_bytes(
    written: tuple[Path, list[Made]], tmp_path: Path
) -> None:
    folder, made = written
    assert write(request(), tmp_path / "two", 2) == made
    assert digests(tmp_path / "two") == digests(folder)


def test_another_seed_writes_other_bytes(written: tuple[Path, list[Made]], tmp_path: Path) -> None:
    asked = request()
    other = Request(asked.world, PERSONS, SEED + 1, WINDOW, AGES, columns=asked.columns)
    write(other, tmp_path / "other", 1)
    same = digests(written[0]).items() & digests(tmp_path / "other").items()
    assert not same


def test_columns_are_written_in_the_order_wanted(rows: Rows, tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    write_rows(rows, ("ym", "person_id"), path, "parquet")
    assert pq.read_schema(path).names == ["ym", "person_id"]


def test_csv_holds_what_parquet_holds(rows: Rows, tmp_path: Path) -> None:
    write_rows(rows, tuple(COLUMNS), tmp_path / "part.parquet", "parquet")
    write_rows(rows, tuple(COLUMNS), tmp_path / "part.csv", "csv")
    table = pq.read_table(tmp_path / "part.parquet")
    plain = pa.table(
        {
            name: column.cast(column.type.value_type) if name in LABELS else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
    options = pyarrow.csv.ConvertOptions(column_types=plain.schema, strings_can_be_null=False)
    assert pyarrow.csv.read_csv(tmp_path / "part.csv", convert_options=options).equals(plain)
    codes = pd.read_csv(tmp_path / "part.csv", dtype=str)["muni_h"]
    assert set(codes.str.len()) == {4}


def test_every_column_with_gaps_has_a_type_of_its_own(rows: Rows) -> None:
    """A type that depended on the values of a part would differ between parts."""
    from data_synth.panel import files
    from data_synth.panel.makers import MAKERS

    gaps = {
        name
        for name in COLUMNS
        if name not in LABELS
        and (values := MAKERS[name](rows)).dtype.kind == "f"
        and np.isnan(values).any()
    }
    assert gaps <= set(files._WHOLE) and "sa_exit" in gaps


def test_a_chunk_outside_the_window_writes_nothing(tmp_path: Path) -> None:
    asked = request()
    assert list(write_parts(asked, (Chunk(1960, 0, 20),), tmp_path, 1)) == [(0, Made(0, 0))]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [np.int8, np.bool_, np.int16, np.float32, np.int64])
@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (7, 8), (3, 129), (120, 4096), (5, 0)])
def test_transposed_by_blocks_is_transposed(kind: type, shape: tuple[int, int]) -> None:
    values = (np.arange(shape[0] * shape[1]) % 113).reshape(shape).astype(kind)
    turned = by_person(values)
    assert turned.dtype == values.dtype and turned.flags.c_contiguous
    np.testing.assert_array_equal(turned, values.T)
