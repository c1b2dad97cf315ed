"""What a run wrote is read back whole, so that page and figures can be made without data."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import evaluation as ad
from evaluation.api import Result
from evaluation.errors import DataError
from evaluation.release.writer import result_files
from evaluation.report.csvs import csv_rows, csv_text
from evaluation.report.horizons import by_horizon, in_record
from evaluation.report.page import page
from evaluation.report.reading import read_record
from evaluation.results import Check, Detail, Estimate

SPEC = """
schema_version = 1
id = "shock"
title = "A rise of the minimum wage"

[panel]
source = "file"
path = "rows.csv"
unit = "unit"
time = "ym"
time_unit = "month"

[outcomes]
y = { column = "y", kind = "continuous", horizons = [1, 2] }

[design]
kind = "did"
reform_date = 2016-05-01
treated = { column = "treated", equals = 1 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
cluster = "unit"

[[models]]
id = "path"
estimand = "att_by_event_time"
estimator = "twfe_event_study"
cluster = "unit"
reference = -3

[[checks]]
kind = "pretrends"
model = "path"
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("ran")
    lines = ["unit,ym,treated,y"]
    lines += [
        f"{unit},{201600 + month},{unit % 2},{(unit * 7 + month**2 * 3) % 11 + month * (unit % 3)}"
        for unit in range(24)
        for month in range(1, 11)
    ]
    (folder / "rows.csv").write_text("\n".join(lines) + "\n")
    (folder / "shock.toml").write_text(SPEC)
    return ad.run(folder / "shock.toml", out=folder / "outputs")


def test_every_row_comes_back(ran: Result) -> None:
    assert ran.folder is not None
    again, record = read_record(ran.folder), ran.record
    assert again.estimates == record.estimates
    assert again.details == record.details
    assert again.checks == record.checks
    assert again.flow == record.flow
    assert again.notes == record.notes
    assert again.observed == record.observed
    assert again.spec.origin.digest == record.spec.origin.digest
    assert again.software == record.software
    assert result_files(again) == result_files(record)


def test_the_page_made_again_is_the_page(ran: Result) -> None:
    assert ran.folder is not None
    written = (ran.folder / "restricted" / "report.html").read_text(encoding="utf-8")
    assert page(read_record(ran.folder)) == written


def test_horizons_go_in_and_out() -> None:
    rows = (
        Estimate("s", "m", "e", "att", "y@12"),
        Estimate("s", "m", "e", "att", "y"),
        Detail("s", "m", "", "y@12", "", "n", 1),
        Check("s", "c", "m", "y@12", "main", None, None, "v", "t"),
    )
    assert in_record(by_horizon(rows)) == rows


def test_values_of_details_keep_their_kind() -> None:
    values = (1, 0.1, 1e-300, -2.0, "12 months", True, False, None, "main")
    rows = tuple(Detail("s", "m", "", "y", "", "n", value) for value in values)
    again = csv_rows(Detail, csv_text(Detail, rows))
    assert again == rows
    assert [type(row.value) for row in again] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("manifest.json", None, "holds no manifest.json; give an output folder"),
        ("manifest.json", "{", "is not JSON; restore the manifest"),
        ("restricted/details.csv", None, "is missing; run the spec again"),
        ("restricted/checks.csv", "a,b\n1,2\n", "has other columns than spec_id, check, model_id"),
        ("restricted/estimates.csv", "!", "has other columns than"),
        ("restricted/notes.json", "{}", "is no list of notes; run the spec again"),
    ],
)
def test_outputs_that_cannot_be_read_are_one_line(
    ran: Result, tmp_path: Path, file: str, content: str | None, words: str
) -> None:
    assert ran.folder is not None
    folder = tmp_path / "shock"
    shutil.copytree(ran.folder, folder)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    with pytest.raises(DataError, match=words) as raised:
        read_record(folder)
    assert "\n" not in str(raised.value)


def test_a_value_of_another_kind_is_not_repeated(ran: Result, tmp_path: Path) -> None:
    assert ran.folder is not None
    folder = tmp_path / "shock"
    shutil.copytree(ran.folder, folder)
    path = folder / "restricted" / "estimates.csv"
    first, second, *rest = path.read_text().splitlines()
    cells = second.split(",")
    cells[Estimate.__match_args__.index("n_obs")] = "secret"
    path.write_text("\n".join([first, ",".join(cells), *rest]) + "\n")
    with pytest.raises(DataError, match="holds a value that is none of its kind") as raised:
        read_record(folder)
    assert "secret" not in str(raised.value)


def test_notes_are_a_list_of_texts(ran: Result) -> None:
    assert ran.folder is not None
    path = ran.folder / "restricted" / "notes.json"
    if ran.record.notes:
        assert json.loads(path.read_text(encoding="utf-8")) == list(ran.record.notes)
    else:
        assert not path.exists()
