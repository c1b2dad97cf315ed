"""No identifier and no rare value of the input leaves, nor stands in a log or an error.

Marked units, towns and amounts are planted in a file, a database and a delivery of registers; every
byte of what is printed, logged, released or left in temporary folders is searched for them, inside
zips as well.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.cli import app
from evaluation.data.durable.spilling import end_spilling
from evaluation.errors import UserError
from evaluation.release.files import leaving
from evaluation.release.unnamed import unnamed
from evaluation.report.reading import read_record
from evaluation.results import Detail

MARK = "zq7leak"
AMOUNT = 98765.4321
PERSON, TOWN, NAME = f"{MARK}person", f"{MARK}town", f"{MARK} nordmann"
WAGE = "987654321"
MARKS = (MARK, PERSON, TOWN, NAME, "98765.43", "98765,43", WAGE)
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
SQL = SPEC.replace(
    'source = "file"\npath = "panel.csv"',
    'source = "sql"\nurl = "duckdb:///panel.duckdb"\ntable = "panel"',
)
REGISTERS = """
schema_version = 1
id = "planted"
title = "Marked registers"

[panel]
source = "registers"
mapping = "delivery.toml"
unit = "person_id"
time = "ym"
time_unit = "month"
window = [2016-01-01, 2017-12-31]

[outcomes]
employed = { column = "employed", kind = "binary" }
pay = { column = "earnings_nok", kind = "continuous" }

[design]
kind = "did"
reform_date = 2017-01-01
treated = { column = "age_months", below = 360, assigned_at = "period_start" }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["ym"]

[disclosure]
policy = "registry_default"
"""
DELIVERY = ("synth", "published_null", "--persons", "3000", "--ages", "27:32", "--seed", "7",
            "--window", "2016-01:2017-12", "--shape", "research_extract", "--format", "csv",
            "--jobs", "1")  # fmt: skip
# Columns of the delivery whose values are keys, and what they are marked by.
KEYS = {"person": PERSON, "befolkning_hushnr": MARK, "arblonn_arb_id": MARK}
SIGN = ("--sign", "A Checker", "--decision", "approve", "--comment", "seen")
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


def left_in(temporary: Path) -> list[Path]:
    """Return what is left once the process ends; nothing in it holds a mark before, either."""
    assert leaks(temporary) == {}
    end_spilling()
    return list(temporary.rglob("*"))


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


def plant(frame: pd.DataFrame, folder: Path, source: str) -> str:
    """Write rows and a spec that reads them from a file or a database; return the spec's path."""
    folder.mkdir(exist_ok=True)
    if source == "sql":
        with duckdb.connect(str(folder / "panel.duckdb")) as base:
            base.register("held", frame)
            base.execute("CREATE TABLE panel AS SELECT * FROM held")
    else:
        frame.to_csv(folder / "panel.csv", index=False)
    spec = folder / "planted.toml"
    spec.write_text(SQL if source == "sql" else SPEC, encoding="utf-8")
    return str(spec)


@pytest.fixture(scope="module", params=["file", "sql"])
def done(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, dict[str, str]]]:
    """Run, make pages and cells, release with a bundle, trace, fail: folder and what was said."""
    folder = tmp_path_factory.mktemp("planted")
    temporary = folder / "temporary"
    temporary.mkdir()
    frame = rows()
    spec = plant(frame, folder, request.param)
    twice = plant(pd.concat([frame, frame.head(3)]), folder / "twice", request.param)
    words = plant(frame.assign(pay=frame["name"]), folder / "words", request.param)
    out, log = str(folder / "out"), str(folder / "log.jsonl")
    said = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        for name, words_of in {
            "run": ("run", spec, "--out", out, "--log", log),
            "events": ("run", spec, "--out", out, "--json-events"),
            "report": ("report", f"{out}/planted"),
            "cells": ("cells", spec, "--out", out),
            "release": ("release", "planted", "--out", out, "--bundle", *SIGN),
            "trace": ("trace", "estimates:1", f"{out}/planted"),
            "twice": ("run", twice, "--out", f"{out}2", "--log", log),
            "words": ("run", words, "--out", f"{out}3", "--log", log),
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
    assert left_in(folder / "temporary") == []


def spoil(delivery: Path) -> None:
    """Mark the keys of a delivery, and give one person an amount that nobody else has."""
    for path in sorted(delivery.rglob("*.csv")):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        names = [name.lower() for name in head.split(";")]
        keyed = [
            (at, mark) for at, name in enumerate(names)
            for ending, mark in KEYS.items() if name.endswith(ending)
        ]  # fmt: skip
        table = [line.split(";") for line in lines]
        for row in table:
            for at, mark in keyed:
                row[at] = f"{mark}{row[at]}"
        if "arblonn_lonn_kontant" in names:
            table[0][names.index("arblonn_lonn_kontant")] = WAGE
        text = "\n".join([head, *(";".join(row) for row in table)])
        path.write_text(f"{text}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Draft a mapping, build a panel, run, release, fail: folder and what was said."""
    folder = tmp_path_factory.mktemp("delivered")
    (folder / "temporary").mkdir()
    spec = folder / "planted.toml"
    spec.write_text(REGISTERS, encoding="utf-8")
    said = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ACTIVITY_DUTY_CACHE", str(folder / "cache"))
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        _said((*DELIVERY, "--out", "data"))
        spoil(folder / "data")
        for name, words in {
            "new": ("new", "registers", "data/research_extract"),
            "panel": ("panel", "planted.toml"),
            "run": ("run", "planted.toml", "--out", "out", "--log", "log.jsonl"),
            "events": ("run", "planted.toml", "--out", "out", "--json-events"),
            "release": ("release", "planted", "--out", "out", "--bundle", *SIGN),
            "trace": ("trace", "estimates:1", "out/planted"),
        }.items():
            said[name] = _said(words)
        for name, file, old, new in (
            ("twice", "befolkning", "\n", "\n{line}\n"),
            ("words", "befolkning", "1983", f"{MARK} nordmann"),
            ("amount", "arblonn", WAGE, f"{MARK} {WAGE}"),
        ):
            (path,) = (folder / "data" / "research_extract" / file).glob("*.csv")
            text = path.read_text(encoding="utf-8")
            path.write_text(
                text.replace(old, new.format(line=text.splitlines()[1]), 1), encoding="utf-8"
            )
            said[name] = _said(("run", "planted.toml", "--out", "out2", "--log", "log.jsonl"))
            path.write_text(text, encoding="utf-8")
    yield folder, said


def test_of_registers_nothing_said_logged_or_drafted_holds_a_mark(
    delivered: tuple[Path, dict[str, str]],
) -> None:
    folder, said = delivered
    assert {name for name, text in said.items() if found_in(text.encode())} == set()
    assert all("exit 11" in said[name] for name in ("twice", "words", "amount")), said
    refused = [said[name].splitlines()[-2] for name in ("twice", "words", "amount")]
    assert [line.split(",")[0].split(":")[1] for line in refused] == [
        " tables.person", " tables.person", " tables.job_month"
    ]  # fmt: skip
    assert found_in((folder / "log.jsonl").read_bytes()) == set()
    assert leaks(folder / "data")
    assert {name.split("/")[0] for name in leaks(folder)} == {"data", "cache", "out"}


def test_of_registers_nothing_released_holds_a_mark(
    delivered: tuple[Path, dict[str, str]],
) -> None:
    folder, said = delivered
    assert (folder / "out" / "planted" / "release" / "bundle.zip").is_file(), said
    # The largest value of a column stands beside the cells, which stay inside.
    inside = leaks(folder / "out")
    assert {Path(name).name for name in inside} == {"cells.json"}
    assert all(name.startswith(".cache/cells/") for name in inside)
    assert all(marks == {WAGE} for marks in inside.values())
    assert left_in(folder / "temporary") == []


def test_the_cache_of_registers_keeps_keys_in_one_table_for_its_owner_alone(
    delivered: tuple[Path, dict[str, str]],
) -> None:
    folder, _ = delivered
    found = leaks(folder / "cache")
    assert {Path(name).name for name, marks in found.items() if PERSON in marks} == {
        "person_key.parquet"
    }
    assert all(name.endswith(".parquet") for name in found)
    if os.name == "posix":
        above = [(folder / "cache" / name).parents for name in found]
        assert all(any(one.stat().st_mode & 0o077 == 0 for one in held[:3]) for held in above)
