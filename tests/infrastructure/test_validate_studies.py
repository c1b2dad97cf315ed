"""The part on studies judges as it says it does, and draws what its trials ask for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

DRAWS = 2000


@pytest.fixture(scope="module")
def panels(root: Path) -> ModuleType:
    for folder in (root / "tests" / "simulation", root / ".ci"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module("study_panels.judging")


def asked(expected: str, **keys: Any) -> Any:
    """Return one line of a study that nobody has."""
    trial = importlib.import_module("study_panels.trial")
    lines = importlib.import_module("study_panels.asked")
    own = {"persons": 10, "models": ["m"], "outcomes": ["y"], "replications": 20, **keys}
    placebo = None
    if expected in ("null", "found"):
        placebo = trial.Placebo(model="p", outcome="y", null_in="flat", broken_in="steep")
    return lines.Asked("toy", trial.Trial.model_validate(own), expected, placebo)


def draws(error: float = 0.0, scale: float = 1.0, count: int = DRAWS) -> list[dict[str, float]]:
    """Return numbers that miss the truth by ``error`` errors, their errors off by ``scale``."""
    generator = np.random.default_rng(4)
    found = []
    for noise in generator.normal(size=count):
        centre = 0.5 + 0.1 * (error + noise)
        half = 1.96 * 0.1 * scale
        found.append(
            {"estimate": centre + 9, "centre": centre, "centre_error": 0.1 * scale,
             "low": centre - half, "high": centre + half, "cautious": False}
        )  # fmt: skip
    return found


# Two large draws that say 0.5 between them.
TRUTHS = [{"truth": 0.51, "truth_error": 0.0}, {"truth": 0.49, "truth_error": 0.0}]


def verdict(panels: ModuleType, one: Any, found: list[Mapping[str, Any]], lines: int = 60) -> str:
    said: str = panels.line_of(one, "flat", found, lines, TRUTHS).verdict
    return said


@pytest.mark.parametrize(
    ("error", "scale", "said"),
    [
        (0.0, 1.0, "holds"),
        (0.4, 1.0, "biased"),
        (0.0, 0.8, "under covers"),
        (0.0, 1.5, "over covers"),
    ],
)
def test_a_main_estimate_must_be_unbiased_and_cover(panels, error, scale, said):
    assert verdict(panels, asked("coverage"), draws(error, scale)) == said


def test_a_few_draws_decide_nothing(panels):
    assert verdict(panels, asked("coverage"), draws(count=100)) == "undecided"


def test_a_cautious_interval_may_cover_more(panels):
    assert verdict(panels, asked("coverage_at_least"), draws(scale=1.5)) == "holds"
    assert verdict(panels, asked("coverage_at_least"), draws(scale=0.8)) == "under covers"
    assert verdict(panels, asked("coverage_at_least"), draws(0.4)) == "biased"


def test_an_interval_that_counts_a_largest_bias_is_judged_from_below(panels):
    found = [{**one, "cautious": True} for one in draws(0.4, 1.5)]
    assert verdict(panels, asked("coverage"), found) == "holds"
    wrong = [{**one, "cautious": True} for one in draws(0.4, 0.8)]
    assert verdict(panels, asked("coverage"), wrong) == "under covers"


def test_where_draws_are_resampled_a_little_more_bias_is_none(panels):
    once = asked("coverage", resampling=True)
    biased = draws(0.12)
    assert verdict(panels, once, biased) == "holds"
    assert verdict(panels, asked("coverage"), biased) == "undecided"


@pytest.mark.parametrize(
    ("expected", "share", "said"),
    [
        ("null", 0.05, "holds"),
        ("null", 0.0, "holds"),
        ("null", 0.09, "rejects too often"),
        ("found", 0.83, "holds"),
        ("found", 0.77, "found too seldom"),
    ],
)
def test_a_placebo_must_be_null_and_must_be_found(panels, expected, share, said):
    found = [{"rejects": at < share * DRAWS} for at in range(DRAWS)]
    assert verdict(panels, asked(expected), found) == said


@pytest.mark.parametrize(("units", "said"), [(20, "holds"), (10, "rejects too often")])
def test_a_rank_may_be_small_no_more_often_than_its_level(panels, units, said):
    found = [{"p_value": (at % units + 1) / units * (1 if units == 20 else 0.5)}
             for at in range(DRAWS)]  # fmt: skip
    assert verdict(panels, asked("placebo_size"), found) == said


def test_a_refusal_must_come_in_every_draw(panels):
    found = [{"refuses": True}] * 50
    assert verdict(panels, asked("refuses"), found) == "holds"
    assert verdict(panels, asked("refuses"), [*found, {"refuses": False}]) == "estimates"


def test_draws_without_a_number_are_counted_and_many_fail_the_line(panels):
    refused = {"refused": "no rows on one side"}
    line = panels.line_of(asked("coverage"), "flat", [*draws(), *[refused] * 50], 60, TRUTHS)
    assert (line.verdict, line.missing, line.reason) == ("holds", 50, "no rows on one side")
    assert verdict(panels, asked("coverage"), [*draws(), *[refused] * 200]) == "no number"
    assert verdict(panels, asked("null"), [refused]) == "no number"
    for none in ([], [{"refused": "no truth"}], [TRUTHS[0], {"truth": None, "truth_error": None}]):
        assert panels.line_of(asked("coverage"), "flat", draws(), 60, none).verdict == "no truth"


def test_the_error_of_a_truth_counts(panels):
    unsure = [{"truth": 0.5, "truth_error": 0.02}] * 4
    line = panels.line_of(asked("coverage"), "flat", draws(), 60, unsure)
    assert line.truth_error == pytest.approx(0.01)
    assert line.half == pytest.approx(1.96 * np.hypot(0.1, 1 / np.sqrt(DRAWS)), rel=0.05)
    assert line.verdict == "undecided"


def test_failing_lines_stand_in_the_section_with_their_reason(panels):
    table = importlib.import_module("study_panels.table")
    lines = [
        panels.line_of(asked("coverage"), "flat", draws(0.4), 60, TRUTHS),
        panels.line_of(asked("coverage"), "flat", draws(), 60, TRUTHS),
        panels.line_of(asked("null"), "flat", [{"refused": "one side"}] * 3, 60),
    ]
    text = table.section("Toys", lines, "abc")
    assert "2 of 3 lines are not as expected, 0 undecided" in text
    assert text.count("| FAILS: biased |") == text.count("| FAILS: no number |") == 1
    assert "- `toy/p y`: one side: not read yet." in text
    (holding,) = [row for row in text.splitlines() if row.endswith("| covers |  |")]
    assert "| 2,000 |" in holding


def test_readings_are_of_lines_that_exist(panels):
    import tomllib

    table = importlib.import_module("study_panels.table")
    lines = importlib.import_module("study_panels.asked").all_lines()
    assert set(tomllib.loads(table.READINGS.read_text(encoding="utf-8"))) <= set(lines)


def test_parts_share_the_lines_between_them(panels):
    lines = importlib.import_module("study_panels.asked").all_lines()
    names = (
        "studies",
        "studies_at_cutoffs",
        "study_placebos",
        "study_placebos_at_cutoffs",
    )
    parts = [importlib.import_module(name).PART for name in names]
    worlds = [key for part in parts for key in part.worlds()]
    assert sorted(worlds) == sorted(lines)


def test_a_truth_is_drawn_again_unless_it_is_zero(panels):
    part = importlib.import_module("studies").PART
    key = next(k for k, one in importlib.import_module("study_panels.asked").all_lines().items()
               if one.expected == "coverage")  # fmt: skip

    def asked_for(done: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[str]:
        jobs = part.jobs((key,), 3, done)
        assert {job.digest for job in jobs} == {part.digest(key)}
        return [job.replication for job in jobs]

    once = ["1", "2", "3", "truth/1"]
    assert asked_for({}) == asked_for({(key, "truth/1"): {"truth": 0.0}}) == once
    more = asked_for({(key, "truth/1"): {"truth": 0.1}})
    assert more == [*once, "truth/2", "truth/3", "truth/4", "truth/5"]
