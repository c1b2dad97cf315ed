"""Checks of models that compare discontinuities: parts put together, orders left open."""

import numpy as np
import pandas as pd
import pytest

from evaluation import run

SPEC = """
schema_version = 1
id = "parts"
title = "Parts"
[panel]
source = "file"
path = "rows.parquet"
unit = "id"
time = "ym"
time_unit = "month"
[outcomes]
y = {{ column = "y", kind = "continuous"{lead} }}
[design]
kind = "rd"
running_variable = {{ column = "age_months", discrete = true }}
cutoff = 360
treated_side = "below"
donut = 1
reform_date = 2018-01-01
third = {{ column = "b", equals = 1 }}
[[models]]
id = "main"
estimand = "{estimand}"
estimator = "rd_difference"
between = "{between}"
bandwidth = {{ fixed = 12 }}
cluster = "id"
{checks}
"""
BALANCE = '[[checks]]\nkind = "covariate_balance"\ncolumns = ["a"]\n'
BENDS = '[[checks]]\nkind = "second_kink"\n'
HEAPS = '[[checks]]\nkind = "heaping"\n'


@pytest.fixture(scope="module")
def persons():
    generator = np.random.default_rng(3)
    count, months = 240, 24
    age = 330 + generator.integers(0, 60, count)[:, None] + np.arange(months) - 12
    person = np.repeat(np.arange(count), months)
    own = generator.normal(size=count)[person]
    month = np.tile(np.arange(months), count)
    frame = pd.DataFrame(
        {
            "id": person,
            "ym": (2017 + month // 12) * 100 + month % 12 + 1,
            "age_months": age.ravel(),
            "b": (generator.random(count) < 0.5)[person].astype(int),
            "a": own + generator.normal(size=len(person)),
            "y": own + generator.normal(size=len(person)),
        }
    )
    return frame[frame["age_months"].between(325, 395)].reset_index(drop=True)


def found(tmp_path, persons, checks, engine, estimand, between="periods", lead=""):
    path = tmp_path / f"{engine}.toml"
    path.write_text(SPEC.format(checks=checks, estimand=estimand, between=between, lead=lead))
    return run(path, frame=persons, engine=engine)


@pytest.mark.parametrize("estimand", ["change_in_itt_at_cutoff", "change_in_kink_at_cutoff"])
def test_an_order_that_is_left_open_is_the_models(tmp_path, persons, estimand):
    given = found(tmp_path, persons, BALANCE + HEAPS, "cells", estimand)
    kink = int("kink" in estimand)
    path = tmp_path / "given.toml"
    ordered = f"order = {1 + kink}\n[[checks]]"
    path.write_text((tmp_path / "cells.toml").read_text().replace("[[checks]]", ordered, 1))
    stated = run(path, frame=persons, engine="cells")
    assert set(given.checks["check"]) >= {"covariate_balance", "heaping"}
    pd.testing.assert_frame_equal(given.checks, stated.checks)


def test_one_covariate_has_no_joint_test(tmp_path, persons):
    given = found(tmp_path, persons, BALANCE, "cells", "change_in_itt_at_cutoff")
    rows = given.checks[given.checks["check"] == "covariate_balance"]
    assert rows["term"].tolist() == ["a"]
    assert "all parts together" in rows["message"].item()


def test_pair_cells_of_groups_serve_checks_of_all_rows(tmp_path, persons):
    later = persons.assign(ym=persons["ym"] + 100)
    lead, checks = ", lead_months = 12", 'periods = "post"\n' + BENDS
    cells, rows = (
        found(tmp_path, later, checks, engine, "change_in_kink_at_cutoff", "third", lead).checks
        for engine in ("cells", "microdata")
    )
    left, right = (one[one["check"] == "second_kink"] for one in (cells, rows))
    assert left["verdict"].item() == right["verdict"].item() != "refused"
    assert left["statistic"].item() == pytest.approx(right["statistic"].item(), rel=1e-8)
    assert left["p_value"].item() == pytest.approx(right["p_value"].item(), rel=1e-7)
