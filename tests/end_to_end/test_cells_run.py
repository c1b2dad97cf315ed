"""A run from cells says what a run from rows says, and cells are built once."""

from __future__ import annotations

import copy
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.settings import Settings as Limits
from evaluation.cli import main
from evaluation.errors import DataError, UsageError
from evaluation.pipeline import run_spec
from evaluation.report.record import Record
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

MONTHS = [201500 + month for month in range(1, 13)] + [201600 + month for month in range(1, 13)]
PANEL = {
    "source": "file",
    "path": "panel",
    "unit": "person",
    "time": "ym",
    "time_unit": "month",
    "window": ["2015-01-01", "2016-12-31"],
}
OUTCOMES = {
    "work": {"column": "work", "kind": "binary"},
    "earned": {"column": "earned", "kind": "nok"},
}
DID = {
    "kind": "did",
    "reform_date": "2016-01-01",
    "treated": {"column": "age_months", "below": 360, "assigned_at": "period_start"},
    "control": {"column": "age_months", "at_least": 363},
}
TWFE = {"estimand": "att_relative", "estimator": "twfe", "fixed_effects": ["town", "ym"]}
MODELS = [
    {"id": "main", **TWFE, "controls": ["female"], "cluster": "town"},
    {"id": "moment", **TWFE, "controls": ["female", "score"], "cluster": "town", "variance": "cr3"},
    {"id": "kept", **TWFE, "keep": [{"column": "score", "above": -1.0}], "cluster": "town"},
    {"id": "home", **TWFE, "cluster": "home"},
    {"id": "person", **TWFE, "cluster": "person"},
    {"id": "inside", **TWFE, "fixed_effects": ["person", "ym"], "cluster": "town"},
    {
        "id": "path",
        "estimand": "att_by_event_time",
        "estimator": "twfe_event_study",
        "event_window": [-3, 3],
        "event_ends": "drop",
        "event_bin": "quarter",
        "cluster": "town",
    },
]  # fmt: skip
RD = {
    "kind": "rd",
    "running_variable": {"column": "age_months", "discrete": True},
    "cutoff": 360,
    "treated_side": "below",
    "donut": 1,
    "reform_date": "2016-01-01",
}
RD_MODELS = [
    {
        "id": "jump",
        "estimand": "itt_at_cutoff",
        "estimator": "rd_polynomial",
        "periods": "post",
        "bandwidth": {"fixed": 12},
        "cluster": "town",
    },
    {
        "id": "robust",
        "estimand": "itt_at_cutoff",
        "estimator": "rd_robust",
        "bandwidth": {"fixed": 12},
        "cluster": "person",
    },
    {"id": "honest", "estimand": "itt_at_cutoff", "estimator": "rd_honest", "cluster": "person"},
]
STAGGERED = {
    "kind": "staggered_did",
    "cohort": {"column": "adopted", "never": "missing"},
    "unbalanced": "keep",
}
# Shares of units in cohorts count all rows of a unit: cells answer where none is missing.
CS = [
    {
        "id": "cs", "estimand": "att_gt", "estimator": "group_time_att", "cluster": "town",
        "outcomes": ["work"],
    }
]  # fmt: skip


def panel(persons: int = 260, seed: int = 3) -> pd.DataFrame:
    """Return an unbalanced panel with gaps, missing values, whole and broken numbers."""
    draw = np.random.default_rng(seed)
    person = np.repeat(np.arange(persons), len(MONTHS))
    ym = np.tile(MONTHS, persons)
    age = np.repeat(draw.integers(330, 370, persons), len(MONTHS)) + np.tile(np.arange(24), persons)
    town = np.repeat(draw.integers(1, 13, persons), len(MONTHS))
    adopted = np.array([201506, 201601, np.nan])[town % 3]
    latent = 0.2 * (age < 360) * (ym >= 201601) + 0.05 * town + draw.normal(size=len(person))
    frame = pd.DataFrame(
        {
            "person": person,
            "ym": ym,
            "age_months": age,
            "town": town,
            "home": person // 3,
            "adopted": adopted,
            "female": np.repeat(draw.integers(0, 2, persons), len(MONTHS)),
            "score": draw.normal(size=len(person)).round(3),
            "work": (latent > 0.4).astype(np.int8),
            "earned": np.round(200_000 + 50_000 * latent).astype(float),
        }
    )
    frame.loc[draw.random(len(frame)) < 0.03, "earned"] = np.nan
    frame.loc[draw.random(len(frame)) < 0.02, "score"] = np.nan
    return frame.loc[draw.random(len(frame)) < 0.9].reset_index(drop=True)


def write(frame: pd.DataFrame, folder: Path, files: int = 3) -> None:
    folder.mkdir(exist_ok=True)
    for at in range(files):
        part = frame.loc[frame["person"] % files == at]
        part.to_parquet(folder / f"part_{at}.parquet", index=False)


def spec_of(folder: Path, design: dict[str, Any], models: list[Any], **changes: Any) -> Spec:
    tables = {
        "schema_version": 1, "id": "cells_run", "title": "Cells", "panel": PANEL,
        "outcomes": OUTCOMES, "design": design, "models": models, **changes,
    }  # fmt: skip
    dated = json.loads(json.dumps(tables), object_hook=_dated)
    origin = Origin(folder=folder)
    return build_spec(dated, catalogue(), settings=Settings({}, ()), origin=origin, label="cells")


def _dated(table: dict[str, Any]) -> dict[str, Any]:
    import datetime as dt

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, str) and len(value) == 10 and value[4] == "-":
            return dt.date.fromisoformat(value)
        return value

    return {key: plain(value) for key, value in table.items()}


def hold_equal(cells: Record, rows: Record) -> None:
    """Hold every number of two runs together: estimates to 1e-9 of a standard error."""
    assert len(cells.estimates) == len(rows.estimates)
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        place = (one.model_id, one.outcome, one.term, one.event_time, one.cohort, one.period)
        assert (one.status, one.reason) == (other.status, other.reason), place
        assert (one.n_obs, one.n_units) == (other.n_obs, other.n_units), place
        assert one.n_clusters == other.n_clusters, place
        if other.std_error is None or one.estimate is None:
            assert one.std_error is None, place
            continue
        assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error, place
        assert one.std_error == pytest.approx(other.std_error, rel=5e-9), place
    dropped = [
        {
            (row.model_id, row.outcome, row.name): row.value
            for row in record.details
            if row.name.startswith("rows dropped")
        }
        for record in (cells, rows)
    ]
    assert dropped[0] == dropped[1]


def engines(record: Record) -> dict[tuple[str, str], Any]:
    return {
        (row.model_id, row.outcome): row.value for row in record.details if row.name == "engine"
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("cells")
    write(panel(), home / "panel")
    return home


DESIGNS = {"did": (DID, MODELS), "rd": (RD, RD_MODELS), "staggered_did": (STAGGERED, CS)}


@pytest.mark.parametrize("kind", DESIGNS)
def test_cells_say_what_rows_say(folder: Path, tmp_path: Path, kind: str) -> None:
    spec = spec_of(folder, *DESIGNS[kind])
    cells = run_spec(spec, memory=tmp_path)
    rows = run_spec(spec, memory=tmp_path, engine="microdata")
    assert (cells.cells, rows.cells) == ("built", "none")
    assert set(engines(cells).values()) == {"cells"}
    assert set(engines(rows).values()) == {"microdata"}
    hold_equal(cells, rows)
    assert cells.flow == rows.flow
    assert cells.inputs == rows.inputs
    # What cells hold is shown; rows may show more.
    assert cells.observed and cells.observed.keys() <= rows.observed.keys()
    for name, points in cells.observed.items():
        assert points.columns == rows.observed[name].columns
        assert 0 < len(points) <= len(rows.observed[name])
        for one, other in zip(points.rows, rows.observed[name].rows, strict=False):
            for value, wanted in zip(one, other, strict=True):
                # Cells need not know how many units they are of.
                if value is not None or isinstance(wanted, float):
                    close = isinstance(wanted, float)
                    expected = pytest.approx(wanted, rel=1e-9, abs=1e-12) if close else wanted
                    assert value == expected


def weighted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with whole weights, some zero and some missing."""
    weight = np.where(frame["person"] % 7 == 0, 0.0, 1.0 + frame["person"] % 4)
    return frame.assign(weight=np.where(frame.index % 50 == 0, np.nan, weight))


def broken(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with weights that are no whole numbers."""
    return weighted(frame).assign(weight=lambda frame: frame["weight"] * 0.37)


@pytest.mark.parametrize("weights", [weighted, broken])
def test_weighted_cells_say_what_rows_say(folder: Path, weights: Any) -> None:
    frame = weights(panel(150))
    spec = spec_of(folder, DID, MODELS[:3], panel={**PANEL, "weight": "weight"})
    cells = run_spec(spec, frame=frame)
    assert set(engines(cells).values()) == {"cells"}
    hold_equal(cells, run_spec(spec, frame=frame, engine="microdata"))


def test_groups_from_cells_say_what_rows_say(folder: Path) -> None:
    sample = {"rows": {"by": ["town"]}}
    spec = spec_of(folder, STAGGERED, CS, sample=sample)
    cells, rows = (run_spec(spec, engine=engine) for engine in ("auto", "microdata"))
    assert set(engines(cells).values()) == {"cells"}
    hold_equal(cells, rows)
    assert cells.flow == rows.flow


LOGGED = {"earned": {"column": "earned", "kind": "continuous", "transform": "log"}}
SHARED: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "a log with gaps": (MODELS[:2], {"outcomes": LOGGED}),
    "a control that is an effect": (
        [
            {
                "id": "twice", **TWFE, "fixed_effects": ["female", "ym"],
                "controls": ["female", "score"], "cluster": "town",
            }
        ],
        {},
    ),
    "a filter on the outcome and person effects": (
        [{"id": "hc", **TWFE, "fixed_effects": ["person", "ym"], "variance": "hc1"}],
        {"sample": {"keep": [{"column": "earned", "above": 150_000}]}, "outcomes": {
            "earned": {"column": "earned", "kind": "nok"}}},
    ),
    "a jackknife of few rows": (
        [{**MODELS[1], "keep": [{"column": "score", "above": 1.5}]}], {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SHARED)
def test_cells_say_what_rows_say_of(folder: Path, case: str) -> None:
    models, changes = SHARED[case]
    spec = spec_of(folder, DID, models, **changes)
    cells, rows = (run_spec(spec, engine=engine) for engine in ("auto", "microdata"))
    assert {row.status for row in rows.estimates} <= {"ok", "warned"}
    assert set(engines(cells).values()) == {"cells"}
    hold_equal(cells, rows)


def test_group_time_effects_with_gaps_are_those_of_the_rows(folder: Path) -> None:
    frame = panel().assign(score=lambda frame: frame["earned"] / 7.0)
    outcomes = {"score": {"column": "score", "kind": "continuous"}, "work": OUTCOMES["work"]}
    spec = spec_of(
        folder,
        STAGGERED,
        [{**CS[0], "aggregate": ["simple"], "outcomes": ["score", "work"]}],
        outcomes=outcomes,
    )
    cells, rows = (run_spec(spec, frame=frame, engine=engine) for engine in ("auto", "microdata"))
    used = {row.outcome: row.value for row in cells.details if row.name == "engine"}
    assert used == {"score": "microdata", "work": "cells"}
    hold_equal(cells, rows)


def test_kept_cells_answer_again_with_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    spec = spec_of(folder, DID, MODELS[:3])
    first, second = (run_spec(spec, memory=tmp_path) for _ in range(2))
    assert (first.cells, second.cells) == ("built", "reused")
    assert (first.estimates, first.details) == (second.estimates, second.details)
    assert first.flow == second.flow
    assert run_spec(spec, memory=tmp_path, rebuild=True).cells == "built"


def test_threads_change_nothing(folder: Path) -> None:
    spec = spec_of(folder, DID, MODELS)
    runs = [run_spec(spec, settings=Limits(threads=threads)) for threads in (1, 2, 4)]
    assert runs[0].estimates == runs[1].estimates == runs[2].estimates
    assert runs[0].details == runs[1].details == runs[2].details


def test_threads_change_nothing_with_broken_weights(folder: Path) -> None:
    frame = broken(panel(150))
    spec = spec_of(folder, DID, MODELS[:3], panel={**PANEL, "weight": "weight"})
    one, two, four = (run_spec(spec, frame=frame, settings=Limits(threads=n)) for n in (1, 2, 4))
    assert set(engines(one).values()) == {"cells"}
    assert one.estimates == two.estimates == four.estimates
    assert one.details == two.details == four.details


CHANGES: dict[str, tuple[dict[str, Any], list[Any], dict[str, Any]]] = {
    "fewer controls": (DID, [{**MODELS[1], "controls": ["score"]}], {}),
    "no controls": (DID, [{**MODELS[1], "controls": []}], {}),
    "one outcome": (DID, [{**MODELS[0], "outcomes": ["earned"]}], {}),
    "another estimator": (DID, [{**MODELS[-1], "event_window": [-2, 2]}], {}),
    "another variance": (DID, [{**MODELS[0], "variance": "cr3"}], {}),
    "window": (DID, MODELS[:2], {"panel": {**PANEL, "window": ["2015-04-01", "2016-10-31"]}}),
    "bandwidth and order": (
        RD, [{**RD_MODELS[0], "bandwidth": {"fixed": 9}, "order": 2},
             {**RD_MODELS[1], "bandwidth": {"fixed": 8}}], {},
    ),
    "donut": ({**RD, "donut": 2}, RD_MODELS, {}),
    "cutoff": ({**RD, "cutoff": 359}, RD_MODELS, {}),
    "ages": (RD, RD_MODELS, {"sample": {"keep": [{"column": "age_months", "at_least": 340}]}}),
}  # fmt: skip


@pytest.fixture(scope="module")
def memories(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folders of cells that one run of each design built."""
    homes = {}
    for kind in ("did", "rd"):
        homes[kind] = tmp_path_factory.mktemp(kind)
        assert run_spec(spec_of(folder, *DESIGNS[kind]), memory=homes[kind]).cells == "built"
    return homes


@pytest.mark.parametrize("change", CHANGES)
def test_kept_cells_answer_what_they_can(
    folder: Path, memories: dict[str, Path], tmp_path: Path, change: str
) -> None:
    design, models, changes = CHANGES[change]
    shutil.copytree(memories[design["kind"]], tmp_path, dirs_exist_ok=True)
    spec = spec_of(folder, design, models, **changes)
    again = run_spec(spec, memory=tmp_path)
    assert again.cells == "reused"
    rows = run_spec(spec, engine="microdata")
    hold_equal(again, rows)
    assert again.flow[-1].rows == rows.flow[-1].rows
    assert again.flow[-1].units == rows.flow[-1].units


@pytest.fixture(scope="module")
def remembered(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Record]:
    """Return what copies the memory of one run of one model, and gives that run's record."""
    home = tmp_path_factory.mktemp("remembered")
    record = run_spec(spec_of(folder, DID, MODELS[:1]), memory=home)

    def copied(to: Path) -> Record:
        shutil.copytree(home, to, dirs_exist_ok=True)
        return record

    return copied


@pytest.mark.parametrize(
    "change",
    [
        {"panel": {**PANEL, "window": None}},
        {"outcomes": {"other": {"column": "score", "kind": "continuous"}}},
        {"sample": {"keep": [{"column": "score", "above": 0.0}]}},
    ],
    ids=["wider", "another outcome", "a column that no key holds"],
)
def test_what_kept_cells_cannot_answer_is_built(
    folder: Path, remembered: Callable[[Path], Record], tmp_path: Path, change: Any
) -> None:
    models = MODELS[:1]
    assert "outcomes" not in models[0]
    assert remembered(tmp_path).cells == "built"
    changed = copy.deepcopy(change)
    if "panel" in changed:
        changed["panel"].pop("window")
    spec = spec_of(folder, DID, models, **changed)
    again = run_spec(spec, memory=tmp_path)
    assert again.cells == "built"
    hold_equal(again, run_spec(spec, engine="microdata"))


def test_a_changed_input_is_never_answered_from_old_cells(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "panel", tmp_path / "panel")
    spec = spec_of(tmp_path, DID, MODELS[:1])
    before = run_spec(spec, memory=tmp_path / "out")
    path = tmp_path / "panel" / "part_0.parquet"
    old = path.stat()
    frame = pd.read_parquet(path)
    frame["work"] = 1 - frame["work"]
    frame.to_parquet(path, index=False)
    text = path.read_bytes()
    path.write_bytes(text[: old.st_size].ljust(old.st_size) if len(text) == old.st_size else text)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    after = run_spec(spec, memory=tmp_path / "out")
    assert after.cells == "built"
    assert before.estimates[0].estimate != after.estimates[0].estimate


@pytest.mark.parametrize("harm", ["cut", "other bytes", "no json", "half a json", "old version"])
def test_damaged_cells_are_built_again(
    folder: Path, remembered: Callable[[Path], Record], tmp_path: Path, harm: str
) -> None:
    spec = spec_of(folder, DID, MODELS[:1])
    before = remembered(tmp_path)
    (json_file,) = tmp_path.rglob("cells.json")
    table = json_file.with_name("cells_1.parquet")
    harms: dict[str, Callable[[], Any]] = {
        "cut": lambda: table.write_bytes(table.read_bytes()[:-100]),
        "other bytes": lambda: table.write_bytes(b"x" * 100),
        "no json": json_file.unlink,
        "half a json": lambda: json_file.write_text(json_file.read_text()[:200]),
        "old version": lambda: json_file.write_text(
            json_file.read_text().replace('"schema_version": 1', '"schema_version": 0')
        ),
    }
    harms[harm]()
    again = run_spec(spec, memory=tmp_path)
    assert again.cells == "built"
    assert again.estimates == before.estimates


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["activity-duty", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
            raise SystemExit(0)
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run


SPEC = """
schema_version = 1
id = "carried"
title = "Carried"

[panel]
source = "file"
path = "panel"
unit = "person"
time = "ym"
time_unit = "month"
window = [2015-01-01, 2016-12-31]

[outcomes]
work = { column = "work", kind = "binary" }

[design]
kind = "did"
reform_date = 2016-01-01
treated = { column = "age_months", below = 360 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["town", "ym"]
cluster = "town"

[[models]]
id = "homes"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["town", "ym"]
cluster = "person"
"""


def test_cells_are_carried_where_the_rows_are_not(
    folder: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    shutil.copytree(folder / "panel", tmp_path / "panel")
    spec = tmp_path / "carried.toml"
    spec.write_text(SPEC, encoding="utf-8")
    code, out, err = command("cells", spec, "--out", tmp_path / "out")
    assert code == 0, err
    assert "cells_1" in out and "cells: built" in err
    assert command("run", spec, "--out", tmp_path / "rows", "--engine", "microdata")[0] == 0
    shutil.rmtree(tmp_path / "panel")
    cells = tmp_path / "out" / "carried"
    code, out, err = command("run", spec, "--out", tmp_path / "far", "--cells", cells)
    assert code == 0, err
    assert "cells: given" in err
    one, other = (
        pd.read_csv(tmp_path / name / "carried" / "restricted" / "estimates.csv").iloc[0]
        for name in ("far", "rows")
    )
    assert one["estimate"] == pytest.approx(other["estimate"], abs=1e-9 * other["std_error"])
    assert one["std_error"] == pytest.approx(other["std_error"], rel=5e-9)
    told = json.loads((tmp_path / "far" / "carried" / "result.json").read_text())
    assert told["models"]["homes"] == {"work": "refused"}
    assert told["cells"] == "given"


@pytest.fixture(scope="module")
def built(remembered: Callable[[Path], Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("built")
    remembered(home)
    (json_file,) = home.rglob("cells.json")
    return json_file.parent


def given(folder: Path, cells: Path, models: list[Any] = MODELS[:1], **changes: Any) -> Record:
    return run_spec(spec_of(folder, DID, models, **changes), cells=cells)


def warehouse_table(json_file: Path) -> pd.DataFrame:
    """Return cells as SELECTs made without knowing the columns give them: with every square."""
    table = pd.read_parquet(json_file.with_name("cells_1.parquet"))
    return table.assign(ad_sum_work_work=table["ad_sum_work"])


@pytest.fixture(scope="module")
def warehouse(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Spec, pd.DataFrame]:
    """Return a spec and the cells that a warehouse would give for it."""
    spec = spec_of(folder, DID, [{**MODELS[0], "controls": [], "outcomes": ["work"]}])
    home = tmp_path_factory.mktemp("warehouse")
    run_spec(spec, memory=home)
    (json_file,) = home.rglob("cells.json")
    return spec, warehouse_table(json_file)


def test_cells_of_a_warehouse_need_no_json(
    warehouse: tuple[Spec, pd.DataFrame], tmp_path: Path
) -> None:
    spec, table = warehouse
    (tmp_path / "cells").mkdir()
    table.to_parquet(tmp_path / "cells" / "cells_1.parquet")
    far = run_spec(spec, cells=tmp_path / "cells")
    near = run_spec(spec, engine="microdata")
    assert far.cells == "given"
    assert far.estimates[0].estimate == pytest.approx(near.estimates[0].estimate, rel=1e-9)
    assert "nobody looked whether cluster 'town' changes" in far.estimates[0].reason


def test_other_cells_than_asked_for_are_refused(folder: Path, built: Path) -> None:
    wide = {key: value for key, value in PANEL.items() if key != "window"}
    with pytest.raises(DataError, match=r"fewer rows than cells_run asks for \(window 2015"):
        given(folder, built, panel=wide)
    other = {"other": {"column": "score", "kind": "continuous"}}
    with pytest.raises(DataError, match="hold other columns or sums"):
        given(folder, built, outcomes=other)


FAULTS: dict[str, tuple[Callable[[Path], Any], type[Exception], str]] = {
    "no folder": (shutil.rmtree, UsageError, "no such folder"),
    "empty": (
        lambda cells: [one.unlink() for one in cells.iterdir()], UsageError,
        "holds neither cells.json nor cells_1.parquet",
    ),
    "cut": (
        lambda cells: (cells / "cells_1.parquet").write_bytes(b"PAR1"), DataError,
        "is not the file that cells.json names",
    ),
    "half a json": (
        lambda cells: (cells / "cells.json").write_text("{"), DataError, "is not whole",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_cells_end_in_one_line(folder: Path, built: Path, tmp_path: Path, fault: str) -> None:
    harm, error, words = FAULTS[fault]
    cells = tmp_path / "cells_given"
    shutil.copytree(built, cells)
    harm(cells)
    with pytest.raises(error, match=words) as told:
        given(folder, cells)
    assert len(told.value.faults) == 1


TABLES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "no rows column": (lambda table: table.drop(columns="ad_rows"), "no column 'ad_rows'"),
    "null rows": (
        lambda table: table.assign(ad_rows=table["ad_rows"].where(table.index > 0)),
        "column 'ad_rows' has missing values",
    ),
    "no rows in a cell": (lambda table: table.assign(ad_rows=0), "rows above 0"),
    "text": (lambda table: table.assign(ad_sum_work="many"), "'ad_sum_work' holds text"),
    "empty": (lambda table: table.iloc[:0], "holds no cells"),
    "saved twice": (lambda table: pd.concat([table, table]), "cells stand twice"),
}


@pytest.mark.parametrize("fault", TABLES)
def test_bad_tables_of_a_warehouse_end_in_one_line(
    warehouse: tuple[Spec, pd.DataFrame], tmp_path: Path, fault: str
) -> None:
    harm, words = TABLES[fault]
    spec, table = warehouse
    (tmp_path / "cells").mkdir()
    harm(table.copy()).to_parquet(tmp_path / "cells" / "cells_1.parquet")
    with pytest.raises(DataError, match=words) as told:
        run_spec(spec, cells=tmp_path / "cells")
    assert len(told.value.faults) == 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (0, "cells_1 would have more than 50 cells; key column 'ym' alone has 24 values: leave it"),
        (5, "types among 260 units, and 50 are the most: leave controls out that change"),
    ],
)
def test_more_cells_than_the_limit_end_in_one_line(folder: Path, model: int, words: str) -> None:
    spec = spec_of(folder, DID, [MODELS[model]], outcomes={"work": OUTCOMES["work"]})
    with pytest.raises(DataError) as caught:
        run_spec(spec, settings=Limits(most_cells=50))
    assert len(caught.value.faults) == 1 and words in caught.value.faults[0]
