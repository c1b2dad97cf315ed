"""What may be asked for, what it needs on disk, and what may be replaced."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import data_synth
from data_synth.life.plan import Chunk, plan_chunks
from data_synth.panel.columns import COLUMNS, STANDARD
from data_synth.shapes import registry
from data_synth.stream import space
from data_synth.stream.manifest import NAME, manifest_text, refuse_foreign
from data_synth.stream.parts import part_names
from data_synth.stream.pool import in_processes
from data_synth.stream.request import PANEL, Request, list_shapes, refuse_impossible
from data_synth.stream.space import BYTES, planned_bytes, planned_rows, refuse_little_space
from data_synth.stream.writers import File
from evaluation.errors import DataError, EnvironmentProblem, SpecError, UsageError, UserError
from tests.data_synth.tasks import ended, no_memory

WINDOW = (date(2010, 1, 1), date(2019, 12, 1))


def request(**changes: Any) -> Request:
    given: dict[str, Any] = {
        "world": data_synth.load_world("published_null"),
        "persons": 1_000,
        "seed": 1,
        "window": WINDOW,
        "ages": (18, 42),
        "columns": STANDARD,
    }
    return Request(**{**given, **changes})


def test_shapes_are_those_that_the_command_promises() -> None:
    assert list_shapes()[0] == PANEL
    assert set(list_shapes()) == {
        "person_month",
        "tables",
        "research_extract",
        "microdata_event",
        "kostra_11f",
    }


def test_a_possible_request_passes() -> None:
    refuse_impossible(request())
    for shape in registry.list_shapes():
        refuse_impossible(request(shape=shape, columns=()))


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"shape": "tabels"}, UsageError, 'did you mean "tables"'),
        ({"format": "parket"}, UsageError, 'did you mean "parquet"'),
        ({"shape": "tables"}, UsageError, "leave --columns out"),
        ({"shape": "tables", "columns": (), "format": "xml"}, UsageError, "parquet, csv"),
        ({"persons": 0}, SpecError, "at least 1"),
        ({"seed": -1}, SpecError, "at least 0"),
        ({"ages": (42, 18)}, SpecError, "first not after last"),
        ({"ages": (1, 42)}, SpecError, "offers ages 16 to 67"),
        ({"window": (date(2012, 1, 1), date(2011, 1, 1))}, SpecError, "first not after last"),
        ({"window": (date(1999, 1, 1), date(2011, 1, 1))}, SpecError, "offers months 201001"),
        ({"policy": "actul"}, SpecError, 'did you mean "actual"'),
        ({"columns": ("employd",)}, DataError, 'did you mean "employed"'),
        ({"columns": ()}, DataError, "columns: found none"),
    ],
)
def test_an_impossible_request_is_refused(
    changes: dict[str, Any], error: type[UserError], says: str
) -> None:
    with pytest.raises(error) as found:
        refuse_impossible(request(**changes))
    assert len(found.value.faults) == 1
    assert says in found.value.faults[0]


def test_faults_of_one_kind_are_told_together() -> None:
    with pytest.raises(SpecError) as found:
        refuse_impossible(request(persons=0, seed=-1, policy="none"))
    assert len(found.value.faults) == 3


def test_planned_rows_count_the_months_at_the_ages() -> None:
    asked = request(window=(date(2017, 1, 1), date(2017, 12, 1)), ages=(30, 30))
    # Born in January 1987: 30 from January to December 2017; in December: in December alone.
    assert planned_rows(asked, Chunk(1987, 0, 12)) == sum(range(1, 13))
    assert planned_rows(asked, Chunk(1986, 0, 12)) == sum(range(12))
    assert planned_rows(asked, Chunk(1985, 0, 12)) == 0


def test_planned_chunks_are_all_that_have_rows() -> None:
    asked = request(persons=20_000)
    whole = plan_chunks(asked.world, asked.persons)
    planned = plan_chunks(asked.world, asked.persons, asked.ages, (asked.first, asked.last))
    years = {birth for chunk in whole for birth in chunk.births}
    counted = {birth: planned_rows(asked, Chunk(birth[0], 0, birth[1])) for birth in years}
    with_rows = {birth for birth, rows in counted.items() if rows}
    assert {birth for chunk in planned for birth in chunk.births} == with_rows != years


def test_parts_of_a_year_are_numbered() -> None:
    chunks = (Chunk(1986, 0, 5), Chunk(1987, 0, 8), Chunk(1987, 8, 3))
    assert part_names(chunks) == ("1986-000", "1987-000", "1987-001")


def test_every_shape_and_format_has_its_bytes() -> None:
    offered = {(PANEL, "parquet"), (PANEL, "csv")}
    for name in registry.list_shapes():
        offered |= {(name, form) for form in registry.shape(name).FORMATS}
    assert set(BYTES) == offered


def test_bytes_grow_with_rows_and_columns() -> None:
    chunks = (Chunk(1987, 0, 8_000),)
    narrow, wide = request(columns=("employed",)), request(columns=tuple(COLUMNS))
    assert planned_bytes(narrow, chunks) < planned_bytes(wide, chunks)
    assert planned_bytes(wide, chunks) < planned_bytes(wide, chunks * 2)


def test_too_little_disk_is_told_with_both_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked, chunks = request(format="csv"), (Chunk(1987, 0, 8_000),) * 10
    asked_of: list[Path] = []

    def usage(path: Path) -> SimpleNamespace:
        asked_of.append(path)
        return SimpleNamespace(free=400_000_000)

    monkeypatch.setattr(space.shutil, "disk_usage", usage)
    with pytest.raises(EnvironmentProblem, match=r"needs about 1\.0 GB .* 0\.4 GB are free"):
        refuse_little_space(asked, chunks, tmp_path / "not" / "there")
    assert asked_of == [tmp_path]
    refuse_little_space(asked, chunks[:1], tmp_path)


def delivery(folder: Path, shape: str = PANEL) -> Path:
    """Write what a delivery leaves."""
    (folder / shape).mkdir(parents=True)
    (folder / shape / "1987-000.parquet").write_bytes(b"rows")
    files = [File(f"{shape}/1987-000.parquet", 4, 1, 1)]
    asked = request(shape=shape, columns=STANDARD if shape == PANEL else ())
    (folder / NAME).write_text(manifest_text(asked, 1, 1, files, {"version": "1"}))
    return folder


def test_the_manifest_says_what_was_asked_and_made(tmp_path: Path) -> None:
    told = json.loads((delivery(tmp_path / "out") / NAME).read_text())
    assert told["world"] == {
        "name": "published_null",
        "digest": data_synth.load_world("published_null").digest,
    }
    assert told["window"] == ["2010-01", "2019-12"] and told["ages"] == [18, 42]
    assert (told["persons"], told["seed"], told["policy"]) == (1_000, 1, "actual")
    assert told["columns"] == list(STANDARD) and told["program"] == {"version": "1"}
    assert told["files"] == [
        {"path": f"{PANEL}/1987-000.parquet", "bytes": 4, "rows": 1, "persons": 1}
    ]


def test_an_earlier_delivery_of_the_same_shape_may_be_replaced(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / "absent", PANEL)
    (tmp_path / "empty").mkdir()
    refuse_foreign(tmp_path / "empty", PANEL)
    refuse_foreign(delivery(tmp_path / "out"), PANEL)


def edited(**changes: object) -> Callable[[Path], object]:
    def edit(folder: Path) -> None:
        content = json.loads((folder / NAME).read_text())
        (folder / NAME).write_text(json.dumps({**content, **changes}))

    return edit


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "thesis.docx").write_text("mine"), "holds thesis.docx beside"),
        (lambda folder: (folder / PANEL / "own.csv").write_text("mine"), "own.csv beside"),
        (lambda folder: (folder / NAME).unlink(), "holds no delivery of this command"),
        (lambda folder: (folder / NAME).write_text("{"), "holds no delivery of this command"),
        (lambda folder: (folder / NAME).write_text("[1]"), "holds no delivery of this command"),
        (edited(kind="other"), "holds no delivery of this command"),
        (edited(files=None), "holds no delivery of this command"),
        (edited(files=[1]), "holds no delivery of this command"),
        (edited(shape="tables"), "holds the shape tables, which person_month would replace"),
    ],
)
def test_anything_else_is_never_replaced(
    spoil: Callable[[Path], object], says: str, tmp_path: Path
) -> None:
    folder = delivery(tmp_path / "out")
    spoil(folder)
    with pytest.raises(UsageError, match=says):
        refuse_foreign(folder, PANEL)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("work", "jobs"), [(ended, 2), (no_memory, 1), (no_memory, 2)])
def test_a_process_without_memory_is_a_problem_of_the_machine(
    work: Callable[[int], int], jobs: int
) -> None:
    with pytest.raises(EnvironmentProblem, match="fewer --jobs"):
        list(in_processes(work, [1, 2, 3], jobs))
