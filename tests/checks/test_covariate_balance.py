"""Covariates at a cutoff: numbers are those of rd_robust, from cells as from rows."""

import numpy as np
import pandas as pd
import pytest

from evaluation import run

SPEC = """
schema_version = 1
id = "balance"
title = "Balance"
[panel]
source = "file"
path = "rows.parquet"
unit = "id"
time = "ym"
time_unit = "month"
[outcomes]
y = {{ column = "y", kind = "continuous" }}
c = {{ column = "c", kind = "continuous" }}
[design]
kind = "rd"
running_variable = {{ column = "age_months", discrete = true }}
cutoff = 360
treated_side = "below"
donut = 1
[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
{model}
[[checks]]
kind = "covariate_balance"
columns = {columns}
{options}
"""
FIXED = 'bandwidth = { fixed = 14 }\ncluster = "id"'


def persons(seed=0, n=220, jump=0.0):
    generator = np.random.default_rng(seed)
    age = 330 + generator.integers(0, 60, n)[:, None] + np.arange(18) - 9
    person = np.repeat(np.arange(n), 18)
    age, month = age.ravel(), np.tile(np.arange(18), n)
    own = generator.normal(size=n)[person]
    frame = pd.DataFrame(
        {
            "id": person,
            "ym": (2017 + month // 12) * 100 + month % 12 + 1,
            "age_months": age,
            "town": person % 12,
            "y": generator.normal(size=len(age)) + own,
            "a": own + 0.3 * generator.normal(size=len(age)),
            "b": (generator.random(n) < 0.5)[person].astype(int),
            "c": own + generator.normal(size=len(age)) + jump * (age < 360),
            "flat": 1,
        }
    )
    return frame[(age >= 330) & (age <= 390)].reset_index(drop=True)


@pytest.fixture
def ask(tmp_path):
    def answer(frame, *, model=FIXED, columns='["a", "b", "c"]', options="", engine="auto"):
        path = tmp_path / "balance.toml"
        text = SPEC.format(model=model, columns=columns, options=options)
        path.write_text(text, encoding="utf-8")
        return run(path, frame=frame, engine=engine)

    return answer


def rows_of(result):
    checks = result.checks
    return checks[checks["check"] == "covariate_balance"].set_index("term")


def details_of(result):
    details = result.details
    mine = details[details["check"] == "covariate_balance"]
    return {(one.term, one.name_): one.value for one in mine.rename(columns={"name": "name_"})
            .itertuples()}  # fmt: skip


def test_cells_say_what_rows_say_and_a_jump_is_found(ask):
    frame = persons(jump=1.0)
    cells, rows = ask(frame), ask(frame, engine="microdata")
    first, second = rows_of(cells), rows_of(rows)
    np.testing.assert_allclose(first.statistic, second.statistic, rtol=1e-8)
    np.testing.assert_allclose(first.p_value, second.p_value, rtol=1e-6)
    assert first.verdict["c"] == first.verdict["all columns"] == "violation found"
    assert set(first.verdict[["a", "b"]]) == {"not detected"}
    assert "power 80% against" in first.message["a"]
    # The row of a covariate is what rd_robust gives for it as an outcome.
    own = cells.estimates.set_index("outcome").loc["c"]
    details = details_of(cells)
    assert float(details["c", "estimate"]) == pytest.approx(own.estimate, rel=1e-8)
    assert float(details["c", "std_error"]) == pytest.approx(own.std_error, rel=1e-8)
    assert float(details["c", "p_value_unadjusted"]) == pytest.approx(own.p_value, rel=1e-6)
    assert first.p_value["c"] == pytest.approx(3 * own.p_value, rel=1e-6)


def test_a_stated_bandwidth_and_a_column_without_variation(ask):
    found = ask(persons(), columns='["a", "flat"]', options="bandwidth = { fixed = 20 }")
    rows, details = rows_of(found), details_of(found)
    assert float(details["a", "bandwidth_above"]) == 20
    assert rows.verdict["flat"] == "refused" and "one value" in rows.message["flat"]
    assert rows.verdict["all columns"] == "not detected"
    assert float(details["all columns", "restrictions"]) == 1


def test_too_few_clusters_for_a_joint_test(ask):
    found = rows_of(ask(persons(), model=FIXED.replace('"id"', '"town"')))
    assert found.verdict["all columns"] == "refused"
    assert "12 clusters" in found.message["all columns"]
    assert found.verdict["a"] != "refused"
