"""A study of one town: from cells as from rows, its truth beside it, its figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.data.sources.synthetic import Synthetic
from evaluation.pipeline import run_spec
from evaluation.report.design_words import design_lines
from evaluation.report.figures.registry import plots_of
from evaluation.report.figures.render import render
from evaluation.report.findings import findings_of
from evaluation.report.record import Record
from evaluation.report.statements import model_statements
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

TABLES: dict[str, Any] = {
    "schema_version": 1,
    "id": "one_town",
    "title": "One town",
    "panel": {
        "source": "synthetic",
        "world": "one_city",
        "persons": 30_000,
        "ages": [20, 29],
        "seed": 5,
        "unit": "person_id",
        "time": "ym",
        "time_unit": "month",
        "window": [dt.date(2014, 1, 1), dt.date(2016, 6, 30)],
    },
    "sample": {"rows": {"by": ["muni_h"]}},
    "outcomes": {"employed": {"column": "employed", "kind": "binary", "label": "Employed"}},
    "design": {
        "kind": "single_unit",
        "treated": {"column": "muni_h", "equals": "4312"},
        "reform_date": dt.date(2015, 1, 1),
        "donors": {"screen": {"column": "adopted_ym"}, "least_rows": 40},
    },
    "models": [
        {"id": "sdid", "estimand": "att", "estimator": "synthetic_did", "solver": "exact"},
        {"id": "sc", "estimand": "att", "estimator": "synthetic_control"},
        {"id": "matched", "estimand": "att_by_event_time", "estimator": "synthetic_control",
         "predictors": [{"column": "female"}, {"event_times": [-3, -1]}],
         "predictor_weights": "equal"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, Record]:
    origin = Origin(folder=tmp_path_factory.mktemp("one_town"))
    spec = build_spec(TABLES, catalogue(), settings=Settings({}, ()), origin=origin, label="town")
    cells = run_spec(spec, with_truth=False)
    rows = run_spec(spec, engine="microdata", with_truth=False)
    return cells, rows


def test_cells_give_what_rows_give(records: tuple[Record, Record]) -> None:
    cells, rows = records
    assert {one.value for one in cells.details if one.name == "engine"} == {"cells"}
    assert {one.value for one in rows.details if one.name == "engine"} == {"microdata"}
    assert [step.rows for step in cells.flow] == [step.rows for step in rows.flow]
    assert "units that are no donors" in cells.flow[-1].step
    assert len(cells.estimates) == len(rows.estimates) == 2 + 30
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert one.estimate is not None
        assert one.estimate == pytest.approx(other.estimate, abs=1e-9)
        assert (one.p_value, one.n_obs, one.n_units) == (other.p_value, other.n_obs, other.n_units)


def test_figures_and_words(records: tuple[Record, Record]) -> None:
    record = records[0]
    pictures = {plot.name: plot for plot in plots_of(record) if plot.name.startswith("synthetic_")}
    parts = ("path", "effects")
    assert set(pictures) == {
        f"synthetic_{part}_{model.id}_employed" for part in parts for model in record.spec.models
    }
    effects = pictures["synthetic_effects_sc_employed"]
    assert "donors in the treated unit's place" in effects.caption
    assert "effects by months since the reform" in effects.alt
    assert "synthetic at 17" in pictures["synthetic_path_sc_employed"].alt
    for name in ("synthetic_effects_sc_employed", "synthetic_path_sc_employed"):
        assert render(pictures[name], record.words).startswith(b"\x89PNG")
    (finding,) = findings_of(record)
    assert finding.sentences


def test_design_and_inference_in_words(records: tuple[Record, Record]) -> None:
    spec = records[0].spec
    words = dict(design_lines(spec))
    assert words["donors"] == "every other unit"
    assert words["donors left out"] == "adopted by the last period, or nobody knows (adopted_ym)"
    assert words["small donors left out"] == "fewer than 40 rows in a period"
    for statement in model_statements(spec):
        assert statement.inference.startswith("Inference is by placebo")
        assert "one treated unit" in statement.estimand


def test_no_interval_is_said_where_there_is_none(records: tuple[Record, Record]) -> None:
    only = tuple(row for row in records[0].estimates if row.model_id == "sc")
    (finding,) = findings_of(replace(records[0], estimates=only))
    assert "no interval" in finding.sentences[0] and "p " in finding.sentences[0]


@pytest.mark.slow
@pytest.mark.usefixtures("small_truth")
def test_truth_is_the_difference_of_two_runs(tmp_path: Path) -> None:
    tables = {**TABLES, "models": [TABLES["models"][0], {**TABLES["models"][1], "id": "path",
              "estimand": "att_by_event_time"}]}  # fmt: skip
    tables["panel"] = {**tables["panel"], "persons": 12_000}
    tables["design"] = {**tables["design"], "donors": {"least_rows": 10}}
    spec = build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=Origin(folder=tmp_path), label="t"
    )
    record = run_spec(spec)
    actual, without = (
        Synthetic(spec.panel, policy, recorded=False).read(
            ["person_id", "ym", "muni_h", "employed"]
        )
        for policy in ("actual", "no_adoption")
    )
    means = [
        rows.loc[(rows["muni_h"].astype(str) == "4312") & (rows["ym"] >= 201501)]
        for rows in (actual, without)
    ]
    by_hand = means[0]["employed"].mean() - means[1]["employed"].mean()
    assert by_hand != 0.0
    found = record.detail("sdid", "employed", "truth_in_sample")
    assert found == pytest.approx(by_hand, abs=1e-12)
    fifth = [rows.loc[rows["ym"] == 201506, "employed"].mean() for rows in means]
    found = record.detail("path", "employed", "truth_in_sample", "event time 5")
    assert found == pytest.approx(fifth[0] - fifth[1], abs=1e-12)
