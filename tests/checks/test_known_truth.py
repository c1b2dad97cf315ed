"""Truths as they stand in details, remembered or simulated anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.catalogue import catalogue
from evaluation.checks import known_truth
from evaluation.data import superpopulation as large
from evaluation.data.superpopulation import Superpopulation, superpopulation
from evaluation.pipeline import run_spec
from evaluation.report.csvs import csv_text
from evaluation.results import Detail
from evaluation.spec.loader import read_spec
from evaluation.spec.spec import Spec

SPEC = """
schema_version = 1
id = "small"
title = "Release at 30"

[panel]
source = "synthetic"
world = "work_effect"
persons = 30_000
seed = 5
unit = "person_id"
time = "ym"
time_unit = "month"
window = [2017-01-01, 2017-12-31]
ages = [29, 31]

[sample]
denominator = "recipients"

[outcomes]
condition = { column = "condition_imposed", kind = "binary" }
employed = { column = "employed", kind = "binary" }

[design]
kind = "rd"
running_variable = { column = "age_months", discrete = true }
cutoff = 360
treated_side = "below"
donut = 1

[[models]]
id = "jump"
estimand = "itt_at_cutoff"
estimator = "rd_polynomial"
order = 1
bandwidth = { fixed = 11 }
cluster = "person_id"
"""
Draw = Callable[[Spec], Superpopulation]


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    path = tmp_path / "small.toml"
    path.write_text(SPEC, encoding="utf-8")
    return read_spec(path, catalogue(), settings=(), allowed=())


def details(spec: Spec, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> tuple[Detail, ...]:
    with monkeypatch.context() as patch:
        patch.setattr(known_truth, "superpopulation", draw)
        return tuple(row for row in run_spec(spec).details if row.check == "truth")


def test_details_are_the_same_bytes_remembered_or_not(spec, tmp_path, monkeypatch) -> None:
    def small(spec: Spec) -> Superpopulation:
        return replace(superpopulation(spec), persons=20_000, folder=tmp_path / "cache")

    def anew(spec: Spec) -> Superpopulation:
        return replace(small(spec), folder=None)

    fresh = csv_text(Detail, details(spec, anew, monkeypatch))
    assert csv_text(Detail, details(spec, small, monkeypatch)) == fresh
    with monkeypatch.context() as patch:
        patch.delattr(large, "coupled_draw")
        remembered = details(spec, small, monkeypatch)
    assert csv_text(Detail, remembered) == fresh

    rows = {(row.outcome, row.name): row.value for row in remembered}
    names = {name for outcome, name in rows if outcome == "condition"}
    assert names == {"truth", "truth_monte_carlo_error", "truth_in_sample"}
    assert rows["condition", "truth"] > 0 < rows["condition", "truth_monte_carlo_error"]
    assert {name for outcome, name in rows if outcome == "employed"} == {"truth_absent"}
    assert "cannot jump" in rows["employed", "truth_absent"]


def test_the_sample_is_not_simulated_where_nothing_has_a_truth(spec, monkeypatch) -> None:
    monkeypatch.delattr(known_truth, "coupled_sample")
    stock = spec.model_copy(update={"outcomes": {"employed": spec.outcomes["employed"]}})
    (row,) = details(stock, superpopulation, monkeypatch)
    assert row.name == "truth_absent"
