"""The dose at a cutoff: closed form against exact ages, realised dose against lines by hand."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.checks._potential_dose import current_dose, past_dose, window_dose

MONTHS, FIRST_POST = 60, 24
DAYS = (np.arange(400) + 0.5) / 400


def share_below(age):
    """Share of the month that ends at an exact age, less the cutoff, spent below the cutoff."""
    return np.clip(1 - age, 0, 1)


def counted(x: int, months: int, lead: int, side: str) -> tuple[float, float, float]:
    """Count current, past and window dose at completed months ``x`` over birthdays of a month."""

    def exposed(age):
        return share_below(age) if side == "below" else 1 - share_below(age)

    age = x + DAYS
    past = sum((exposed(age - k) for k in range(1, months + 1)), 0 * age)
    window = sum((exposed(age + j) for j in range(lead + 1)), 0 * age)
    return exposed(age).mean(), past.mean(), window.mean()


@pytest.mark.parametrize("side", ["below", "above"])
@pytest.mark.parametrize(("months", "lead"), [(0, 0), (2, 2), (9, 0), (9, 5), (40, 12)])
def test_the_closed_form_counts_months_of_exact_ages(months, lead, side):
    closed = (
        current_dose(months),
        past_dose(months, side),
        window_dose(months, lead, side),
    )
    signs = (-1, 1) if side == "below" else (1, -1)
    for place, sign in enumerate(signs):
        near, next_ = (counted(sign * k, months, lead, side) for k in (1, 2))
        for dose, one, other in zip(closed, near, next_, strict=True):
            slope = sign * (other - one)
            assert dose.slope[place] == pytest.approx(slope, abs=1e-9)
            assert dose.limit[place] == pytest.approx(one - sign * slope, abs=1e-9)


def test_there_is_no_dose_before_the_reform():
    for dose in (current_dose(-1), past_dose(-5, "below"), window_dose(-3, 12, "below")):
        assert not dose.limit.any() and not dose.slope.any()


@functools.cache
def recipients() -> pd.DataFrame:
    """Return 250 persons who always receive, in 2015 to 2019, with the dose of their exact age."""
    draw = np.random.default_rng(5)
    count = 250
    unit = np.repeat(np.arange(count), MONTHS)
    month = np.tile(np.arange(MONTHS), count)
    age = np.repeat(draw.integers(290, 372, count), MONTHS) + month
    born = np.repeat(draw.random(count), MONTHS)
    exposed = share_below(age - 360 + born) * (month >= FIRST_POST)
    total = pd.Series(exposed).groupby(unit).cumsum().to_numpy()
    return pd.DataFrame(
        {
            "id": unit,
            "town": unit % 40,
            "ym": 201501 + month // 12 * 100 + month % 12,
            "age_months": age,
            "duty": exposed,
            "before": total - exposed,
            "so_far": total,
            "y": draw.normal(size=len(unit)),
        }
    )


SPEC = """
schema_version = 1
id = "doses"
title = "Doses"
[panel]
source = "file"
path = "recipients.parquet"
unit = "id"
time = "ym"
time_unit = "month"
window = [2015-01-01, 2019-12-31]
[outcomes]
y = {{ column = "y", kind = "continuous"{lead} }}
[design]
kind = "rd"
running_variable = {{ column = "{running}", discrete = true }}
cutoff = 360
treated_side = "below"
donut = 1
reform_date = 2017-01-01
[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
periods = "post"
bandwidth = {{ fixed = 6 }}
cluster = "{cluster}"
{check}
"""
CHECK = '[[checks]]\nkind = "dose"\ncurrent = "duty"\npast = "before"'


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Run the spec; every question once."""
    path = tmp_path_factory.mktemp("doses") / "doses.toml"

    @functools.cache
    def answer(check="", cluster="id", lead="", running="age_months", engine="microdata"):
        text = SPEC.format(check=check, cluster=cluster, lead=lead, running=running)
        path.write_text(text, encoding="utf-8")
        frame = recipients().rename(columns={"age_months": running})
        return run(path, frame=frame, engine=engine)

    return answer


def details(result, term):
    rows = result.details[(result.details["check"] == "dose") & (result.details["term"] == term)]
    return {name: read(value) for name, value in zip(rows["name"], rows["value"], strict=True)}


def read(value):
    try:
        return float(value)
    except ValueError:
        return value


def rows_of(result):
    return result.checks[result.checks["check"] == "dose"]


def test_every_result_at_an_age_has_its_potential_dose(asked):
    result = asked()
    (row,) = rows_of(result).itertuples()
    assert (row.model_id, row.term, row.verdict) == ("main", "potential", "stated")
    found = details(result, "potential")
    assert found["months"] == 36 and found["months_weighted_by"] == "one each"
    assert found["past_duty: limit treated"] == np.mean(range(36))
    assert found["past_duty 2019-12: limit treated"] == 35
    assert found["past_duty 2019-12: limit untreated"] == 35.5
    assert found["past_duty 2019-12: slope untreated"] == -1
    assert found["current_duty: limit treated"] == 1 == found["window_duty_0: limit treated"]


def test_another_running_variable_has_none(asked):
    assert rows_of(asked(running="score")).empty
    row = rows_of(asked(CHECK, running="score")).iloc[0]
    assert row["verdict"] == "refused" and "cutoff in age_months" in row["message"]


def test_the_realised_dose_of_those_who_always_receive_is_the_potential_one(asked):
    """By calendar month, where lines are exact but for chance in birthdays."""
    result = asked(CHECK)
    assert rows_of(result)["term"].tolist() == ["potential", "duty", "before"]
    potential, past, duty = (details(result, one) for one in ("potential", "before", "duty"))
    assert potential["months_weighted_by"] == "rows within the bandwidth"
    for month, side in [("2018-05", "treated"), ("2019-12", "treated"), ("2018-05", "untreated")]:
        limit = potential[f"past_duty {month}: limit {side}"]
        slope = potential[f"past_duty {month}: slope {side}"]
        exact = side == "treated"
        assert past[f"{month} limit {side}"] == pytest.approx(limit, abs=1e-9 if exact else 0.5)
        assert past[f"{month} slope {side}"] == pytest.approx(slope, abs=1e-9 if exact else 0.15)
    assert (duty["limit treated"], duty["limit untreated"]) == pytest.approx((1, 0), abs=1e-12)
    assert duty["slope treated"] == duty["slope untreated"] == 0


def test_the_average_weighs_calendar_months_by_rows(asked):
    frame = recipients()
    found = details(asked(CHECK), "potential")
    near = frame[(frame.ym >= 201701) & (frame.age_months.sub(360).abs().between(1, 5))]
    months = (near.ym // 100 - 2017) * 12 + near.ym % 100 - 1
    assert found["past_duty: limit treated"] == pytest.approx(months.mean(), rel=1e-12)


def test_the_dose_of_a_window_is_what_the_past_grows_by(asked):
    check = CHECK.replace('"before"', '"so_far"')
    result = asked(check, lead=", lead_months = 9")
    term = "so_far_in_the_next_9_months"
    found, potential = details(result, term), details(result, "potential")
    # The row's own month stands in the potential window, not in what is to come.
    assert found["slope treated"] == pytest.approx(-1, abs=0.1)
    assert found["limit treated"] == pytest.approx(
        potential["window_duty_9: limit treated"] - 1, abs=0.3
    )
    assert found["limit untreated"] == 0


def by_hand(cluster):
    """Fit the line below by weighted least squares, with rdrobust's factor on a side."""
    frame = recipients()
    frame = frame[(frame.ym >= 201701) & frame.age_months.between(355, 359)]
    x, y = frame.age_months.to_numpy() - 360.0, frame.before.to_numpy()
    weight, design = 1 - np.abs(x) / 6, np.column_stack([np.ones(len(x)), x])
    bread = np.linalg.inv(design.T @ (weight[:, None] * design))
    beta = bread @ design.T @ (weight * y)
    scores = pd.DataFrame(design * (weight * (y - design @ beta))[:, None])
    sums = scores.groupby(frame[cluster].to_numpy()).sum().to_numpy()
    n, groups = len(x), len(sums)
    factor = (n - 1) / (n - 2) * groups / (groups - 1)
    return beta, np.sqrt(np.diag(factor * bread @ sums.T @ sums @ bread))


@pytest.mark.parametrize("cluster", ["id", "town"])
def test_limits_and_slopes_are_those_of_a_line_by_hand(asked, cluster):
    found = details(asked(CHECK, cluster=cluster), "before")
    beta, errors = by_hand(cluster)
    for at, name in enumerate(("limit", "slope")):
        assert found[f"{name} treated"] == pytest.approx(beta[at], rel=1e-9)
        assert found[f"{name} treated: std_error"] == pytest.approx(errors[at], rel=1e-8)


def test_rows_and_cells_state_the_same_dose(asked):
    cells, rows = asked(CHECK, engine="auto"), asked(CHECK)
    for term in ("potential", "before", "duty"):
        one, other = details(cells, term), details(rows, term)
        assert one.pop("engine", "cells") == "cells"
        assert other.pop("engine", "microdata") == "microdata"
        assert list(one) == list(other)
        for name, value in one.items():
            if isinstance(value, float):
                assert other[name] == pytest.approx(value, rel=1e-8, abs=1e-9)
            else:
                assert other[name] == value
