"""Two rounds of a revision: what changed, by what it is of."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.commands.compare import compare_rounds
from evaluation.errors import DataError
from evaluation.review.compare import Change, compare, flat
from evaluation.review.rounds import read_round

SPEC = """\
schema_version = 1
id = "rounds"
title = "Work"

[panel]
source = "file"
path = "panel.csv"
unit = "person"
time = "t"
time_unit = "integer"

[outcomes]
work = { column = "work", kind = "binary" }

[design]
kind = "did"
post = { column = "t", at_least = 3 }
treated = { column = "treat", equals = 1 }

[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "t"]
cluster = "town"
"""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the outputs of the first round."""
    return made(tmp_path_factory.mktemp("first"), panel())


def panel() -> pd.DataFrame:
    draws = np.random.default_rng(2)
    person = np.repeat(np.arange(240), 4)
    frame = pd.DataFrame({"person": person, "t": np.tile(np.arange(1, 5), 240), "town": person % 8})
    frame["treat"] = (person // 8) % 2
    frame["work"] = (draws.random(len(person)) < 0.5).astype(int)
    return frame


def made(folder: Path, rows: pd.DataFrame, text: str = SPEC) -> Path:
    (folder / "rounds.toml").write_text(text, encoding="utf-8")
    ad.run(folder / "rounds.toml", frame=rows, out=folder / "o", engine="microdata")
    return folder / "o" / "rounds"


def test_a_round_is_as_itself(first: Path) -> None:
    found = compare(read_round(first), read_round(first))
    assert not any(found.changes.values())
    assert set(found.changes) >= {"spec", "sample", "inputs", "software", "estimates.csv"}
    assert found.numbers >= 7
    assert "unchanged: spec, sample flow, inputs (SHA-256), software" in (
        compare_rounds(first, first)
    )


def test_what_changed_is_told_key_by_key(first: Path, tmp_path: Path) -> None:
    text = SPEC.replace('fixed_effects = ["town", "t"]', 'fixed_effects = ["t"]\nvariance = "cr3"')
    second = made(tmp_path, panel().iloc[:-40], text)
    found = compare(read_round(first), read_round(second)).changes
    assert found["spec"] == (
        Change("models.main.fixed_effects", "['town', 't']", "['t']"),
        Change("models.main.variance", "–", "cr3"),
    )
    assert found["sample"][0].before.startswith("960 rows")
    assert found["sample"][0].after.startswith("920 rows")
    assert len(found["inputs"]) == 1
    assert found["software"] == ()
    by_place = {one.place: one for one in found["estimates.csv"]}
    assert by_place["main work att n_obs"] == Change("main work att n_obs", "960", "920")
    assert "main work att estimate" in by_place
    told = compare_rounds(first, second)
    assert "spec: keys that changed: 2 changed" in told
    assert "unchanged: software" in told


@pytest.mark.parametrize(("factor", "differs"), [(1 + 1e-11, False), (1 + 1e-5, True)])
def test_rounding_alone_is_no_change(
    first: Path, tmp_path: Path, factor: float, differs: bool
) -> None:
    again = Path(shutil.copytree(first, tmp_path / "again"))
    file = again / "restricted/estimates.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    rows["estimate"] = [repr(float(one) * factor) for one in rows["estimate"]]
    rows.to_csv(file, index=False, lineterminator="\n")
    found = compare(read_round(first), read_round(again)).changes
    assert bool(found["estimates.csv"]) is differs


def test_a_number_rounded_for_release_is_the_same_number(first: Path, tmp_path: Path) -> None:
    inside = read_round(first)
    rounded = Path(shutil.copytree(first, tmp_path / "rounded"))
    file = rounded / "restricted/estimates.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    rows["std_error"] = [f"{float(one):.4g}" for one in rows["std_error"]]
    rows.to_csv(file, index=False, lineterminator="\n")
    outside = replace(read_round(rounded), released=True)
    assert compare(inside, outside).changes["estimates.csv"] == ()
    other = replace(outside, released=False)
    assert len(compare(inside, other).changes["estimates.csv"]) == 1


def test_entries_of_arrays_go_by_their_names() -> None:
    tables = {"models": [{"id": "a", "order": 1}], "checks": [{"kind": "donut"}] * 2, "x": [1, 2]}
    assert flat(tables) == {
        "models.a.id": "a",
        "models.a.order": "1",
        "checks.donut.kind": "donut",
        "checks.donut (2).kind": "donut",
        "x": "[1, 2]",
    }


def test_what_is_no_round_is_refused(first: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder or bundle"):
        compare_rounds(first, tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"holds no manifest\.json"):
        compare_rounds(tmp_path, first)
    (tmp_path / "manifest.json").write_text(
        json.dumps({"spec": "", "inputs": {}, "spec_id": "x"}), encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"holds no estimates\.csv"):
        compare_rounds(first, tmp_path)
