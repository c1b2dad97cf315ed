"""Blind runs: the whole pipeline on rows that tell no effect, the same from cells and from rows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.cells.opening import open_rows
from evaluation.cells.settings import Settings
from evaluation.commands.report import report
from evaluation.commands.verify import verify_folder
from evaluation.data.blind import Blinded
from evaluation.data.sources import open_source
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError, SpecError, UsageError
from evaluation.report.reading import read_record
from evaluation.spec.blinding import BLIND, Blinding, blinding_of

UNITS, YEARS = 240, 8
DID = """
schema_version = 1
id = "raised"
title = "Half of all units are raised by two"

[panel]
source = "file"
path = "panel.parquet"
unit = "unit"
time = "year"
time_unit = "integer"

[outcomes]
y = { column = "y", kind = "continuous" }

[design]
kind = "did"
treated = { column = "arm", equals = 1 }
post = { column = "year", at_least = 4 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["unit", "year"]
cluster = "unit"
"""
STAGGERED = DID.replace(
    """kind = "did"
treated = { column = "arm", equals = 1 }
post = { column = "year", at_least = 4 }""",
    """kind = "staggered_did"
cohort = { column = "first", never = 0 }
unbalanced = "keep\"""",
).replace(
    """estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["unit", "year"]
""",
    """estimand = "att_gt"
estimator = "group_time_att"
aggregate = ["simple"]
""",
)
CUTOFF = DID.replace(
    """kind = "did"
treated = { column = "arm", equals = 1 }
post = { column = "year", at_least = 4 }""",
    """kind = "rd"
running_variable = { column = "score" }
cutoff = 0
treated_side = "above"
treatment = { column = "taken" }""",
).replace(
    """estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["unit", "year"]
""",
    """estimand = "itt_at_cutoff"
estimator = "rd_polynomial"
bandwidth = { fixed = 0.8 }
""",
)
ONE_UNIT = DID.replace(
    """kind = "did"
treated = { column = "arm", equals = 1 }
post = { column = "year", at_least = 4 }""",
    """kind = "single_unit"
treated = { column = "unit", equals = 0 }
donors = { incomplete = "drop" }
post = { column = "year", at_least = 4 }""",
).replace(
    """estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["unit", "year"]
cluster = "unit"
""",
    """estimand = "att"
estimator = "synthetic_did"
keep = [{ column = "unit", below = 30 }]
""",
)


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    unit, year = (each.ravel() for each in np.meshgrid(range(UNITS), range(YEARS), indexing="ij"))
    arm, score = unit % 2, rng.uniform(-1, 1, UNITS)[unit]
    level = rng.normal(0, 2, UNITS)[unit]
    raised = (arm == 1) & (year >= 4)
    y = level + 0.3 * year + 2.0 * raised + 2.0 * (score >= 0) + rng.normal(0, 1, len(unit))
    frame = pd.DataFrame(
        {
            "unit": unit,
            "year": year,
            "arm": arm,
            "first": np.where(arm == 1, 4, 0),
            "score": score,
            "taken": (score >= 0).astype(int),
            "y": y + np.where(unit == 0, 20.0 * (year >= 4), 0.0),
        }
    )
    frame.loc[rng.uniform(size=len(frame)) < 0.02, "y"] = np.nan
    # Some units are not there in every year.
    return frame[rng.uniform(size=len(frame)) > 0.03].reset_index(drop=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, panel: pd.DataFrame) -> Path:
    folder = tmp_path_factory.mktemp("blind")
    panel.to_parquet(folder / "panel.parquet", index=False)
    texts = {"did": DID, "staggered": STAGGERED, "cutoff": CUTOFF, "one": ONE_UNIT}
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text.replace('"raised"', f'"{name}"'))
    return folder


def first_row(result: ad.Result) -> Any:
    rows = result.estimates
    return rows[rows["cohort"].isna() & rows["event_time"].isna()].iloc[0]


@pytest.mark.parametrize("name", ["did", "staggered", "cutoff"])
def test_an_effect_of_many_errors_is_gone_and_cells_agree_with_rows(
    folder: Path, name: str
) -> None:
    real = first_row(ad.run(folder / f"{name}.toml"))
    cells = ad.run(folder / f"{name}.toml", blind=True)
    rows = ad.run(folder / f"{name}.toml", blind=True, engine="microdata")
    found, again = first_row(cells), first_row(rows)
    assert abs(real.estimate / real.std_error) > 6
    assert abs(found.estimate / found.std_error) < 3
    assert found.estimate == pytest.approx(again.estimate, rel=1e-9)
    assert found.std_error == pytest.approx(again.std_error, rel=1e-9)
    assert found.status == "warned"
    assert found.reason.startswith("blind run on permuted rows, no result")


def test_a_single_treated_unit_never_keeps_its_own_path(folder: Path) -> None:
    real = first_row(ad.run(folder / "one.toml"))
    blind = first_row(ad.run(folder / "one.toml", blind=True))
    assert real.estimate > 15
    assert abs(blind.estimate) < 6


def test_a_query_mixes_rows_as_the_frame_does(folder: Path, panel: pd.DataFrame) -> None:
    spec = ad.load_spec(folder / "did.toml")
    blinding = blinding_of(spec)
    framed = Blinded(Frame(panel), blinding).read(["unit", "year", "arm", "y"])
    opened = open_rows(spec, open_source(spec, blinding), None, Settings()).relation()
    queried = opened.table.execute()
    columns = ["unit", "year", "arm", "y"]
    first, second = (
        one[columns].sort_values(["unit", "year"]).reset_index(drop=True).astype(float)
        for one in (framed, queried)
    )
    pd.testing.assert_frame_equal(first, second)
    assert not first["y"].equals(panel["y"])
    before, after = (one.sort_values(["year", "y"])["y"].to_numpy() for one in (panel, first))
    np.testing.assert_array_equal(before, after)


def test_a_database_gives_what_a_file_gives(
    folder: Path, panel: pd.DataFrame, tmp_path: Path
) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "panel.duckdb")) as base:
        base.register("rows", panel)
        base.execute("CREATE TABLE panel AS SELECT * FROM rows ORDER BY random()")
    text = (folder / "did.toml").read_text()
    (tmp_path / "did.toml").write_text(
        text.replace('source = "file"', 'source = "sql"').replace(
            'path = "panel.parquet"', 'url = "duckdb:///panel.duckdb"\ntable = "panel"'
        )
    )
    found = [
        first_row(ad.run(tmp_path / "did.toml", blind=True, engine=engine)).estimate
        for engine in ("auto", "microdata")
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_no_unit_keeps_its_measurements_and_outcomes_part_from_the_treatment_received() -> None:
    frame = pd.DataFrame({"u": ["a", "b", "c", "d"] * 2, "t": [1] * 4 + [2] * 4})
    frame["y"] = frame["w"] = frame["u"]
    blinding = Blinding("5eed", "u", "t", "integer", frozenset({"u", "t"}), frozenset({"y"}))
    mixed = Blinded(Frame(frame), blinding).read(["u", "t", "y", "w"])
    assert (mixed["y"] != mixed["u"]).all()
    assert (mixed["w"] != mixed["u"]).all()
    assert (mixed["y"] != mixed["w"]).any()
    # Nobody comes or goes, so that everybody keeps the same other one.
    assert mixed["y"][:4].tolist() == mixed["y"][4:].tolist()


def test_of_a_month_in_days_a_unit_takes_the_days_of_another() -> None:
    days = pd.date_range("2017-01-01", periods=3).strftime("%Y-%m-%d").tolist()
    frame = pd.DataFrame({"u": [1] * 3 + [2] * 3, "t": days * 2, "y": [1] * 3 + [2] * 3})
    blinding = Blinding("5eed", "u", "t", "date", frozenset({"u", "t"}), frozenset({"y"}))
    assert Blinded(Frame(frame), blinding).read(["y"])["y"].tolist() == [2] * 3 + [1] * 3


def test_a_period_with_one_unit_is_refused(folder: Path, panel: pd.DataFrame) -> None:
    alone = pd.concat([panel, panel.head(1).assign(year=99)])
    with pytest.raises(DataError, match="1 periods hold one unit alone"):
        ad.run(folder / "did.toml", frame=alone, blind=True)


def test_outputs_stand_apart_and_say_what_they_are(folder: Path, tmp_path: Path) -> None:
    spec = folder / "did.toml"
    real = ad.run(spec, out=tmp_path)
    blind = ad.run(spec, out=tmp_path, blind=True)
    assert real.folder == tmp_path / "did"
    assert blind.folder == tmp_path / "did-blind"
    for name, folder_, cells in (("real", real.folder, "built"), ("blind", blind.folder, "built")):
        summary = json.loads((folder_ / "result.json").read_text())
        manifest = json.loads((folder_ / "manifest.json").read_text())
        page = (folder_ / "restricted/report.html").read_text()
        assert summary["blind"] is manifest["blind"] is (name == "blind")
        assert (BLIND in manifest["inputs"]) is (name == "blind")
        assert ("Blind run." in page) is (name == "blind")
        # Neither takes the other's cells.
        assert summary["cells"] == cells
    again = ad.run(spec, out=tmp_path, blind=True)
    assert again.record.cells == "reused"
    assert again.csv("estimates") == blind.csv("estimates")
    assert read_record(blind.folder).blind
    assert not read_record(real.folder).blind
    moved = (f'panel.path="{folder / "panel.parquet"}"',)
    assert "none differs" in verify_folder(blind.folder, moved, (folder,))
    told = report(tmp_path)
    assert told[0].startswith("did-blind: is a blind run")
    assert told[-1].startswith("1 specs")


def test_the_seed_follows_from_the_spec(folder: Path) -> None:
    spec = ad.load_spec(folder / "did.toml")
    other = ad.load_spec(folder / "did.toml", set={"title": "another"})
    assert blinding_of(spec).digest == blinding_of(spec).digest
    assert blinding_of(spec).digest != blinding_of(other).digest


def test_an_outcome_made_of_the_assignment_is_refused(folder: Path) -> None:
    spec = ad.load_spec(folder / "did.toml")
    moved = spec.outcomes["y"].model_copy(update={"column": "arm"})
    with pytest.raises(SpecError, match=r"outcomes\.y: is made of arm, which assigns treatment"):
        blinding_of(spec.model_copy(update={"outcomes": {"y": moved}}))


def test_the_treatment_of_a_variant_stays_too(folder: Path) -> None:
    spec = ad.load_spec(folder / "did.toml")
    treated = spec.design.treated.model_copy(update={"column": "score"})  # type: ignore[union-attr]
    design = spec.design.model_copy(update={"treated": treated})
    variant = spec.model_copy(update={"design": design})
    assert blinding_of(spec).group("score") == "others"
    assert blinding_of(spec, [variant]).group("score") is None


def test_cells_of_a_blind_run_answer_no_other(folder: Path, tmp_path: Path) -> None:
    spec = folder / "did.toml"
    ad.run(spec, out=tmp_path, blind=True)
    (kept,) = (path.parent for path in (tmp_path / ".cache/cells").rglob("cells.json"))
    with pytest.raises(DataError, match="those of a blind run"):
        ad.run(spec, cells=kept)
    with pytest.raises(UsageError, match="--blind: mixes rows"):
        ad.run(spec, cells=kept, blind=True)


def test_truth_is_not_shown() -> None:
    base = ad.load_spec("specs/reform_2017/age_did.toml", set={"panel.persons": 4000})
    model = base.models[0].model_copy(update={"outcomes": ("employed",)})
    spec = base.model_copy(
        update={"models": (model,), "checks": (), "smallest_effect_of_interest": (), "tables": ()}
    )
    record = ad.run(spec.bound_to(base.origin), blind=True).record
    assert not any(row.name == "truth" for row in record.details)
    assert replace(record).blind
