"""No identifier and no rare value of the input leaves, nor stands in a log or an error.

Marked units, towns and amounts are planted in a file; every byte of what is printed, logged,
released or left in temporary folders is searched for them, inside zips as well.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evaluation.cli import app
from evaluation.errors import UserError
from evaluation.release.files import leaving
from evaluation.release.unnamed import unnamed
from evaluation.report.reading import read_record
from evaluation.results import Detail

MARK = "zq7leak"
AMOUNT = 98765.4321
PERSON, TOWN, NAME = f"{MARK}person", f"{MARK}town", f"{MARK} nordmann"
MARKS = (MARK, PERSON, TOWN, NAME, "98765.43", "98765,43")
UNITS, YEARS = 240, 6
SPEC = """
schema_version = 1
id = "planted"
title = "Marked rows"

[panel]
source = "file"
path = "panel.csv"
unit = "person"
time = "year"
time_unit = "integer"

[outcomes]
work = { column = "work", kind = "binary" }
pay = { column = "pay", kind = "continuous" }

[design]
kind = "did"
treated = { column = "arm", equals = 1 }
post = { column = "year", at_least = 3 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["town", "year"]
cluster = "town"

[[models]]
id = "broken"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["person", "year"]
controls = ["name"]
cluster = "town"

[[checks]]
kind = "leave_one_out"
model = "main"

[disclosure]
policy = "registry_default"
"""
DONORS = """
schema_version = 1
id = "planted"
title = "One town"

[panel]
source = "file"
path = "panel.csv"
unit = "town"
time = "year"
time_unit = "integer"

[outcomes]
pay = { column = "pay", kind = "continuous" }

[design]
kind = "single_unit"
treated = { column = "own", equals = 1 }
post = { column = "year", at_least = 5 }

[[models]]
id = "sc"
estimand = "att"
estimator = "synthetic_control"
"""


def found_in(content: bytes) -> set[str]:
    """Return the marks in some bytes, those of zipped parts included."""
    marks = {one for one in MARKS if one.encode() in content.lower()}
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                marks |= found_in(name.encode()) | found_in(packed.read(name))
    return marks | _in_table(content)


def _in_table(content: bytes) -> set[str]:
    if content[:4] != b"PAR1":
        return set()
    return found_in(pd.read_parquet(io.BytesIO(content)).to_csv().encode())


def leaks(folder: Path) -> dict[str, set[str]]:
    """Return the files below a folder that hold a mark, in content or name."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = {
        path.relative_to(folder).as_posix(): found_in(path.read_bytes())
        | found_in(path.name.encode())
        for path in paths
    }
    return {name: marks for name, marks in found.items() if marks}


def rows() -> pd.DataFrame:
    """Return a panel of marked persons in marked towns, one with an amount that nobody else has."""
    draw = np.random.default_rng(5)
    person, year = (grid.ravel() for grid in np.meshgrid(range(UNITS), range(YEARS), indexing="ij"))
    town = person % 12
    frame = pd.DataFrame(
        {
            "person": [f"{MARK}person{one:04d}" for one in person],
            "town": [f"{MARK}town{one:02d}" for one in town],
            "year": year,
            "arm": (town < 6).astype(int),
            "work": draw.integers(0, 2, len(year)),
            "pay": draw.normal(400, 20, len(year)).round(2),
            "name": f"{MARK} Nordmann",
        }
    )
    frame.loc[0, "pay"] = AMOUNT
    return frame


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Run, make pages and cells, release with a bundle, trace, fail: folder and what was said."""
    folder = tmp_path_factory.mktemp("planted")
    temporary = folder / "temporary"
    temporary.mkdir()
    frame = rows()
    frame.to_csv(folder / "panel.csv", index=False)
    spec = folder / "planted.toml"
    spec.write_text(SPEC, encoding="utf-8")
    twice = folder / "twice"
    twice.mkdir()
    pd.concat([frame, frame.head(3)]).to_csv(twice / "panel.csv", index=False)
    (twice / "planted.toml").write_text(SPEC, encoding="utf-8")
    words = folder / "words"
    words.mkdir()
    frame.assign(pay=frame["name"]).to_csv(words / "panel.csv", index=False)
    (words / "planted.toml").write_text(SPEC, encoding="utf-8")
    out, log = str(folder / "out"), str(folder / "log.jsonl")
    sign = ("--sign", "A Checker", "--decision", "approve", "--comment", "seen")
    said = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        for name, words_of in {
            "run": ("run", str(spec), "--out", out, "--log", log),
            "events": ("run", str(spec), "--out", out, "--json-events"),
            "report": ("report", f"{out}/planted"),
            "cells": ("cells", str(spec), "--out", out),
            "release": ("release", "planted", "--out", out, "--bundle", *sign),
            "trace": ("trace", "estimates:1", f"{out}/planted"),
            "twice": ("run", str(twice / "planted.toml"), "--out", f"{out}2", "--log", log),
            "words": ("run", str(words / "planted.toml"), "--out", f"{out}3", "--log", log),
        }.items():
            said[name] = _said(words_of)
    yield folder, said


def _said(words: tuple[str, ...]) -> str:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        try:
            app(list(words), standalone_mode=False)
        except UserError as error:
            out.write(f"exit {error.exit_code}: {error}")
        except SystemExit as ended:
            out.write(f"exit {ended.code}")
    return out.getvalue()


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text(f"so {MARK.upper()} it is")
    pd.DataFrame({"x": [f"{MARK}1"]}).to_parquet(tmp_path / "cells.parquet")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("rows.csv", f"pay\n{AMOUNT}\n")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bundle.zip", inner.getvalue())
    (tmp_path / "clean.txt").write_text("nothing of it")
    assert sorted(leaks(tmp_path)) == ["cells.parquet", "outer.zip", "plain.txt"]
    assert leaks(tmp_path)["outer.zip"] == {"98765.43"}


def test_every_step_was_taken(done: tuple[Path, dict[str, str]]) -> None:
    folder, said = done
    assert (folder / "out" / "planted" / "release" / "bundle.zip").is_file(), said
    assert "exit 11" in said["twice"]
    assert "planted: incomplete" in said["words"]
    estimates = pd.read_csv(folder / "out/planted/restricted/estimates.csv")
    broken = estimates[estimates["model_id"] == "broken"]
    assert set(broken["status"]) == {"refused"}


def test_nothing_said_or_logged_holds_a_mark(done: tuple[Path, dict[str, str]]) -> None:
    folder, said = done
    assert {name for name, text in said.items() if found_in(text.encode())} == set()
    log = (folder / "log.jsonl").read_bytes()
    assert all(json.loads(line) for line in log.splitlines())
    assert found_in(log) == set()


def test_nothing_released_holds_a_mark_but_cells_their_keys(
    done: tuple[Path, dict[str, str]],
) -> None:
    folder, _ = done
    released = folder / "out" / "planted" / "release"
    assert leaks(released) == {"bundle.zip": {MARK, TOWN}}
    with zipfile.ZipFile(released / "bundle.zip") as packed:
        held = {name for name in packed.namelist() if found_in(packed.read(name))}
    assert all(name.startswith("cells/") and name.endswith(".parquet") for name in held)
    assert found_in((folder / "out" / "planted" / "manifest.json").read_bytes()) == set()


def test_details_of_single_units_leave_without_name_and_number() -> None:
    named = Detail("planted", "sc", "", "pay", f"donor {TOWN}01", "weight", 1.0)
    other = Detail("planted", "sc", "", "pay", "", "donors_with_weight", 1)
    assert unnamed([named, other]) == (replace(named, term="donor", value=None), other)


def test_the_names_of_donors_stay_inside(tmp_path: Path) -> None:
    years = [{"town": f"{TOWN}{at:02d}", "year": year, "own": int(at == 0), "pay": at + year % 3}
             for at in range(6) for year in range(8)]  # fmt: skip
    pd.DataFrame(years).to_csv(tmp_path / "panel.csv", index=False)
    (tmp_path / "planted.toml").write_text(DONORS, encoding="utf-8")
    said = _said(("run", str(tmp_path / "planted.toml"), "--out", str(tmp_path / "out")))
    record = read_record(tmp_path / "out" / "planted")
    assert TOWN in str(record.details), said
    assert not found_in(said.encode())
    assert not found_in(repr(leaving(record).details).encode())
    inside = leaks(tmp_path / "out" / "planted")
    assert set(inside) == {"restricted/details.csv"}


def test_inside_no_person_and_no_amount_is_kept(done: tuple[Path, dict[str, str]]) -> None:
    folder, _ = done
    for out in ("out", "out2", "out3"):
        for name, marks in leaks(folder / out).items():
            assert marks <= {MARK, TOWN}, name
            assert name.endswith((".parquet", "bundle.zip")), name


def test_no_temporary_file_is_left(done: tuple[Path, dict[str, str]]) -> None:
    folder, _ = done
    assert list((folder / "temporary").rglob("*")) == []
