"""Heaps and month of birth: planted ones are found, and numbers are those of least squares."""

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.checks._birth_month import Ages, season_of

SPEC = """
schema_version = 1
id = "heaps"
title = "Heaps"
[panel]
source = "file"
path = "rows.parquet"
time = "ym"
time_unit = "month"
[outcomes]
y = { column = "y", kind = "continuous" }
[design]
kind = "rd"
running_variable = { column = "age_months", discrete = true }
cutoff = 360
treated_side = "below"
donut = 1
[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
variance = "hc1"
bandwidth = { fixed = 11 }
[[checks]]
kind = "heaping"
"""


def persons(seed=0, n=40_000, months=24, season=0.0, heap=0):
    generator = np.random.default_rng(seed)
    month = generator.integers(0, months, n)
    age = generator.integers(335, 386, n)
    if heap:
        age = np.r_[age, np.full(heap, 352)]
        month = np.r_[month, generator.integers(0, months, heap)]
    born = (2017 * 12 + month - age) % 12
    y = generator.normal(size=len(age)) + season * ((born < 6) - 0.5)
    stamp = (2017 + month // 12) * 100 + month % 12 + 1
    return pd.DataFrame({"ym": stamp, "age_months": age, "y": y})


@pytest.fixture
def ask(tmp_path):
    def answer(frame, engine="auto"):
        path = tmp_path / "heaps.toml"
        path.write_text(SPEC, encoding="utf-8")
        checks = run(path, frame=frame, engine=engine).checks
        return checks[checks["check"] == "heaping"].set_index("term")

    return answer


def test_even_rows_are_quiet_and_cells_say_what_rows_say(ask):
    frame = persons()
    cells, rows = ask(frame), ask(frame, "microdata")
    assert list(cells.index) == ["rows by value", "month of birth"]
    assert set(cells.verdict) == {"not detected"}
    np.testing.assert_allclose(cells.statistic, rows.statistic, rtol=1e-8)


def test_a_heap_is_found_where_it_lies(ask):
    found = ask(persons(heap=300))
    assert found.verdict["rows by value"] == "violation found"
    assert "at 352" in found.message["rows by value"]


def test_season_of_birth_moves_a_jump_where_the_window_is_short(ask):
    # Two calendar months: those just below 30 were born in other months than those just above.
    found = ask(persons(seed=1, months=2, season=1.0))
    assert found.verdict["month of birth"] == "violation found"
    whole_years = ask(persons(seed=1, months=24, season=1.0))
    small, large = (abs(float(one.statistic["month of birth"])) for one in (whole_years, found))
    assert small < large


def test_one_calendar_month_cannot_tell_age_from_month_of_birth(ask):
    found = ask(persons(months=1))
    assert found.verdict["month of birth"] == "refused"
    assert "take more calendar months" in found.message["month of birth"]


@pytest.mark.parametrize("kink", [False, True])
def test_the_difference_is_that_of_two_regressions(kink):
    generator = np.random.default_rng(2)
    n, h = 900, 10.0
    x = generator.integers(-12, 13, n).astype(float)
    born = generator.integers(1000, 1040, n)
    weight = generator.uniform(0.5, 2.0, n)
    y = generator.normal(size=n) + 0.5 * (born % 12 < 4)
    found = season_of(Ages(x, born, weight, y), h, 1, "triangular", kink)

    mass = weight * np.clip(1 - np.abs(x) / h, 0, None)
    above = (x >= 0).astype(float)
    lines = np.column_stack([np.ones(n), x, above, above * x])
    dummies = (born[:, None] % 12 == np.arange(1, 12)).astype(float)
    at, cohort = (3 if kink else 2), born - born.min()
    estimates, moves = [], []
    for columns in (lines, np.hstack([lines, dummies])):
        bread = np.linalg.inv(columns.T @ (columns * mass[:, None]))
        beta = bread @ columns.T @ (mass * y)
        score = (columns @ bread[at]) * mass * (y - columns @ beta)
        estimates.append(beta[at])
        moves.append(np.bincount(cohort, score))
    assert found.plain == pytest.approx(estimates[0], rel=1e-9)
    assert found.adjusted == pytest.approx(estimates[1], rel=1e-9)
    groups = len(np.unique(born[mass > 0]))
    assert found.clusters == groups
    error = np.sqrt(groups / (groups - 1) * np.sum((moves[1] - moves[0]) ** 2))
    assert found.std_error == pytest.approx(error, rel=1e-9)
