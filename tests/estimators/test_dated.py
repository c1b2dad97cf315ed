"""Half-known adoption dates: excluded, drawn, or gone through."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from evaluation import load_spec, run
from evaluation.errors import DataError, SpecError

SPEC = """
schema_version = 1
id = "towns"
title = "Towns that adopt"
[panel]
source = "file"
path = "towns.parquet"
unit = "town"
time = "year"
time_unit = "integer"
[outcomes]
y = {{ column = "y", kind = "continuous" }}
[design]
kind = "staggered_did"
cohort = {{ {cohort} }}
unbalanced = "keep"
[[models]]
id = "main"
estimand = "att"
estimator = "{estimator}"
cluster = "town"
variance = "cr1"
{more}
"""
TWFE = 'fixed_effects = ["town", "year"]'
ENDS = 'earliest = "first", latest = "final", never = 0, before_window = "always_treated"'


def towns(half_known: tuple[tuple[int, int, int], ...] = ((4, 2013, 2015), (9, 2014, 2015))):
    """Return twenty towns over eight years; a fourth of them adopts in 2014, a fourth in 2015.

    ``half_known`` holds town, earliest and latest.
    """
    generator = np.random.default_rng(5)
    town, year = np.repeat(np.arange(20), 8), np.tile(np.arange(2010, 2018), 20)
    start = np.array([0, 0, 2014, 2015])[town % 4]
    y = 0.4 * ((start > 0) & (year >= start)) + generator.normal(size=len(town))
    frame = pd.DataFrame({"town": town, "year": year, "first": start, "final": start, "y": y})
    for which, low, high in half_known:
        frame.loc[frame["town"] == which, ["first", "final"]] = low, high
    return frame


def ask(tmp_path, cohort: str, frame: pd.DataFrame, estimator: str = "twfe", more: str = TWFE):
    path = tmp_path / "towns.toml"
    path.write_text(SPEC.format(cohort=cohort, estimator=estimator, more=more), encoding="utf-8")
    return run(path, frame=frame, engine="microdata")


def dated(frame: pd.DataFrame, dates: dict[int, int]) -> pd.DataFrame:
    """Return the panel with one date in place of every interval."""
    start = frame["first"].where(~frame["town"].isin(dates), frame["town"].map(dates))
    return frame.assign(start=start.astype(int))


def headline(result) -> pd.Series:
    return result.estimates.iloc[0]


def detail(result, name: str) -> float:
    rows = result.details[(result.details["name"] == name) & (result.details["term"].isna())]
    return float(rows["value"].iloc[0])


def test_a_known_date_is_the_same_as_one_column(tmp_path):
    frame = towns(())
    ends = headline(ask(tmp_path, f'{ENDS}, unknown = "exclude"', frame))
    one = headline(ask(tmp_path, 'column = "first", never = 0', frame))
    assert ends["estimate"] == one["estimate"]
    assert ends["std_error"] == one["std_error"]


def test_excluded_units_are_left_out_and_counted(tmp_path):
    frame = towns()
    found = ask(tmp_path, f'{ENDS}, unknown = "exclude"', frame)
    known = frame[~frame["town"].isin([4, 9])]
    wanted = headline(ask(tmp_path, 'column = "first", never = 0', known))
    assert headline(found)["estimate"] == wanted["estimate"]
    assert headline(found)["n_obs"] == 18 * 8
    assert headline(found)["status"] == wanted["status"]


@pytest.mark.parametrize("estimator", ["twfe", "group_time_att"])
def test_bounds_are_those_of_every_admissible_date(tmp_path, estimator):
    frame, more = towns(), TWFE if estimator == "twfe" else ""
    found = ask(tmp_path, f'{ENDS}, unknown = "bound"', frame, estimator, more)
    every = [
        headline(
            ask(
                tmp_path, 'column = "start", never = 0', dated(frame, {4: a, 9: b}), estimator, more
            )
        )
        for a, b in product((2013, 2014, 2015), (2014, 2015))
    ]
    row = headline(found)
    assert detail(found, "date_bound_low") == pytest.approx(min(e["estimate"] for e in every))
    assert detail(found, "date_bound_high") == pytest.approx(max(e["estimate"] for e in every))
    assert row["conf_low"] == pytest.approx(min(e["conf_low"] for e in every))
    assert row["conf_high"] == pytest.approx(max(e["conf_high"] for e in every))
    assert np.isnan(row["std_error"])
    assert row["status"] == "warned"
    assert "dates of 2 of 20 units are half known" in row["reason"]
    assert "those of all 6 admissible assignments" in row["reason"]


def test_draws_are_combined_by_rubins_rules(tmp_path):
    frame = towns(((4, 2013, 2015),))
    draws = 12
    found = ask(tmp_path, f'{ENDS}, unknown = "draw", draws = {draws}, seed = 3', frame)
    dates = []
    for at in range(draws):
        low, high = np.zeros(20), np.zeros(20)
        start = frame.groupby("town")[["first", "final"]].first().to_numpy()
        low = np.where(start[:, 0] == 0, 2018, start[:, 0])
        high = np.where(start[:, 1] == 0, 2018, start[:, 1])
        dates.append(int(np.random.default_rng([3, at]).integers(low, high + 1)[4]))
    assert len(set(dates)) > 1
    by_date = {
        date: headline(ask(tmp_path, 'column = "start", never = 0', dated(frame, {4: date})))
        for date in set(dates)
    }
    values = np.array([by_date[date]["estimate"] for date in dates])
    within = np.mean([by_date[date]["std_error"] ** 2 for date in dates])
    total = within + (1 + 1 / draws) * values.var(ddof=1)
    row = headline(found)
    assert row["estimate"] == pytest.approx(values.mean(), rel=1e-12)
    assert row["std_error"] == pytest.approx(np.sqrt(total), rel=1e-10)
    share = (1 + 1 / draws) * values.var(ddof=1) / total
    observed = 20 / 22 * 19 * (1 - share)
    df = 1 / (1 / ((draws - 1) / share**2) + 1 / observed)
    assert detail(found, "degrees_of_freedom") == pytest.approx(df)


def test_a_search_says_that_it_is_one(tmp_path):
    many = tuple((town, 2012, 2016) for town in (2, 3, 6, 7, 10))
    frame = towns(many)
    found = ask(tmp_path, f'{ENDS}, unknown = "bound"', frame)
    row = headline(found)
    assert "those of a search over" in row["reason"]
    generator = np.random.default_rng(0)
    values = [
        headline(
            ask(
                tmp_path,
                'column = "start", never = 0',
                dated(frame, {t: int(generator.integers(2012, 2017)) for t, _, _ in many}),
            )
        )["estimate"]
        for _ in range(15)
    ]
    # What is pushed reaches farther than what is drawn.
    assert detail(found, "date_bound_low") <= min(values)
    assert detail(found, "date_bound_high") >= max(values)


REFUSED = [
    (f"{ENDS}", towns(), "2 of 20 units have dates that are half known; set unknown"),
    (
        f'{ENDS}, unknown = "draw", seed = 1',
        towns(((4, 2016, 2013),)),
        "earliest lies after latest in 1 units",
    ),
    (
        'earliest = "first", latest = "final", never = 0, unknown = "exclude"',
        towns(((4, 2001, 2003),)),
        "1 units adopted before the first period of the panel; set before_window",
    ),
]


@pytest.mark.parametrize(("cohort", "frame", "line"), REFUSED, ids=["no rule", "turned", "before"])
def test_dates_that_cannot_be_used_are_refused(tmp_path, cohort, frame, line):
    with pytest.raises(DataError, match=line.replace("(", r"\(")):
        ask(tmp_path, cohort, frame)


RULES = [
    ('column = "first", unknown = "draw"', "design.cohort.unknown: goes with earliest and latest"),
    ('earliest = "first", latest = "final", unknown = "draw"', "design.cohort.seed: is missing"),
    (
        'earliest = "first", latest = "final", never = "missing", unknown = "bound"',
        "a missing end of an interval is unknown, not never",
    ),
]


@pytest.mark.parametrize(("cohort", "line"), RULES, ids=["column", "seed", "never"])
def test_keys_that_do_not_go_together_are_refused(tmp_path, cohort, line):
    path = tmp_path / "towns.toml"
    path.write_text(SPEC.format(cohort=cohort, estimator="twfe", more=TWFE), encoding="utf-8")
    with pytest.raises(SpecError, match=line):
        load_spec(path)


def test_missing_ends_reach_to_the_edges_of_the_panel(tmp_path):
    frame = towns(())
    frame["first"] = frame["first"].astype(float)
    frame.loc[frame["town"] == 4, ["first", "final"]] = np.nan, 2011
    found = ask(tmp_path, f'{ENDS}, unknown = "bound"', frame)
    assert detail(found, "date_assignments") == 2
