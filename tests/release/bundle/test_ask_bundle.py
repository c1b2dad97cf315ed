"""New questions to a bundle: the same numbers as from the rows, or what is missing by name."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.commands import explain_bundle
from evaluation.commands.explain import explain
from evaluation.commands.run import Job, Way, run_job
from evaluation.errors import DataError, SpecError, UsageError
from evaluation.release.bundle.write import Written, bundle_of
from evaluation.review.answers import Answer
from evaluation.review.asked_bundle import asked_bundle
from evaluation.spec.spec import Spec

ESTIMATED = ("estimate", "std_error", "conf_low", "conf_high", "p_value", "n_obs", "n_clusters")
QUESTIONS = {
    "variance": 'models.main.variance="cr3"',
    "controls": 'models.main.controls=["score"]',
    "fixed effects": 'models.main.fixed_effects=["t"]',
    "without a town": 'models.main.keep=[{ column = "town", not_equals = 30 }]',
    "another cluster": 'models.rows.cluster="town"',
}


def run_bundle(path: Path, out: Path, *settings: str, way: Way = Way()) -> Path:  # noqa: B008
    done = run_job(Job(path, settings, (), out, (), way))
    if done.error is not None:
        raise done.error
    assert done.folder is not None
    return done.folder


def estimates(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "restricted/estimates.csv").open(encoding="utf-8", newline="") as file:
        return {row["model_id"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_new_question_has_the_answer_of_the_rows(
    question: str, bundle: Path, outputs: Path, towns: ModuleType, tmp_path: Path
) -> None:
    answered = estimates(run_bundle(bundle, tmp_path, question))
    model = question.split(".")[1]
    spec = tmp_path / "towns.toml"
    spec.write_text(towns.SPEC, encoding="utf-8")
    key, _, text = question.partition("=")
    value = tomllib.loads(f"value = {text}")["value"]
    rows = ad.run(spec, frame=towns.panel(), set={key: value}, engine="microdata")
    inside = next(one for one in rows.record.estimates if one.model_id == model)
    assert inside.status == answered[model]["status"] == "ok"
    for name in ESTIMATED:
        assert float(answered[model][name]) == pytest.approx(getattr(inside, name), rel=1e-9)
    asked_before = estimates(outputs)[model]
    assert asked_before["std_error"] != answered[model]["std_error"]


def test_outputs_say_that_they_are_of_a_bundle(bundle: Path, tmp_path: Path) -> None:
    folder = run_bundle(bundle, tmp_path, QUESTIONS["controls"])
    notes = json.loads((folder / "restricted/notes.json").read_text(encoding="utf-8"))
    assert notes[0].startswith("estimated from the cells of the bundle bundle.zip (SHA-256 ")
    assert notes[1].endswith(f"with other settings: {QUESTIONS['controls']}")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["inputs"]["bundle.zip"]) == 64
    assert manifest["cells"] == "given"


def test_a_protected_bundle_says_so(written: Callable[[str], Written], tmp_path: Path) -> None:
    path = tmp_path / "protected.zip"
    path.write_bytes(written("registry_default").content)
    folder = run_bundle(path, tmp_path)
    notes = json.loads((folder / "restricted/notes.json").read_text(encoding="utf-8"))
    assert "may leave under the policy registry_default" in notes[-1]
    told = explain(str(path))
    assert "some cells were left out or rounded" in told
    assert "cells_1: " in told


def test_a_model_that_cells_do_not_carry_names_what_is_missing(
    bundle: Path, tmp_path: Path
) -> None:
    found = estimates(run_bundle(bundle, tmp_path))
    assert found["main"]["status"] == "ok"
    assert found["rows"]["status"] == "refused"
    assert found["rows"]["reason"].endswith(UNANSWERED)


UNANSWERED = "no cell is made of cluster person"
REFUSED = {
    'models.main.keep=[{ column = "age", at_least = 20 }]': (
        "the cells do not part rows by models.main.keep as it is asked now (of age)"
    ),
    'outcomes.work.column="pay"': "the cells hold no sum of pay",
    'panel.weight="hours"': "the cells are summed with no weight",
}


@pytest.mark.parametrize("setting", REFUSED)
def test_a_question_that_no_cells_answer_names_what_is_missing(setting: str, bundle: Path) -> None:
    with pytest.raises(DataError) as told, asked_bundle(bundle, [setting]):
        pass
    (line,) = told.value.faults
    assert REFUSED[setting] in line
    assert line.endswith(f"activity-duty explain {bundle}")


def test_what_no_bundle_takes_is_refused(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not take --engine microdata"):
        run_bundle(bundle, tmp_path, way=Way(engine="microdata"))
    with pytest.raises(UsageError, match="does not take --plan"):
        explain(str(bundle), plan=True)
    with pytest.raises(SpecError, match="no such entry"):
        run_bundle(bundle, tmp_path, 'models.mian.variance="cr3"')
    with pytest.raises(DataError, match="no such file"):
        explain("nowhere.zip")


def test_explain_tells_what_is_answered_and_what_is_not(bundle: Path) -> None:
    told = explain(str(bundle)).splitlines()
    assert "cells cells_1: 72 by t, town, ad_treated (design.treated); sums of work, score" in told
    main = told[told.index("model main: answered") : told.index("model rows: " + UNANSWERED)]
    refused = main.index(f"  not answered: {UNANSWERED}")
    answered = main[: min(at for at, one in enumerate(main) if "not answered" in one)]
    assert '    variances: models.main.variance = "cr1" | "cr3"' in answered
    assert '    controls: models.main.controls = ["score"]' in answered
    assert main[refused + 1] == '    clusters: models.main.cluster = "person"'


def test_explain_says_a_long_reason_once(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "there are no cells by town, t: never built, or left out for disclosure; " * 2
    asked = explain_bundle.answers_of

    def lost(spec: Spec, cells: Path) -> tuple[Answer, ...]:
        return tuple(replace(one, reason=long) for one in asked(spec, cells))

    monkeypatch.setattr(explain_bundle, "answers_of", lost)
    told = explain(str(bundle))
    assert told.count(long) == 1
    assert f"model main: {long}\n  not answered: for the same reason\n" in told
    assert f"model rows: as said under model main: {long[:30]} ...\n" in told
    assert told.count("not answered: for the same reason") == 2


AGES = """\
schema_version = 1
id = "ages"
title = "Work around 30"

[panel]
source = "file"
path = "panel.csv"
unit = "person"
time = "t"
time_unit = "integer"

[outcomes]
work = { column = "work", kind = "binary" }

[design]
kind = "rd"
running_variable = { column = "age_months", discrete = true }
cutoff = 360
treated_side = "below"
donut = 1

[[models]]
id = "itt"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
bandwidth = { fixed = 18 }
cluster = "person"
"""


def test_another_bandwidth_has_the_error_of_the_persons_too(
    towns: ModuleType, tmp_path: Path
) -> None:
    draws = np.random.default_rng(3)
    person, t = np.repeat(np.arange(400), 6), np.tile(np.arange(6), 400)
    age = draws.integers(335, 382, 400)[person] + t
    work = (draws.random(len(person)) < 0.4 + 0.05 * (age < 360) + 0.2 * (person % 2)).astype(int)
    rows = pd.DataFrame({"person": person, "t": t, "age_months": age, "work": work})
    spec = tmp_path / "ages.toml"
    spec.write_text(AGES, encoding="utf-8")
    ad.run(spec, frame=rows, out=tmp_path / "o")
    path = tmp_path / "ages.zip"
    path.write_bytes(bundle_of(towns.contents(tmp_path / "o/ages", "none")).content)
    answered = estimates(run_bundle(path, tmp_path / "b", "models.itt.bandwidth.fixed=12"))["itt"]
    inside = ad.run(
        spec, frame=rows, set={"models.itt.bandwidth.fixed": 12}, engine="microdata"
    ).record.estimates[0]
    assert float(answered["estimate"]) == pytest.approx(inside.estimate, rel=1e-9)
    assert float(answered["std_error"]) == pytest.approx(inside.std_error, rel=1e-9)
